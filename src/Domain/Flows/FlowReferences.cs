using System.Collections.Frozen;

namespace CallCenter.Domain.Flows;

/// <summary>What there is to be named by a flow at the moment it is made the active one.</summary>
/// <param name="Queues">Names.</param>
/// <param name="Flows">Names of flows that have an active version.</param>
/// <param name="Calendars">Names.</param>
/// <param name="Connections">Names of databases in the server's configuration.</param>
/// <param name="Mailboxes">Names of queues and extensions that take messages.</param>
/// <param name="Files">Recorded prompts.</param>
public sealed record FlowSurroundings(
    IReadOnlySet<string> Queues, IReadOnlySet<string> Flows, IReadOnlySet<string> Calendars, IReadOnlySet<string> Connections, IReadOnlySet<string> Mailboxes, IReadOnlySet<string> Files)
{
    /// <summary>Skills that any agent has.</summary>
    public IReadOnlySet<string> Skills { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Extensions, names and ids of agents.</summary>
    public IReadOnlySet<string> Agents { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Names of web services in the server's configuration.</summary>
    public IReadOnlySet<string> WebServices { get; init; } = FrozenSet<string>.Empty;
}

/// <summary>Checks that what a flow names is there.</summary>
public static class FlowReferences
{
    public static IReadOnlyList<FlowFault> Faults(FlowDocument flow, FlowSurroundings there) => [.. flow.Steps.Values.SelectMany(step => Faults(flow, step, there)).OrderBy(f => f.Place.Line).ThenBy(f => f.Place.Column)];

    private static IEnumerable<FlowFault> Faults(FlowDocument flow, FlowStep step, FlowSurroundings there)
    {
        var named = step switch
        {
            SubFlowStep s when s.Flow != flow.Name => Check("flow", s.Flow, there.Flows, " that is active"),
            HoursStep s => Check("calendar", s.Calendar, there.Calendars),
            LeaveStep { To: DestinationKind.Queue or DestinationKind.Callback, Target: { } target } => Check("queue", target.ToString(), there.Queues),
            LeaveStep { To: DestinationKind.Voicemail, Target: { } target } => Check("mailbox", target.ToString(), there.Mailboxes),
            _ => null,
        };
        var connection = FlowValidator.Request(step) switch
        {
            FlowSqlRequest sql => Check("connection", sql.Connection, there.Connections),
            FlowHttpRequest { Connection: { } service } => Check("connection to a web service", service, there.WebServices),
            _ => null,
        };
        return new[] { named, connection }.Concat(step is LeaveStep { Queueing: { } queueing } ? Faults(queueing) : []).Concat(Files(step).Select(file => Check("recorded prompt", file, there.Files))).OfType<FlowFault>();

        FlowFault? Check(string what, string name, IReadOnlySet<string> names, string which = "") =>
            names.Contains(name) ? null : new FlowFault(step.Place, $"Step {step.Name}: there is no {what} {name}{which}.");

        // A skill that nobody has, or an agent who is not there, by a slip of the pen: callers would wait for nobody.
        IEnumerable<FlowFault> Faults(FlowQueueing queueing) => queueing.Skills.Where(skill => !there.Skills.Contains(skill.Need.Name))
            .Select(skill => new FlowFault(skill.Place, $"Step {step.Name}: no agent has skill {skill.Need.Name}."))
            .Concat(queueing.Agent is { } agent && !agent.Variables.Any() && !there.Agents.Contains($"{agent}") ? [new FlowFault(queueing.AgentPlace, $"Step {step.Name}: there is no agent {agent}.")] : []);
    }

    private static IEnumerable<string> Files(FlowStep step) => (step switch
    {
        PromptStep s => [s.Prompt],
        InputStep s => [s.Input.Prompt, s.Input.AfterSilence, s.Input.AfterInvalid],
        _ => (IEnumerable<FlowPrompt>)[],
    }).SelectMany(prompt => prompt.Parts).Where(part => part.IsFile).SelectMany(part => part.ByLanguage.Values).Select(file => file.Expand(new Dictionary<string, string>(StringComparer.Ordinal)));
}
