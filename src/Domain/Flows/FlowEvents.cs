namespace CallCenter.Domain.Flows;

/// <summary>An event of one flow's stream.</summary>
public abstract record FlowEvent(Guid FlowId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>A version of the flow was saved. No call goes through it before it is activated.</summary>
/// <param name="Version">1 for the first.</param>
/// <param name="Source">Its text, YAML.</param>
public sealed record FlowSaved(Guid FlowId, string Name, int Version, string Source, DateTimeOffset OccurredAt) : FlowEvent(FlowId, OccurredAt);

/// <summary>Calls that enter the flow from now on go through this version; those within it keep theirs.</summary>
/// <param name="Source">Its text, so that who takes it up needs no more.</param>
public sealed record FlowActivated(Guid FlowId, string Name, int Version, string Source, DateTimeOffset OccurredAt) : FlowEvent(FlowId, OccurredAt);
