namespace CallCenter.Domain.Callbacks;

public abstract record CallbackCommand(DateTimeOffset At);

public sealed record RequestCallback(
    Guid CallbackId, Guid QueueId, string Number, CallbackRank Rank, CallbackRules Rules, DateTimeOffset At,
    DateTimeOffset? DueAt = null, Guid? AgentId = null, Guid? CallId = null, string? CustomerNumber = null, string? By = null) : CallbackCommand(At);

/// <summary>Its turn has come near, or its time: the phone is called now.</summary>
public sealed record DialCallback(Guid CallId, DateTimeOffset At) : CallbackCommand(At);

public sealed record MissCallback(Guid CallId, CallbackMiss Reason, DateTimeOffset At) : CallbackCommand(At);

public sealed record ConfirmCallback(Guid CallId, DateTimeOffset At) : CallbackCommand(At);

public sealed record CompleteCallback(Guid CallId, Guid AgentId, DateTimeOffset At) : CallbackCommand(At);

public sealed record CancelCallback(string? By, DateTimeOffset At) : CallbackCommand(At);
