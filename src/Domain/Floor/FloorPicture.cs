namespace CallCenter.Domain.Floor;

/// <summary>All that a routing decision may look at, as values: so a decision can be replayed, tested and simulated.</summary>
/// <param name="At">The instant of the decision.</param>
/// <param name="Waiting">Who waits in a queue and is offered to nobody.</param>
/// <param name="Agents">Who is signed in.</param>
/// <param name="Queues">By id; every queue that somebody waits in.</param>
public sealed record FloorPicture(
    DateTimeOffset At, IReadOnlyCollection<WaitingContact> Waiting, IReadOnlyCollection<AgentOnFloor> Agents, IReadOnlyDictionary<Guid, QueueOnFloor> Queues)
{
    /// <summary>Who rings at all agents that could be asked then, in a queue that rings all.</summary>
    public IReadOnlyCollection<WaitingContact> Ringing { get; init; } = [];
}

/// <summary>Offers of one contact: to one agent, or to several at once, of whom the first to answer has it.</summary>
/// <param name="AgentIds">At least one.</param>
public sealed record OfferProposal(Guid ContactId, IReadOnlyList<Guid> AgentIds);
