using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Numbers;
using CallCenter.EventStore;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Flows;
using CallCenter.Projections.Numbers;
using CallCenter.Projections.Queues;

namespace CallCenter.Api.Flows;

/// <summary>Configures what dialled numbers mean; routing takes it up from the log.</summary>
internal sealed class NumberConfiguration(Center center, TimeProvider clock)
{
    private static readonly Aggregate<DialledNumber> Aggregate = new(DialledNumber.StreamType, DialledNumber.Initial, (number, e) => DialledNumber.Evolve(number, (NumberEvent)e));

    private readonly NumberQueries _queries = new(center.Source);

    /// <summary>Gives a number these settings, all of them.</summary>
    /// <returns>The number, or why not: <c>NUMBER</c>, <c>NUMBER_SETTINGS</c>, <c>DESTINATION_NOT_FOUND</c>, <c>SKILL_NOT_FOUND</c>, <c>AGENT_NOT_FOUND</c>.</returns>
    public async Task<(NumberView? Number, Refusal? Refusal)> ConfigureAsync(string number, NumberSettings settings, string userName, CancellationToken cancellationToken)
    {
        var (refusal, position) = await DecideAsync(number, new ConfigureNumber(number, settings, clock.GetUtcNow()), await MissingAsync(settings, cancellationToken), userName, cancellationToken);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        await center.Projections.WaitForAsync(position, cancellationToken);
        return ((await _queries.GetAsync(cancellationToken)).FirstOrDefault(view => view.Number == number), null);
    }

    /// <returns>Why not: <c>NUMBER_NOT_FOUND</c>.</returns>
    public async Task<Refusal?> RemoveAsync(string number, string userName, CancellationToken cancellationToken)
    {
        var (refusal, position) = await DecideAsync(number, new RemoveNumber(clock.GetUtcNow()), missing: null, userName, cancellationToken);
        if (refusal is null)
        {
            await center.Projections.WaitForAsync(position, cancellationToken);
        }

        return refusal;
    }

    private async Task<Refusal?> MissingAsync(NumberSettings settings, CancellationToken cancellationToken)
    {
        if (!await IsThereAsync(settings.To, cancellationToken))
        {
            return new Refusal("DESTINATION_NOT_FOUND", $"There is no {settings.To} that calls could go to.");
        }

        if (settings.Needs is not { } needs)
        {
            return null;
        }

        var agents = (await new AgentQueries(center.Source).PageAsync(int.MaxValue - 1, null, cancellationToken)).Nodes;
        return needs.AgentId is { } id && !agents.Any(agent => agent.Id == id) ? new Refusal("AGENT_NOT_FOUND", "There is no such agent to wait for.")
            : needs.Skills.FirstOrDefault(need => !agents.Any(agent => agent.Attributes.Skills.ContainsKey(need.Name))) is { } unknown ? new Refusal("SKILL_NOT_FOUND", $"No agent has skill {unknown.Name}.")
            : null;
    }

    // A destination whose kind names a thing of ours must be there; numbers and mailboxes are looked at when a call comes.
    private async Task<bool> IsThereAsync(Destination to, CancellationToken cancellationToken) => to.Kind switch
    {
        DestinationKind.Flow => (await new FlowQueries(center.Source).ActiveAsync(cancellationToken)).Any(flow => flow.Name == to.Target),
        DestinationKind.Queue => (await new QueueQueries(center.Source, clock).SettingsAsync(cancellationToken)).Any(queue => queue.Settings.Name == to.Target || queue.Id.ToString() == to.Target),
        DestinationKind.Agent => Guid.TryParse(to.Target, out var id) && (await new AgentQueries(center.Source).GetAsync([id], cancellationToken)).Count == 1,
        _ => true,
    };

    private async Task<(Refusal? Refusal, long Position)> DecideAsync(string number, NumberCommand command, Refusal? missing, string userName, CancellationToken cancellationToken)
    {
        Refusal? refusal = null;
        var result = await new CommandHandler(center.Store).HandleAsync(Aggregate, DialledNumber.IdOf(number), state =>
        {
            var decision = NumberDecider.Decide(command, state);
            refusal = decision.Refusal ?? missing;
            return refusal is null ? [.. decision.Events.Select(e => EventData.Of(e))] : [];
        }, new EventMetadata(null, null, userName), ct: cancellationToken);
        return (refusal, result.LastPosition);
    }
}
