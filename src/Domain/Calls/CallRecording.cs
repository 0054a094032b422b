using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Calls.CallEvent>;

namespace CallCenter.Domain.Calls;

public abstract record RecordingCommand(DateTimeOffset At) : CallCommand(At);

public sealed record StartRecording(Guid RecordingId, string File, DateTimeOffset At) : RecordingCommand(At);

/// <param name="By">User name; null for the agent's phone.</param>
public sealed record PauseRecording(string? By, DateTimeOffset At) : RecordingCommand(At);

/// <param name="By">User name; null for the agent's phone.</param>
public sealed record ResumeRecording(string? By, DateTimeOffset At) : RecordingCommand(At);

/// <summary>Its file is closed. Possible as long as the call exists, also when it has ended.</summary>
public sealed record FinishRecording(Guid RecordingId, string? Sha256, double Seconds, long Bytes, string? Failure, DateTimeOffset At) : RecordingCommand(At);

/// <summary>Its file is to go. Possible when the call has ended.</summary>
public sealed record DeleteRecording(Guid RecordingId, string By, DateTimeOffset At) : RecordingCommand(At);

/// <summary>The recording that is being made of a call.</summary>
public sealed record CallRecording(Guid Id, bool IsPaused)
{
    /// <summary>What may happen to a call's recording.</summary>
    internal static Decision<CallEvent> Decide(RecordingCommand command, Call call, DateTimeOffset at) => (command, call.Recording) switch
    {
        (FinishRecording c, var open) => c.RecordingId == open?.Id
            ? Accept(new CallRecorded(call.Id, c.RecordingId, c.Sha256, c.Seconds, c.Bytes, c.Failure, at))
            : Refuse("RECORDING_NOT_FOUND", "The call has no such recording that is open."),
        (DeleteRecording, _) when call.Phase != CallPhase.Ended => Refuse("CALL_STATE", "The call has not ended, or is being wrapped up."),
        (DeleteRecording c, _) => call.Recordings.Contains(c.RecordingId)
            ? Accept(new CallRecordingDeleted(call.Id, c.RecordingId, c.By, at))
            : Refuse("RECORDING_NOT_FOUND", "The call has no such recording whose file is closed and kept."),
        _ when !call.IsLive => Refuse("CALL_ENDED", "The call has ended."),
        (StartRecording c, null) => Accept(new CallRecordingStarted(call.Id, c.RecordingId, c.File, at)),
        (StartRecording, _) => Refuse("RECORDING_RUNS", "The call is being recorded already."),
        (_, null) => Refuse("CALL_NOT_RECORDED", "The call is not being recorded."),
        (PauseRecording, { IsPaused: true }) or (ResumeRecording, { IsPaused: false }) => Accept(),
        (PauseRecording c, { Id: var id }) => Accept(new CallRecordingPaused(call.Id, id, c.By, at)),
        (ResumeRecording c, { Id: var id }) => Accept(new CallRecordingResumed(call.Id, id, c.By, at)),
        _ => throw new UnreachableException($"A recording does not decide {command.GetType().Name}."),
    };
}
