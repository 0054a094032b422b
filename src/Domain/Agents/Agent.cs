using System.Diagnostics;

namespace CallCenter.Domain.Agents;

/// <summary>State of one agent, folded from its events.</summary>
/// <param name="CallId">The call that the agent is offered, talks in, or wraps up.</param>
/// <param name="Since">When the status began.</param>
public sealed record Agent(
    Guid Id, string Name, string? Extension, IReadOnlyList<Guid> Queues, AgentStatus Status, Guid? CallId, DateTimeOffset Since, DateTimeOffset LastAt)
{
    public const string StreamType = "agent";

    /// <summary>
    /// Of a stream that holds one imported shift, from signing in to signing out. It is no part of the agent's own stream, whose order is that of what happens here and now; it says when the agent
    /// worked and changes nothing of what the agent is.
    /// </summary>
    public const string ShiftStreamType = "agent_shift";

    public static readonly Agent Initial = new(Guid.Empty, "", null, [], AgentStatus.SignedOut, null, DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    /// <summary>Why the status is what it is, where there is more to say.</summary>
    public string? Reason { get; init; }

    /// <summary>What distribution and supervision go by.</summary>
    public AgentAttributes Attributes { get; init; } = AgentAttributes.None;

    public bool Exists => Id != Guid.Empty;

    /// <summary>What the agent becomes when the call at hand is over; null for available.</summary>
    public AgentPause? Pending { get; init; }

    /// <summary>The phone that is the agent's own, whatever seat it has taken.</summary>
    public string? OwnExtension { get; init; }

    /// <summary>The phone taken for this shift (free seating); null for the own one.</summary>
    public string? Seat { get; init; }

    /// <summary>The number by which the agent signs in at any phone; null for none.</summary>
    public string? Number { get; init; }

    public Desk Desk { get; init; } = new();

    /// <summary>Calls answered or made since the agent signed in.</summary>
    public int CallsTaken { get; init; }

    /// <summary>How long the agent was busy since it signed in, the present call not counted.</summary>
    public TimeSpan TalkTime { get; init; }

    /// <summary>By how much the present wrap-up was made longer.</summary>
    public int WrapUpExtensionSeconds { get; init; }

    /// <summary>Signed out by a stop of ours and by nobody's will: signing in again goes on with the shift.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The pause that a stop of ours interrupted.</summary>
    public AgentPause? Resumes { get; init; }

    /// <summary>Signed out by a person, not because the phone was gone.</summary>
    public bool LeftByHand => Status == AgentStatus.SignedOut && !Interrupted && Reason is not (null or AgentDecider.PhoneGone);

    /// <summary>Whether who signs in then goes on with a shift that we interrupted: within the hour that a registration lasts at most.</summary>
    internal bool GoesOnAt(DateTimeOffset at) => Interrupted && at - Since <= TimeSpan.FromHours(1);

    /// <summary>Total over the events of an agent.</summary>
    public static Agent Evolve(Agent agent, AgentEvent @event)
    {
        var next = agent with { LastAt = @event.OccurredAt };
        return @event switch
        {
            AgentCreated e => next with
            {
                Id = e.AgentId, Name = e.Name, Extension = e.Extension, OwnExtension = e.Extension, Queues = e.Queues, Since = e.OccurredAt, Attributes = e.Attributes ?? AgentAttributes.None,
            },
            AgentChanged e => next with { Name = e.Name, Extension = agent.Seat ?? e.Extension, OwnExtension = e.Extension, Queues = e.Queues, Attributes = e.Attributes ?? agent.Attributes },
            AgentSignedIn e => In(AgentStatus.Available, null, null) with
            {
                Interrupted = false,
                Resumes = null,
                CallsTaken = agent.GoesOnAt(e.OccurredAt) ? agent.CallsTaken : 0,
                TalkTime = agent.GoesOnAt(e.OccurredAt) ? agent.TalkTime : TimeSpan.Zero,
            },
            AgentStatusChanged e => In(e.Status, e.CallId, e.Reason) with
            {
                Pending = e.CallId is null ? null : agent.Pending,
                CallsTaken = agent.CallsTaken + (e.Status == AgentStatus.Busy && (agent.Status, agent.CallId) != (AgentStatus.Busy, e.CallId) ? 1 : 0),
                TalkTime = agent.TalkTime + (agent.Status == AgentStatus.Busy ? e.OccurredAt - agent.Since : TimeSpan.Zero),
                WrapUpExtensionSeconds = 0,
            },
            AgentSignedOut e => Out(e),
            AgentStatusRequested { Status: AgentStatus.Available } => next with { Pending = null },
            AgentStatusRequested e => next with { Pending = new AgentPause(e.Status, e.Reason) },
            AgentSeated e => next with { Extension = e.Extension, Seat = e.Extension },
            AgentDeskChanged e => next with { Desk = e.Desk },
            AgentWrapUpExtended e => next with { WrapUpExtensionSeconds = agent.WrapUpExtensionSeconds + e.Seconds },
            AgentLoginChanged e => next with { Number = e.Number },

            // Ignored: what is withdrawn is no state of an agent.
            AgentShiftWithdrawn => next,
            _ => throw new UnreachableException($"Agent does not evolve {@event.GetType().Name}."),
        };

        Agent In(AgentStatus status, Guid? call, string? reason) => next with { Status = status, CallId = call, Reason = reason, Since = next.LastAt };

        // A stop of ours leaves the shift as it was: pause, seat and counts come back with the phone.
        Agent Out(AgentSignedOut e)
        {
            var ours = e.Reason is { } reason && reason.StartsWith(AgentDecider.OursPrefix, StringComparison.Ordinal);
            return In(AgentStatus.SignedOut, null, e.Reason) with
            {
                Pending = null,
                Interrupted = ours,
                Resumes = !ours ? null : agent.Status == AgentStatus.NotReady ? new AgentPause(AgentStatus.NotReady, agent.Reason) : agent.Pending is { Status: AgentStatus.NotReady } asked ? asked : null,
                Seat = ours ? agent.Seat : null,
                Extension = ours ? agent.Extension : agent.Seat is null ? agent.Extension : agent.OwnExtension,
                TalkTime = agent.TalkTime + (agent.Status == AgentStatus.Busy ? e.OccurredAt - agent.Since : TimeSpan.Zero),
                WrapUpExtensionSeconds = 0,
            };
        }
    }
}

/// <summary>A status that waits for its time: not ready, or signed out.</summary>
/// <param name="Reason">Why.</param>
public sealed record AgentPause(AgentStatus Status, string? Reason);
