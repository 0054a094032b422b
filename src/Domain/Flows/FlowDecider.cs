using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Flows.FlowEvent>;

namespace CallCenter.Domain.Flows;

/// <summary>Which versions a flow has, and which one calls go through.</summary>
public static class FlowDecider
{
    private const int MostVersions = 1_000;

    public static Decision<FlowEvent> Decide(FlowCommand command, Flow flow)
    {
        var at = command.At.NotBefore(flow.LastAt);
        return command switch
        {
            SaveFlow c => Save(c, flow, at),
            ActivateFlow when flow.Sources.IsEmpty => Refuse("FLOW_NOT_FOUND", "There is no such flow."),
            ActivateFlow c when c.Version < 1 || c.Version > flow.Sources.Length =>
                Refuse("FLOW_VERSION_NOT_FOUND", $"Flow {flow.Name} has versions 1 to {flow.Sources.Length}, not {c.Version}."),
            ActivateFlow c => Activate(c, flow, at),
            _ => throw new UnreachableException($"Flow does not decide {command.GetType().Name}."),
        };
    }

    private static Decision<FlowEvent> Save(SaveFlow command, Flow flow, DateTimeOffset at)
    {
        var reading = FlowParser.Parse(command.Source);
        return reading.Document is not { } document ? Refuse("FLOW_FAULTS", string.Join('\n', reading.Faults))
            : !flow.Sources.IsEmpty && document.Name != flow.Name ? Refuse("FLOW_NAME", $"This is flow {document.Name}, not {flow.Name}.")
            : flow.Sources is [.., var latest] && latest == command.Source ? Accept()
            : flow.Sources.Length == MostVersions ? Refuse("FLOW_VERSIONS", $"Flow {flow.Name} has {MostVersions} versions already.")
            : Accept(new FlowSaved(Flow.IdOf(document.Name), document.Name, flow.Sources.Length + 1, command.Source, at));
    }

    // Read again: what was right for a former release may lack something today.
    private static Decision<FlowEvent> Activate(ActivateFlow command, Flow flow, DateTimeOffset at)
    {
        var reading = FlowParser.Parse(flow.Sources[command.Version - 1]);
        var faults = reading.Document is { } document ? FlowReferences.Faults(document, command.There) : reading.Faults;
        return faults.Count > 0 ? Refuse("FLOW_FAULTS", string.Join('\n', faults))
            : flow.Active == command.Version ? Accept()
            : Accept(new FlowActivated(Flow.IdOf(flow.Name), flow.Name, command.Version, flow.Sources[command.Version - 1], at));
    }
}
