namespace CallCenter.GraphQL.Execution;

/// <summary>
/// Runs everything of one request that is ready to run, one thing at a time: the executor, the resolvers, and what follows their awaits. Fields still
/// overlap in their waiting. That nothing is ready any more is then a fact, not a guess by a timer, and the moment to dispatch batches.
/// </summary>
internal sealed class ExecutionLoop(Func<bool> onIdle) : SynchronizationContext
{
    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private bool _isDraining;

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _ready.Enqueue((d, state));
            if (_isDraining)
            {
                return;
            }

            _isDraining = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static loop => loop.Drain(), this, preferLocal: true);
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("A resolver must not block on its request's loop.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts the work on the caller's thread and runs all it makes ready; what remains when this returns goes on by itself.</summary>
    public Task<T> Run<T>(Func<Task<T>> work)
    {
        lock (_gate)
        {
            _isDraining = true;
        }

        Task<T>? result = null;
        _ready.Enqueue((_ => result = work(), null));
        Drain();
        return result!;
    }

    private void Drain()
    {
        var previous = Current;
        SetSynchronizationContext(this);
        try
        {
            do
            {
                while (TryTake(out var next))
                {
                    next.Callback(next.State);
                }
            }
            while (onIdle() || !TryStop());
        }
        finally
        {
            SetSynchronizationContext(previous);
        }
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (_gate)
        {
            return _ready.TryDequeue(out next);
        }
    }

    private bool TryStop()
    {
        lock (_gate)
        {
            _isDraining = _ready.Count > 0;
            return !_isDraining;
        }
    }
}
