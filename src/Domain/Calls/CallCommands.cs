using CallCenter.Domain.Floor;

namespace CallCenter.Domain.Calls;

/// <param name="At">When it happened, by the clock of whoever commands.</param>
public abstract record CallCommand(DateTimeOffset At);

public sealed record ReceiveCall(
    Guid CallId, CallDirection Direction, string From, string To, DateTimeOffset At,
    string? SipCallId = null, string? CustomerNumber = null, string? Segment = null, string? Topic = null) : CallCommand(At);

public sealed record EnterIvr(DateTimeOffset At) : CallCommand(At);

public sealed record EnqueueCall(Guid QueueId, DateTimeOffset At, int HeadStartSeconds = 0, ContactNeeds? Needs = null) : CallCommand(At);

/// <summary>From the queue; or straight after it came in, when it is for one agent; or to one more agent while others ring (ring-all).</summary>
public sealed record OfferCall(Guid AgentId, DateTimeOffset At) : CallCommand(At);

public sealed record MissOffer(Guid AgentId, NonResponse Reason, DateTimeOffset At) : CallCommand(At);

/// <summary>Also straight from the queue, without an offer: a pick-up, or history that recorded no offers.</summary>
public sealed record AnswerCall(Guid? AgentId, DateTimeOffset At) : CallCommand(At);

/// <summary>The agent who talks hands the caller over to an agent who has answered.</summary>
public sealed record TransferToAgent(Guid AgentId, TransferKind Kind, DateTimeOffset At) : CallCommand(At);

/// <summary>The agent who talks sends the caller to a queue: a new visit begins.</summary>
public sealed record TransferToQueue(Guid QueueId, DateTimeOffset At, ContactNeeds? Needs = null) : CallCommand(At);

public sealed record HoldCall(DateTimeOffset At) : CallCommand(At);

public sealed record RetrieveCall(DateTimeOffset At) : CallCommand(At);

/// <param name="WrapUp">Whether the agent, if one answered, now has wrap-up to do.</param>
public sealed record EndCall(CallParty By, string Cause, DateTimeOffset At, bool WrapUp = false) : CallCommand(At);

/// <summary>The call could not be carried on (no such number, a fault of ours, a restart). With a visit open, its end counts as unknown.</summary>
public sealed record FailCall(string Cause, DateTimeOffset At) : CallCommand(At);

/// <summary>History knows the call but not how it ended.</summary>
public sealed record LoseTrackOfCall(DateTimeOffset At) : CallCommand(At);

/// <summary>A leg of the call has ended and tells how its audio was. Possible as long as the call exists, also when it has ended.</summary>
public sealed record MeasureMedia(CallParty Party, Guid? AgentId, MediaFigures Figures, DateTimeOffset At) : CallCommand(At);

public sealed record CompleteWrapUp(DateTimeOffset At, string? Disposition = null, bool? Resolved = null, string? Notes = null) : CallCommand(At);
