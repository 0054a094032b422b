using System.Diagnostics;

namespace CallCenter.Domain.Calls;

public enum CallPhase { None, Received, InIvr, Queued, Offered, Connected, OnHold, WrapUp, Ended, Parked }

/// <summary>State of one call, folded from its events.</summary>
/// <param name="QueueId">The queue of the current or last visit; null also when the call has left that queue for elsewhere.</param>
/// <param name="AgentId">Who talks, or wraps up.</param>
/// <param name="LastAt">When the latest event happened.</param>
public sealed record Call(Guid Id, CallPhase Phase, Guid? QueueId, Guid? AgentId, CallOutcome? Outcome, DateTimeOffset LastAt)
{
    public const string StreamType = "call";

    public static readonly Call Initial = new(Guid.Empty, CallPhase.None, null, null, null, DateTimeOffset.MinValue);

    /// <summary>Whose phones ring for the call, the first offered first; empty but while it is offered.</summary>
    public IReadOnlyList<Guid> OfferedTo { get; init; } = [];

    /// <summary>The recording whose file is open; it may outlive the call a little.</summary>
    public CallRecording? Recording { get; init; }

    /// <summary>Those whose files are closed and kept.</summary>
    public IReadOnlyList<Guid> Recordings { get; init; } = [];

    /// <summary>What the caller wanted was done by the IVR.</summary>
    public bool SelfServed { get; init; }

    /// <summary>The caller does not hear the agent.</summary>
    public bool IsMuted { get; init; }

    /// <summary>Where the call is parked, and by whom; null when it is not.</summary>
    public ParkedAt? Parked { get; init; }

    /// <summary>Those who talk in the conference besides caller and agent.</summary>
    public IReadOnlyList<Party> Parties { get; init; } = [];

    /// <summary>Who listens to the call, and may speak.</summary>
    public IReadOnlyList<Supervision> Supervisions { get; init; } = [];

    /// <summary>The caller left the queue for a message, a callback or somewhere else, or was asked for a message straight away: neither abandoned nor failed.</summary>
    public bool IsServedElsewhere { get; init; }

    /// <summary>Whether the caller is still on the line.</summary>
    public bool IsLive => Phase is not (CallPhase.None or CallPhase.WrapUp or CallPhase.Ended);

    /// <summary>A call to one agent or number: it visits no queue.</summary>
    public bool IsDirect => QueueId is null;

    /// <summary>Total over the events of a call; an event of another kind of stream is a defect of the caller.</summary>
    public static Call Evolve(Call call, CallEvent @event)
    {
        var next = call with { LastAt = @event.OccurredAt };
        return @event switch
        {
            CallReceived e => next with { Id = e.CallId, Phase = CallPhase.Received },
            CallEnteredIvr => next with { Phase = CallPhase.InIvr },
            CallQueued e => next with { Phase = CallPhase.Queued, QueueId = e.QueueId, AgentId = null, OfferedTo = [], IsServedElsewhere = false },
            CallOffered e => next with { Phase = CallPhase.Offered, AgentId = null, OfferedTo = [.. call.OfferedTo, e.AgentId] },
            CallOfferNotAnswered e => Without(e.AgentId),
            CallAnswered e => next with { Phase = CallPhase.Connected, AgentId = e.AgentId, OfferedTo = [] },
            CallHeld => next with { Phase = CallPhase.OnHold },
            CallRetrieved => next with { Phase = CallPhase.Connected },
            CallTransferred e => next with { Phase = e.ToAgentId is null && e.ToNumber is null ? CallPhase.Received : CallPhase.Connected, AgentId = e.ToAgentId, IsMuted = false, Parked = null },
            CallAbandoned => next with { OfferedTo = [] },
            CallEnded e => next with { Phase = CallPhase.Ended, Outcome = e.Outcome, OfferedTo = [] },
            WrapUpStarted => next with { Phase = CallPhase.WrapUp },
            WrapUpCompleted => next with { Phase = CallPhase.Ended },
            CallLeftIvr => next with { Phase = CallPhase.Received },
            CallOverflowed => next with { Phase = CallPhase.Received, QueueId = null, OfferedTo = [], IsServedElsewhere = true },
            CallVoicemailStarted or CallLeftForCallback => next with { IsServedElsewhere = true },
            CallVoicemailDropped => next,
            CallRecordingStarted e => next with { Recording = new CallRecording(e.RecordingId, IsPaused: false) },
            CallRecordingPaused e => next with { Recording = new CallRecording(e.RecordingId, IsPaused: true) },
            CallRecordingResumed e => next with { Recording = new CallRecording(e.RecordingId, IsPaused: false) },
            CallRecorded e => next with { Recording = null, Recordings = [.. call.Recordings, e.RecordingId] },
            CallRecordingDeleted e => next with { Recordings = [.. call.Recordings.Where(id => id != e.RecordingId)] },
            SelfServiceCompleted => next with { SelfServed = true },

            // Ignored: steps, attributes and scores are told of a call, they change nothing of what may happen to it.
            IvrStepTaken or CallAttributeSet or CallClassified or SurveyAnswered => next,
            DeskEvent e => DeskDecider.Evolve(next, e),
            CallWithdrawn => next with { Phase = CallPhase.Ended },

            // Ignored: how the call sounded changes nothing of what may happen to it.
            CallMediaMeasured => call,
            _ => throw new UnreachableException($"Call does not evolve {@event.GetType().Name}."),
        };

        Call Without(Guid agent) => call.OfferedTo.Where(other => other != agent).ToArray() is { Length: > 0 } others
            ? next with { OfferedTo = others }
            : next with { Phase = call.IsDirect ? CallPhase.Received : CallPhase.Queued, OfferedTo = [] };
    }
}
