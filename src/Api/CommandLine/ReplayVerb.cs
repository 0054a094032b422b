using System.Globalization;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.Domain.Calls;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Queues;
using CallCenter.Projections.Recordings;

namespace CallCenter.Api.CommandLine;

/// <summary>./run replay: a call as a story, one line an event, with what the call was after it and where that is in the recording.</summary>
internal static class ReplayVerb
{
    /// <param name="call">The call's id, or the Call-ID of the caller's dialog.</param>
    /// <param name="knobs">Which database.</param>
    /// <param name="loggers">For what opens it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">There is no such call.</exception>
    public static async Task RunAsync(string call, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        var id = await new CallQueries(center.Source, center.Personal).FindAsync(call, cancellationToken) ?? throw new InvalidOperationException($"There is no call {call}.");
        var stored = await center.Trail.StreamsAsync([id], cancellationToken);
        var events = (await center.Personal.RevealAsync(stored, cancellationToken)).Select(e => e.Data).OfType<CallEvent>().ToList();
        if (events is not [CallReceived received, ..])
        {
            throw new InvalidOperationException($"There is no call {call}.");
        }

        var queues = await new QueueQueries(center.Source, TimeProvider.System).SettingsAsync(cancellationToken);
        var agents = (await new AgentQueries(center.Source).PageAsync(int.MaxValue - 1, null, cancellationToken)).Nodes;
        var names = agents.Select(agent => (agent.Id, agent.Name)).Concat(queues.Select(queue => (queue.Id, queue.Settings.Name))).ToDictionary(named => named.Id, named => named.Name);
        var recordings = (await new RecordingQueries(center.Source).OfCallsAsync([id], cancellationToken))[id].ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Call {id} of {received.OccurredAt:yyyy-MM-dd}, times in UTC"));
        foreach (var line in Lines(events, new CallStory(names), recordings))
        {
            Console.WriteLine(line);
        }
    }

    internal static IEnumerable<string> Lines(IReadOnlyList<CallEvent> events, CallStory story, IReadOnlyList<RecordingView> recordings)
    {
        var (call, state) = (new CallView(), "");
        for (var i = 0; i < events.Count; i++)
        {
            call.Apply(events[i], i + 1);
            var at = events[i].OccurredAt;
            var after = call.State.ToString() == state ? "" : $"  -> {call.State}";
            var heard = recordings.LastOrDefault(recording => recording.Holds(at)) is { } heldBy ? string.Create(CultureInfo.InvariantCulture, $"  [{heldBy.File} {(at - heldBy.StartedAt).TotalSeconds:0.0} s]") : "";
            state = call.State.ToString();
            yield return string.Create(CultureInfo.InvariantCulture, $"{at:HH:mm:ss.fff}  {(at - call.ReceivedAt).TotalSeconds,8:0.000} s  {story.Tell(events[i])}{after}{heard}");
        }
    }
}
