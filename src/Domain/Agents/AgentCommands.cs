namespace CallCenter.Domain.Agents;

public abstract record AgentCommand(DateTimeOffset At);

public sealed record CreateAgent(
    Guid AgentId, string Name, string? Extension, IReadOnlyList<Guid> Queues, DateTimeOffset At, AgentAttributes? Attributes = null) : AgentCommand(At);

/// <param name="Attributes">Null leaves them as they are.</param>
public sealed record ChangeAgent(string Name, string? Extension, IReadOnlyList<Guid> Queues, DateTimeOffset At, AgentAttributes? Attributes = null) : AgentCommand(At);

public sealed record SignInAgent(DateTimeOffset At) : AgentCommand(At);

public sealed record SignOutAgent(string Reason, DateTimeOffset At) : AgentCommand(At);

/// <summary>An agent is offered one call at a time: only an available one takes an offer.</summary>
public sealed record OfferToAgent(Guid CallId, DateTimeOffset At) : AgentCommand(At);

/// <param name="Own">A call that the agent makes: possible in a pause too, which goes on after it.</param>
public sealed record OccupyAgent(Guid CallId, DateTimeOffset At, bool Own = false) : AgentCommand(At);

/// <summary>The agent who talks in one call talks in another from now on.</summary>
public sealed record MoveAgent(Guid FromCallId, Guid CallId, DateTimeOffset At) : AgentCommand(At);

public sealed record WrapUpAgent(Guid CallId, DateTimeOffset At) : AgentCommand(At);

/// <summary>The offer, the call or the wrap-up of <paramref name="CallId"/> is over for the agent.</summary>
public sealed record ReleaseAgent(Guid CallId, DateTimeOffset At, string? Reason = null) : AgentCommand(At);

/// <summary>The agent's own choice, or a supervisor's: ready again, or not ready with a reason. With a call at hand it takes effect when that is over.</summary>
public sealed record SetAgentReady(bool Ready, string? Reason, DateTimeOffset At) : AgentCommand(At);

/// <summary>Signs out by hand: at once, or when the call at hand is over.</summary>
/// <param name="Reason">Neither of those by which we sign out.</param>
public sealed record LeaveShift(string Reason, DateTimeOffset At) : AgentCommand(At);

/// <summary>Takes a phone for this shift, and signs in there.</summary>
public sealed record SeatAgent(string Extension, DateTimeOffset At) : AgentCommand(At);

public sealed record ChangeDesk(Desk Desk, DateTimeOffset At) : AgentCommand(At);

/// <summary>Makes the wrap-up at hand longer; all extensions of one together are an hour at most.</summary>
public sealed record ExtendWrapUp(int Seconds, DateTimeOffset At) : AgentCommand(At);

public sealed record ChangeAgentLogin(string? Number, DateTimeOffset At) : AgentCommand(At);
