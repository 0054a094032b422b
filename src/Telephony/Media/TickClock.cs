namespace CallCenter.Telephony.Media;

/// <summary>Says how many ticks of a fixed period have become due. Counted from a fixed start on a monotonic clock, so lateness never adds up.</summary>
internal sealed class TickClock(TimeProvider time, TimeSpan period)
{
    /// <summary>
    /// Late ticks that are made up for. A receiver's jitter buffer takes such a burst; what is later than that is left out, and the
    /// audio goes on from where it was.
    /// </summary>
    public const int MaxBurst = 5;

    private long _start = time.GetTimestamp();
    private long _done;

    /// <summary>How long until the next tick; zero or less when it is due.</summary>
    public TimeSpan UntilNext => (period * (_done + 1)) - time.GetElapsedTime(_start);

    /// <summary>The first tick is one period from now.</summary>
    public void Restart()
    {
        _start = time.GetTimestamp();
        _done = 0;
    }

    /// <summary>Ticks to run now, 0 to <see cref="MaxBurst"/>.</summary>
    /// <param name="skipped">Ticks before them that are left out.</param>
    public int TakeDue(out int skipped)
    {
        var due = (long)(time.GetElapsedTime(_start) / period) - _done;
        _done += due;
        var taken = (int)Math.Min(due, MaxBurst);
        skipped = (int)(due - taken);
        return taken;
    }
}
