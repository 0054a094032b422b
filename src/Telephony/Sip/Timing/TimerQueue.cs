namespace CallCenter.Telephony.Sip;

/// <summary>A timer that was started on a <see cref="TimerQueue"/>.</summary>
internal sealed class TimerHandle(Action fire)
{
    private Action? _fire = fire;

    public bool IsPending => _fire is not null;

    /// <summary>Takes the action out, so that nothing it holds stays alive in the queue.</summary>
    public Action? Take()
    {
        var taken = _fire;
        _fire = null;
        return taken;
    }
}

/// <summary>
/// All timers of a loop, behind one clock timer. Starting is O(log n), cancelling O(1): a cancelled entry stays as an empty shell until it is due or outnumbers the live ones.
/// Not thread-safe: belongs to the loop.
/// </summary>
internal sealed class TimerQueue : IDisposable
{
    private const int FewEnoughShells = 4096;

    private readonly TimeProvider _time;
    private readonly ITimer _clock;
    private readonly PriorityQueue<TimerHandle, long> _queue = new();
    private long _armedFor = long.MaxValue;
    private int _shells;

    public TimerQueue(TimeProvider time, Action<Action> post)
    {
        _time = time;
        Action fireDue = FireDue;
        _clock = time.CreateTimer(_ => post(fireDue), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimerHandle Start(TimeSpan delay, Action fire)
    {
        var due = _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency);
        var handle = new TimerHandle(fire);
        _queue.Enqueue(handle, due);
        if (due < _armedFor)
        {
            Arm(due);
        }

        return handle;
    }

    public void Cancel(TimerHandle? handle)
    {
        if (handle?.Take() is null || ++_shells < FewEnoughShells || _shells < _queue.Count / 2)
        {
            return;
        }

        var live = _queue.UnorderedItems.Where(item => item.Element.IsPending).ToArray();
        _queue.Clear();
        _queue.EnqueueRange(live);
        _shells = 0;
    }

    public void Dispose() => _clock.Dispose();

    private void FireDue()
    {
        _armedFor = long.MaxValue;
        while (_queue.TryPeek(out var handle, out var due))
        {
            if (handle.IsPending && due > _time.GetTimestamp())
            {
                Arm(due);
                return;
            }

            _queue.Dequeue();
            if (handle.Take() is { } fire)
            {
                fire();
            }
            else
            {
                _shells--;
            }
        }
    }

    private void Arm(long due)
    {
        _armedFor = due;
        var wait = _time.GetElapsedTime(_time.GetTimestamp(), due);

        // Rounded up to the clock's millisecond, or the timer would come early and find nothing due.
        _clock.Change(wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
