namespace CallCenter.Routing;

/// <summary>What is to be done later on the router's loop, by one timer. Not thread-safe: it belongs to the loop, and <c>wake</c> must lead back to it.</summary>
internal sealed class Agenda : IDisposable
{
    private readonly PriorityQueue<Action, DateTimeOffset> _entries = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;

    public Agenda(TimeProvider clock, Action wake)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ => wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void In(TimeSpan delay, Action action)
    {
        _entries.Enqueue(action, _clock.GetUtcNow() + delay);
        Set();
    }

    /// <summary>Does all that is due.</summary>
    public void Run()
    {
        while (_entries.TryPeek(out var action, out var at) && at <= _clock.GetUtcNow())
        {
            _entries.Dequeue();
            action();
        }

        Set();
    }

    public void Dispose() => _timer.Dispose();

    private void Set()
    {
        if (_entries.TryPeek(out _, out var at))
        {
            var wait = at - _clock.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
