namespace CallCenter.Domain.Voicemails;

/// <summary>An event of one message's stream.</summary>
public abstract record VoicemailEvent(Guid VoicemailId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>A caller has left a message; its file is closed and on the disk.</summary>
/// <param name="MailboxId">Id of the queue or agent whose mailbox it is in.</param>
/// <param name="Owner">Which of the two.</param>
/// <param name="From">The caller's number; empty when withheld.</param>
/// <param name="CallId">The call in which it was spoken.</param>
/// <param name="File">Path below the folder of recordings.</param>
/// <param name="Sha256">Of the whole file, in hexadecimal; null when it could not be read.</param>
/// <param name="Seconds">Of sound.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Failure">What is missing in it; null when it is whole.</param>
/// <param name="CustomerNumber">The customer's number in the company's own books, where it is known.</param>
public sealed record VoicemailLeft(
    Guid VoicemailId, Guid MailboxId, MailboxOwner Owner, string From, Guid CallId, string File, string? Sha256, double Seconds, long Bytes, DateTimeOffset OccurredAt,
    string? Failure = null, string? CustomerNumber = null) : VoicemailEvent(VoicemailId, OccurredAt);

/// <param name="By">Who: a user name, or an agent's name for one who listened by phone.</param>
public sealed record VoicemailHeard(Guid VoicemailId, string By, DateTimeOffset OccurredAt) : VoicemailEvent(VoicemailId, OccurredAt);

/// <summary>It is somebody's work from now on: a queue's or an agent's.</summary>
/// <param name="To">Id of the queue or agent.</param>
public sealed record VoicemailAssigned(Guid VoicemailId, Guid To, MailboxOwner Owner, string By, DateTimeOffset OccurredAt) : VoicemailEvent(VoicemailId, OccurredAt);

/// <summary>The mail server has taken it, audio and all, for one of those whom it is to be sent to.</summary>
/// <param name="Recipient">Mail address of one of the staff.</param>
public sealed record VoicemailMailed(Guid VoicemailId, string Recipient, DateTimeOffset OccurredAt) : VoicemailEvent(VoicemailId, OccurredAt);

/// <summary>The mail server will not have it. What it said; a dead letter waits until somebody has it sent again.</summary>
public sealed record VoicemailMailFailed(Guid VoicemailId, string Reason, DateTimeOffset OccurredAt) : VoicemailEvent(VoicemailId, OccurredAt);

public sealed record VoicemailDeleted(Guid VoicemailId, string By, DateTimeOffset OccurredAt) : VoicemailEvent(VoicemailId, OccurredAt);

/// <summary>Whose a mailbox is.</summary>
public enum MailboxOwner { Queue, Agent }
