namespace CallCenter.Domain.Agents;

/// <summary>An event of one agent's stream.</summary>
public abstract record AgentEvent(Guid AgentId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <param name="Extension">The agent's phone; null for an agent known only from imported history.</param>
/// <param name="Queues">Ids of the queues that the agent serves.</param>
/// <param name="Attributes">What distribution and supervision go by; null in events from before there was any.</param>
public sealed record AgentCreated(
    Guid AgentId, string Name, string? Extension, IReadOnlyList<Guid> Queues, DateTimeOffset OccurredAt, AgentAttributes? Attributes = null)
    : AgentEvent(AgentId, OccurredAt);

/// <summary>The agent's settings as they are from now on.</summary>
/// <param name="Attributes">Null leaves them as they are.</param>
public sealed record AgentChanged(
    Guid AgentId, string Name, string? Extension, IReadOnlyList<Guid> Queues, DateTimeOffset OccurredAt, AgentAttributes? Attributes = null)
    : AgentEvent(AgentId, OccurredAt);

/// <summary>Signed in, and available at the same instant.</summary>
public sealed record AgentSignedIn(Guid AgentId, DateTimeOffset OccurredAt) : AgentEvent(AgentId, OccurredAt);

/// <param name="CallId">The call that the status is about; null for a status that has none.</param>
/// <param name="Reason">Why, where there is more to say, e.g. a not-ready reason.</param>
public sealed record AgentStatusChanged(Guid AgentId, AgentStatus Status, DateTimeOffset OccurredAt, Guid? CallId = null, string? Reason = null)
    : AgentEvent(AgentId, OccurredAt);

/// <param name="Reason">A word in kebab-case, e.g. <c>phone-unregistered</c>, <c>system-restart</c>.</param>
public sealed record AgentSignedOut(Guid AgentId, string Reason, DateTimeOffset OccurredAt) : AgentEvent(AgentId, OccurredAt);

/// <summary>What the agent is to become when the call at hand is over: not ready or signed out; available takes that back.</summary>
/// <param name="Reason">Why.</param>
public sealed record AgentStatusRequested(Guid AgentId, AgentStatus Status, DateTimeOffset OccurredAt, string? Reason = null) : AgentEvent(AgentId, OccurredAt);

/// <summary>The agent has taken a phone for this shift (free seating): until signing out it is the agent's.</summary>
public sealed record AgentSeated(Guid AgentId, string Extension, DateTimeOffset OccurredAt) : AgentEvent(AgentId, OccurredAt);

/// <summary>The agent's desk as it is from now on.</summary>
public sealed record AgentDeskChanged(Guid AgentId, Desk Desk, DateTimeOffset OccurredAt) : AgentEvent(AgentId, OccurredAt);

/// <summary>The wrap-up at hand may last longer.</summary>
/// <param name="CallId">What is wrapped up.</param>
/// <param name="Seconds">By how much, 1 up.</param>
public sealed record AgentWrapUpExtended(Guid AgentId, Guid CallId, int Seconds, DateTimeOffset OccurredAt) : AgentEvent(AgentId, OccurredAt);

/// <summary>The number by which the agent signs in at any phone. Its PIN is no event (adr/0006).</summary>
/// <param name="Number">1 to 8 digits; null for none from now on.</param>
public sealed record AgentLoginChanged(Guid AgentId, string? Number, DateTimeOffset OccurredAt) : AgentEvent(AgentId, OccurredAt);

/// <summary>The batch that brought this shift of another system's records was reverted: it counts in no figure any more. The last event of a stream of type <see cref="Agent.ShiftStreamType"/>.</summary>
public sealed record AgentShiftWithdrawn(Guid AgentId, Guid BatchId, DateTimeOffset OccurredAt) : AgentEvent(AgentId, OccurredAt);

public enum AgentStatus { SignedOut, Available, Offered, Busy, WrapUp, NotReady }
