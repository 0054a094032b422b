using System.Text.Json.Serialization;

using CallCenter.Domain.Floor;

namespace CallCenter.Domain.Callbacks;

/// <summary>An event of one callback's stream.</summary>
public abstract record CallbackEvent(Guid CallbackId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>Somebody is to be called back: at a time, or when the place in the queue that is kept comes to its turn.</summary>
/// <param name="QueueId">Whose agents serve the contact.</param>
/// <param name="Number">Whom to call.</param>
/// <param name="Rank">The place that is kept.</param>
/// <param name="DueAt">Not before; null when the turn decides alone.</param>
/// <param name="AgentId">Who is to have the contact; null for anybody of the queue.</param>
/// <param name="CallId">The call in which it was asked for; null when nobody was on the line.</param>
/// <param name="CustomerNumber">The customer's number in the company's own books, where it is known.</param>
/// <param name="By">User name of who asked for it; null when the caller did.</param>
public sealed record CallbackRequested(
    Guid CallbackId, Guid QueueId, string Number, CallbackRank Rank, CallbackRules Rules, DateTimeOffset OccurredAt,
    DateTimeOffset? DueAt = null, Guid? AgentId = null, Guid? CallId = null, string? CustomerNumber = null, string? By = null) : CallbackEvent(CallbackId, OccurredAt);

/// <param name="CallId">The call that is made: a contact of its own, linked to the first by this.</param>
/// <param name="Attempt">From 1.</param>
public sealed record CallbackDialled(Guid CallbackId, Guid CallId, int Attempt, DateTimeOffset OccurredAt) : CallbackEvent(CallbackId, OccurredAt);

/// <param name="RetryAt">When it is tried again; null when it is given up, by the event that follows.</param>
public sealed record CallbackNotReached(Guid CallbackId, Guid CallId, CallbackMiss Reason, DateTimeOffset? RetryAt, DateTimeOffset OccurredAt) : CallbackEvent(CallbackId, OccurredAt);

/// <summary>Whoever took the call pressed the key for it, and waits in the queue at the place that was kept.</summary>
public sealed record CallbackConfirmed(Guid CallbackId, Guid CallId, DateTimeOffset OccurredAt) : CallbackEvent(CallbackId, OccurredAt);

/// <summary>An agent talks with them.</summary>
public sealed record CallbackCompleted(Guid CallbackId, Guid CallId, Guid AgentId, DateTimeOffset OccurredAt) : CallbackEvent(CallbackId, OccurredAt);

/// <param name="By">User name; null when the one who was to be called back said so by key.</param>
public sealed record CallbackCancelled(Guid CallbackId, string? By, DateTimeOffset OccurredAt) : CallbackEvent(CallbackId, OccurredAt);

/// <summary>It was tried as often as its rules allow.</summary>
public sealed record CallbackGivenUp(Guid CallbackId, DateTimeOffset OccurredAt) : CallbackEvent(CallbackId, OccurredAt);

/// <summary>The place in the queue that is kept.</summary>
/// <param name="QueuedAt">Since when the contact waits.</param>
/// <param name="HeadStartSeconds">Seconds by which it ranks as if it had waited longer.</param>
/// <param name="Priority">Points, as the queue counts them.</param>
/// <param name="Needs">What the contact needs of whoever takes it, beside what the queue asks; null for nothing.</param>
public sealed record CallbackRank(
    DateTimeOffset QueuedAt, int HeadStartSeconds = 0, int Priority = 0, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ContactNeeds? Needs = null);

/// <summary>How often, and how, somebody is called back.</summary>
/// <param name="Attempts">How often they are called in all, 1..20.</param>
/// <param name="RetrySeconds">Pause after an attempt that did not reach them, 10..86,400.</param>
/// <param name="RingSeconds">How long their phone rings, 5..120.</param>
/// <param name="ConfirmSeconds">How long the key is waited for that says that they are there, 5..60.</param>
public sealed record CallbackRules(int Attempts = 3, int RetrySeconds = 300, int RingSeconds = 30, int ConfirmSeconds = 15);

/// <summary>Why an attempt came to nothing.</summary>
public enum CallbackMiss
{
    /// <summary>It rang, and nobody answered.</summary>
    NoAnswer,

    /// <summary>Busy, or refused.</summary>
    Refused,

    /// <summary>There was no way to the number.</summary>
    Unreachable,

    /// <summary>Somebody or something answered and did not press the key: a machine, or another person.</summary>
    NotConfirmed,

    /// <summary>They hung up before an agent answered.</summary>
    HungUp,

    /// <summary>The system stopped in the middle of it: no attempt of theirs is used up by that.</summary>
    SystemRestart,
}
