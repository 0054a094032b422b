using System.Diagnostics;

namespace CallCenter.Domain.Agents;

/// <summary>State of one agent, folded from its events.</summary>
/// <param name="CallId">The call that the agent is offered, talks in, or wraps up.</param>
/// <param name="Since">When the status began.</param>
public sealed record Agent(
    Guid Id, string Name, string? Extension, IReadOnlyList<Guid> Queues, AgentStatus Status, Guid? CallId, DateTimeOffset Since, DateTimeOffset LastAt)
{
    public const string StreamType = "agent";

    public static readonly Agent Initial = new(Guid.Empty, "", null, [], AgentStatus.SignedOut, null, DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    /// <summary>What distribution and supervision go by.</summary>
    public AgentAttributes Attributes { get; init; } = AgentAttributes.None;

    public bool Exists => Id != Guid.Empty;

    /// <summary>Total over the events of an agent.</summary>
    public static Agent Evolve(Agent agent, AgentEvent @event)
    {
        var next = agent with { LastAt = @event.OccurredAt };
        return @event switch
        {
            AgentCreated e => next with { Id = e.AgentId, Name = e.Name, Extension = e.Extension, Queues = e.Queues, Since = e.OccurredAt, Attributes = e.Attributes ?? AgentAttributes.None },
            AgentChanged e => next with { Name = e.Name, Extension = e.Extension, Queues = e.Queues, Attributes = e.Attributes ?? agent.Attributes },
            AgentSignedIn => In(AgentStatus.Available, null),
            AgentStatusChanged e => In(e.Status, e.CallId),
            AgentSignedOut => In(AgentStatus.SignedOut, null),
            _ => throw new UnreachableException($"Agent does not evolve {@event.GetType().Name}."),
        };

        Agent In(AgentStatus status, Guid? call) => next with { Status = status, CallId = call, Since = next.LastAt };
    }
}
