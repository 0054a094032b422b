using System.Collections.Immutable;
using System.Diagnostics;

namespace CallCenter.Domain.Flows;

public abstract record FlowCommand(DateTimeOffset At);

/// <param name="Source">YAML; the flow's name in it is the stream's.</param>
public sealed record SaveFlow(string Source, DateTimeOffset At) : FlowCommand(At);

/// <param name="Version">Which of the saved ones.</param>
/// <param name="There">What there is to be named.</param>
public sealed record ActivateFlow(int Version, FlowSurroundings There, DateTimeOffset At) : FlowCommand(At);

/// <summary>State of one flow: its versions, and which of them is active.</summary>
/// <param name="Sources">By version, from 1 on.</param>
/// <param name="Active">Null before the first activation.</param>
public sealed record Flow(string Name, ImmutableArray<string> Sources, int? Active, DateTimeOffset LastAt)
{
    public const string StreamType = "flow";

    public static readonly Flow Initial = new("", [], null, DateTimeOffset.MinValue);

    private static readonly Guid Space = new("5b0d6a4e-6f9c-4f0e-9f0a-3c5b1c7a1d01");

    /// <summary>The stream of a flow follows from its name.</summary>
    public static Guid IdOf(string name) => NameBasedGuid.Of(Space, name);

    /// <summary>Total over the events of a flow.</summary>
    public static Flow Evolve(Flow flow, FlowEvent @event) => @event switch
    {
        FlowSaved e => flow with { Name = e.Name, Sources = flow.Sources.Add(e.Source), LastAt = e.OccurredAt },
        FlowActivated e => flow with { Active = e.Version, LastAt = e.OccurredAt },
        _ => throw new UnreachableException($"Flow does not evolve {@event.GetType().Name}."),
    };
}
