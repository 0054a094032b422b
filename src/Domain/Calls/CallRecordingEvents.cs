namespace CallCenter.Domain.Calls;

/// <summary>The caller is recorded in one channel, whoever talks for the center in the other.</summary>
/// <param name="RecordingId">A call may have several, one after the other.</param>
/// <param name="File">Path below the folder of recordings.</param>
public sealed record CallRecordingStarted(Guid CallId, Guid RecordingId, string File, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>From here on the file has silence, until it is resumed: a card's number is being said.</summary>
/// <param name="By">User name of who asked for it; null when the agent did by phone.</param>
public sealed record CallRecordingPaused(Guid CallId, Guid RecordingId, string? By, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <param name="By">User name of who asked for it; null when the agent did by phone.</param>
public sealed record CallRecordingResumed(Guid CallId, Guid RecordingId, string? By, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>The recording has ended, and its file is closed and on the disk; often after <see cref="CallEnded"/>.</summary>
/// <param name="Sha256">Of the whole file, in hexadecimal; null when it cannot be read.</param>
/// <param name="Seconds">From its beginning to its end, pauses included.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Failure">Why it ended before its time, or what is missing in it; null when it is whole.</param>
public sealed record CallRecorded(
    Guid CallId, Guid RecordingId, string? Sha256, double Seconds, long Bytes, string? Failure, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>The recording is nobody's to hear any more; its file is deleted after this.</summary>
/// <param name="By">Which rule; <c>retention</c> where it was older than its queue keeps recordings.</param>
public sealed record CallRecordingDeleted(Guid CallId, Guid RecordingId, string By, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);
