using CallCenter.Domain.Voicemails;

namespace CallCenter.Domain.Calls;

/// <summary>The caller is asked for a message, and recorded from the beep on.</summary>
/// <param name="VoicemailId">The message, should one be left.</param>
/// <param name="MailboxId">Id of the queue or agent for whom it is.</param>
/// <param name="File">Path below the folder of recordings.</param>
public sealed record CallVoicemailStarted(Guid CallId, Guid VoicemailId, Guid MailboxId, MailboxOwner Owner, string File, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>The caller leaves, keeps the place in the queue, and is called back.</summary>
public sealed record CallLeftForCallback(Guid CallId, Guid CallbackId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>Nothing was said, or less than the mailbox takes for a message; or it could not be recorded.</summary>
/// <param name="Failure">What failed; null when there was just no message.</param>
public sealed record CallVoicemailDropped(Guid CallId, Guid VoicemailId, string? Failure, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);
