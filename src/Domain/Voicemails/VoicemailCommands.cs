namespace CallCenter.Domain.Voicemails;

public abstract record VoicemailCommand(DateTimeOffset At);

public sealed record LeaveVoicemail(
    Guid VoicemailId, Guid MailboxId, MailboxOwner Owner, string From, Guid CallId, string File, string? Sha256, double Seconds, long Bytes, DateTimeOffset At,
    string? Failure = null, string? CustomerNumber = null) : VoicemailCommand(At);

public sealed record HearVoicemail(string By, DateTimeOffset At) : VoicemailCommand(At);

public sealed record AssignVoicemail(Guid To, MailboxOwner Owner, string By, DateTimeOffset At) : VoicemailCommand(At);

public sealed record NoteVoicemailMailed(string Recipient, DateTimeOffset At) : VoicemailCommand(At);

public sealed record NoteVoicemailMailFailed(string Reason, DateTimeOffset At) : VoicemailCommand(At);

public sealed record DeleteVoicemail(string By, DateTimeOffset At) : VoicemailCommand(At);
