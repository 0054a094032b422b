namespace CallCenter.Domain.Calls;

/// <summary>The contact leaves the queue for somewhere else, before an agent answered: the visit ends as overflowed.</summary>
/// <param name="Cause">A word in kebab-case: <c>key</c> for the caller's own choice, else the rule's cause.</param>
/// <param name="To">Where it goes.</param>
public sealed record CallOverflowed(Guid CallId, Guid QueueId, Destination To, string Cause, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);
