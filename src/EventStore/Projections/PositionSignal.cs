namespace CallCenter.EventStore;

/// <summary>A position that others wait to see move.</summary>
/// <remarks>Take <see cref="Changed"/> before looking at <see cref="Value"/>, then wait for it: a move in between is not missed.</remarks>
internal sealed class PositionSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();
    private long _value;

    public long Value
    {
        get => Interlocked.Read(ref _value);
        set
        {
            if (Interlocked.Exchange(ref _value, value) != value)
            {
                Pulse();
            }
        }
    }

    /// <summary>Moves on to <paramref name="position"/>, never back: for those who only learn of it while others may move it too.</summary>
    public void Raise(long position)
    {
        for (var seen = Value; seen < position; seen = Value)
        {
            if (Interlocked.CompareExchange(ref _value, position, seen) == seen)
            {
                Pulse();
            }
        }
    }

    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Wakes everyone who waits, though the position is where it was.</summary>
    public void Pulse()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
