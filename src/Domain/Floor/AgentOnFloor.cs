using CallCenter.Domain.Agents;

namespace CallCenter.Domain.Floor;

/// <summary>An agent who is signed in.</summary>
/// <param name="Since">When the status began.</param>
/// <param name="Queues">Which the agent serves.</param>
public sealed record AgentOnFloor(Guid AgentId, AgentStatus Status, DateTimeOffset Since, IReadOnlyList<Guid> Queues)
{
    public AgentAttributes Attributes { get; init; } = AgentAttributes.None;

    /// <summary>Contacts answered since signing in.</summary>
    public int CallsTaken { get; init; }

    /// <summary>Talk since signing in.</summary>
    public TimeSpan TalkTime { get; init; }

    /// <summary>Whether the agent's phone can be called.</summary>
    public bool IsReachable { get; init; } = true;

    /// <summary>No offer before this instant: after one that was not answered the next waits a little.</summary>
    public DateTimeOffset OfferableFrom { get; init; } = DateTimeOffset.MinValue;

    /// <summary>Whether the agent can be offered a contact.</summary>
    public bool IsIdle(DateTimeOffset at) => Status == AgentStatus.Available && IsReachable && OfferableFrom <= at;
}
