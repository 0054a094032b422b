namespace CallCenter.EventStore;

/// <summary>How often and how soon something is tried again that failed.</summary>
/// <param name="Attempts">How often it is tried in all before it is dead; from 1.</param>
/// <param name="FirstPause">After the first failure, doubled after each further one. Up to half of a pause is taken off by chance, so that what failed together does not come back together.</param>
/// <param name="LongestPause">What the doubling ends at.</param>
/// <param name="AttemptLimit">After so long an attempt's token is cancelled, and the attempt has failed.</param>
public sealed record RetryPolicy(int Attempts, TimeSpan FirstPause, TimeSpan LongestPause, TimeSpan AttemptLimit)
{
    /// <summary>Twelve attempts over about half an hour, of 30 s each at most.</summary>
    public static RetryPolicy Default { get; } = new(12, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30));

    /// <summary>The pause before the next attempt; null when there is none.</summary>
    /// <param name="attempts">Made so far, from 1.</param>
    internal TimeSpan? PauseAfter(int attempts)
    {
        if (attempts >= Attempts)
        {
            return null;
        }

        var pause = Math.Min(FirstPause.Ticks * Math.Pow(2, attempts - 1), LongestPause.Ticks);
        return TimeSpan.FromTicks((long)(pause * (1 - (Random.Shared.NextDouble() / 2))));
    }

    /// <summary>Makes one attempt.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled: neither failed nor done.</exception>
    internal async Task<Exception?> TryAsync(Func<CancellationToken, Task> attempt, TimeProvider time, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(AttemptLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            await attempt(either.Token);
            return null;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            return exception is OperationCanceledException && late.IsCancellationRequested ? new TimeoutException($"It took longer than {AttemptLimit.TotalSeconds:0.#} s.", exception) : exception;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new OperationCanceledException("Stopped while it failed.", exception, ct);
        }
    }
}
