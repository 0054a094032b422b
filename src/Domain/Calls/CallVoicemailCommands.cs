using CallCenter.Domain.Voicemails;

namespace CallCenter.Domain.Calls;

/// <summary>The caller is about to leave a message.</summary>
public sealed record StartVoicemail(Guid VoicemailId, Guid MailboxId, MailboxOwner Owner, string File, DateTimeOffset At) : CallCommand(At);

/// <summary>The caller is to be called back instead of waiting.</summary>
public sealed record LeaveForCallback(Guid CallbackId, DateTimeOffset At) : CallCommand(At);

/// <summary>No message came of it. Possible as long as the call exists, also when it has ended.</summary>
public sealed record DropVoicemail(Guid VoicemailId, string? Failure, DateTimeOffset At) : CallCommand(At);
