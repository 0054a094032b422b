using CallCenter.Api.Hosting;
using CallCenter.Domain.Callbacks;
using CallCenter.EventStore;
using CallCenter.Projections.Callbacks;
using CallCenter.Routing;

namespace CallCenter.Api.Callbacks;

/// <summary>The callbacks with which routing begins.</summary>
internal static class OpenCallbacks
{
    /// <summary>Those that are open, with their numbers in plain; who was forgotten is called by nobody.</summary>
    public static async Task<IReadOnlyList<CallbackSnapshot>> ReadAsync(Center center, CancellationToken cancellationToken)
    {
        var open = await new CallbackQueries(center.Source).PageAsync(new CallbackFilter(Open: true), int.MaxValue - 1, null, cancellationToken);
        var events = await center.Trail.StreamsAsync([.. open.Nodes.Select(callback => callback.Id)], cancellationToken);
        var revealed = await center.Personal.RevealAsync(events, cancellationToken);
        return
        [
            .. revealed.GroupBy(e => e.Stored.StreamId)
                .Select(stream => new CallbackSnapshot(stream.Aggregate(Callback.Initial, (callback, e) => Callback.Evolve(callback, (CallbackEvent)e.Data)), stream.Last().Stored.Version))
                .Where(callback => callback.State.IsOpen && callback.State.Number != PersonVault.ForgottenText),
        ];
    }
}
