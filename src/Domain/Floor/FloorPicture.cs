namespace CallCenter.Domain.Floor;

/// <summary>All that a routing decision may look at, as values: so a decision can be replayed, tested and simulated.</summary>
public sealed record FloorPicture(IReadOnlyList<WaitingCall> Waiting, IReadOnlyList<IdleAgent> Idle);

/// <param name="RankedSince">When the caller entered the queue, less the head start: who ranks earliest goes first.</param>
/// <param name="Missed">How often each agent has not answered this very call.</param>
public sealed record WaitingCall(Guid CallId, Guid QueueId, DateTimeOffset RankedSince, IReadOnlyDictionary<Guid, int> Missed);

/// <param name="Since">When the agent became idle.</param>
public sealed record IdleAgent(Guid AgentId, IReadOnlyList<Guid> Queues, DateTimeOffset Since);

public readonly record struct OfferProposal(Guid CallId, Guid AgentId);
