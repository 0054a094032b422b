namespace CallCenter.Domain.Calls;

/// <summary>Out of the queue, to somewhere else.</summary>
public sealed record OverflowCall(Destination To, string Cause, DateTimeOffset At) : CallCommand(At);
