using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Flows;
using CallCenter.EventStore;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calendars;
using CallCenter.Projections.Flows;
using CallCenter.Projections.Queues;

namespace CallCenter.Api.Flows;

/// <summary>Saves flows and makes them the active ones; routing takes them up from the log.</summary>
/// <param name="center">Where they are written.</param>
/// <param name="ivr">What flows may name besides: databases, recorded prompts.</param>
/// <param name="clock">For the events.</param>
internal sealed class FlowConfiguration(Center center, IvrSurroundings ivr, TimeProvider clock)
{
    private static readonly Aggregate<Flow> Aggregate = new(Flow.StreamType, Flow.Initial, (flow, e) => Flow.Evolve(flow, (FlowEvent)e));

    private readonly FlowQueries _queries = new(center.Source);

    /// <summary>Keeps a text as the flow's next version; the same text as the latest makes none.</summary>
    /// <param name="source">YAML.</param>
    /// <param name="userName">Who does so.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The flow, or why not: <c>FLOW_FAULTS</c> with one line for each.</returns>
    public async Task<(FlowView? Flow, Refusal? Refusal)> SaveAsync(string source, string userName, CancellationToken cancellationToken)
    {
        var reading = FlowParser.Parse(source);
        return reading.Document is { } document
            ? await DecideAsync(document.Name, new SaveFlow(source, clock.GetUtcNow()), userName, cancellationToken)
            : (null, FlowDecider.Decide(new SaveFlow(source, clock.GetUtcNow()), Flow.Initial).Refusal);
    }

    /// <summary>Has calls go through a version from now on; those within the flow keep theirs.</summary>
    /// <param name="name">The flow's.</param>
    /// <param name="version">Null for the latest.</param>
    /// <param name="userName">Who does so.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The flow, or why not: <c>FLOW_NOT_FOUND</c>, <c>FLOW_VERSION_NOT_FOUND</c>, <c>FLOW_FAULTS</c> for what it names and is not there.</returns>
    public async Task<(FlowView? Flow, Refusal? Refusal)> ActivateAsync(string name, int? version, string userName, CancellationToken cancellationToken)
    {
        var chosen = version ?? (await FindAsync(name, cancellationToken))?.Versions[0].Version ?? 1;
        return await DecideAsync(name, new ActivateFlow(chosen, await ThereAsync(cancellationToken), clock.GetUtcNow()), userName, cancellationToken);
    }

    /// <summary>What there is to be named now.</summary>
    public async Task<FlowSurroundings> ThereAsync(CancellationToken cancellationToken)
    {
        var queues = (await new QueueQueries(center.Source, clock).SettingsAsync(cancellationToken)).Select(queue => queue.Settings.Name).ToHashSet(StringComparer.Ordinal);
        var agents = (await new AgentQueries(center.Source).PageAsync(int.MaxValue - 1, null, cancellationToken)).Nodes;
        var flows = (await _queries.ActiveAsync(cancellationToken)).Select(flow => flow.Name).ToHashSet(StringComparer.Ordinal);
        var calendars = (await new CalendarQueries(center.Source).GetAsync(cancellationToken)).Select(calendar => calendar.Settings.Name).ToHashSet(StringComparer.Ordinal);
        return new FlowSurroundings(
            queues, flows, calendars, ivr.Connections.Keys.ToHashSet(StringComparer.Ordinal),
            queues.Concat(agents.Select(agent => agent.Extension).OfType<string>()).ToHashSet(StringComparer.Ordinal), ivr.RecordedPrompts())
        {
            Skills = agents.SelectMany(agent => agent.Attributes.Skills.Keys).ToHashSet(StringComparer.Ordinal),
            Agents = agents.SelectMany(agent => new[] { agent.Extension, agent.Name, agent.Id.ToString() }).OfType<string>().ToHashSet(StringComparer.Ordinal),
            WebServices = ivr.WebServices.Keys.ToHashSet(StringComparer.Ordinal),
        };
    }

    private async Task<(FlowView? Flow, Refusal? Refusal)> DecideAsync(string name, FlowCommand command, string userName, CancellationToken cancellationToken)
    {
        Refusal? refusal = null;
        var result = await new CommandHandler(center.Store).HandleAsync(Aggregate, Flow.IdOf(name), flow =>
        {
            var decision = FlowDecider.Decide(command, flow);
            refusal = decision.Refusal;
            return [.. decision.Events.Select(e => EventData.Of(e))];
        }, new EventMetadata(null, null, userName), ct: cancellationToken);
        if (result.LastPosition > 0)
        {
            await center.Projections.WaitForAsync(result.LastPosition, cancellationToken);
        }

        return refusal is null ? (await FindAsync(name, cancellationToken), null) : (null, refusal);
    }

    private async Task<FlowView?> FindAsync(string name, CancellationToken cancellationToken) => (await _queries.GetAsync(cancellationToken)).FirstOrDefault(flow => flow.Name == name);
}
