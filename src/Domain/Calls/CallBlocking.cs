namespace CallCenter.Domain.Calls;

/// <summary>Hours, a queue's length or its rules allow the call no more: it is ended before anybody has answered it.</summary>
public sealed record BlockCall(string Cause, DateTimeOffset At) : CallCommand(At);
