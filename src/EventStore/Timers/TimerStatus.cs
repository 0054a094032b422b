namespace CallCenter.EventStore;

/// <summary>A timer that has not fired.</summary>
/// <param name="Id">The timer.</param>
/// <param name="Kind">Whose it is.</param>
/// <param name="DueAt">When it was meant to fire.</param>
/// <param name="NextAttemptAt">When it is tried next; null when it is dead.</param>
/// <param name="Attempts">That failed so far.</param>
/// <param name="LastError">Why the last one did.</param>
/// <param name="IsFiring">A node is at it.</param>
public sealed record TimerStatus(Guid Id, string Kind, DateTimeOffset DueAt, DateTimeOffset? NextAttemptAt, int Attempts, string? LastError, bool IsFiring)
{
    /// <summary>It failed as often as it may, and waits for <see cref="DurableTimers.RetryAsync"/>.</summary>
    public bool IsDead => NextAttemptAt is null;
}

/// <summary>What there is of timers, over all nodes.</summary>
/// <param name="Pending">Waiting, being fired, or to be tried again.</param>
/// <param name="Dead">That failed as often as they may.</param>
/// <param name="Lag">How late the latest pending one is; zero when none is late.</param>
public sealed record TimerCounts(long Pending, long Dead, TimeSpan Lag);
