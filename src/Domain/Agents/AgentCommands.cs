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

public sealed record OccupyAgent(Guid CallId, DateTimeOffset At) : AgentCommand(At);

public sealed record WrapUpAgent(Guid CallId, DateTimeOffset At) : AgentCommand(At);

/// <summary>The offer, the call or the wrap-up of <paramref name="CallId"/> is over for the agent.</summary>
public sealed record ReleaseAgent(Guid CallId, DateTimeOffset At, string? Reason = null) : AgentCommand(At);

/// <summary>The agent's own choice: ready again, or not ready with a reason.</summary>
public sealed record SetAgentReady(bool Ready, string? Reason, DateTimeOffset At) : AgentCommand(At);
