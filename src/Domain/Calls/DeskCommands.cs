namespace CallCenter.Domain.Calls;

/// <summary>What an agent or a supervisor does with a call that is connected or waits.</summary>
public abstract record DeskCommand(DateTimeOffset At) : CallCommand(At);

public sealed record MuteCall(DateTimeOffset At) : DeskCommand(At);

public sealed record UnmuteCall(DateTimeOffset At) : DeskCommand(At);

/// <summary>A call that an agent makes goes out; or one that is sent to a number outside, which has no agent.</summary>
public sealed record DialOutside(Guid? AgentId, string Trunk, DateTimeOffset At) : DeskCommand(At);

/// <summary>Who was called outside has answered.</summary>
public sealed record OutsideAnswered(Guid? AgentId, DateTimeOffset At) : DeskCommand(At);

/// <summary>At most <see cref="DeskDecider.MostParties"/> besides caller and agent.</summary>
public sealed record JoinParty(Guid PartyId, Guid? AgentId, string? Number, DateTimeOffset At) : DeskCommand(At);

public sealed record LeaveParty(Guid PartyId, DateTimeOffset At) : DeskCommand(At);

/// <summary>The agent leaves; one who stays behind talks with the caller from now on: an agent of the conference, or nobody but those outside.</summary>
public sealed record LeaveConference(Guid? NextAgentId, DateTimeOffset At) : DeskCommand(At);

/// <param name="Slot">A free one.</param>
public sealed record ParkCall(int Slot, DateTimeOffset At) : DeskCommand(At);

public sealed record TimeOutPark(DateTimeOffset At) : DeskCommand(At);

public sealed record RetrieveParked(Guid AgentId, DateTimeOffset At) : DeskCommand(At);

public sealed record PickUpCall(Guid AgentId, DateTimeOffset At) : DeskCommand(At);

public sealed record ForwardCall(Guid AgentId, ForwardKind Kind, Destination To, DateTimeOffset At) : DeskCommand(At);

/// <summary>The agent who talks sends the caller to a number outside, which has answered.</summary>
public sealed record TransferToNumber(string Number, TransferKind Kind, DateTimeOffset At) : DeskCommand(At);

/// <summary>The agent who talks sends the caller through a flow, or to a mailbox.</summary>
public sealed record TransferToFlow(string Flow, DateTimeOffset At) : DeskCommand(At);

public sealed record WarnOfLength(int SecondsLeft, DateTimeOffset At) : DeskCommand(At);

/// <summary>The call rings at an agent who talks in another.</summary>
public sealed record SignalWaiting(Guid AgentId, Guid TalkId, DateTimeOffset At) : DeskCommand(At);

/// <summary>Again with another mode changes that.</summary>
public sealed record StartSupervision(Guid SupervisorId, SupervisionMode Mode, bool Shown, DateTimeOffset At) : DeskCommand(At);

public sealed record EndSupervision(Guid SupervisorId, DateTimeOffset At) : DeskCommand(At);

public sealed record TakeOverCall(Guid SupervisorId, DateTimeOffset At) : DeskCommand(At);
