namespace CallCenter.GraphQL.Execution;

/// <summary>
/// Decides when the keys collected by a request's data loaders are fetched: when nothing of the request can run and no fetch is under way that could
/// still make something run. So the fields of one level make one call a loader, whatever the fetches above them take.
/// </summary>
internal sealed class BatchScheduler
{
    // A fetch that itself loads through another loader waits for that one's batch; it must not hold it up.
    private static readonly AsyncLocal<Fetch?> CurrentFetch = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<string, object> _loaders = new(StringComparer.Ordinal);
    private readonly List<Func<CancellationToken, Task>> _batches = [];
    private readonly HashSet<Fetch> _underWay = [];
    private readonly CancellationToken _cancellation;

    public BatchScheduler(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        Loop = new ExecutionLoop(Dispatch);
    }

    public ExecutionLoop Loop { get; }

    public DataLoader<TKey, TValue> Loader<TKey, TValue>(
        string name, Func<IReadOnlyList<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> fetch)
        where TKey : notnull
    {
        lock (_gate)
        {
            if (!_loaders.TryGetValue(name, out var loader))
            {
                _loaders[name] = loader = new DataLoader<TKey, TValue>(this, fetch);
            }

            return loader as DataLoader<TKey, TValue>
                ?? throw new InvalidOperationException($"Data loader \"{name}\" is a {loader.GetType()}; it was asked for as {typeof(DataLoader<TKey, TValue>)}.");
        }
    }

    /// <summary>Forgets what was loaded: a mutation may have changed it.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _loaders.Clear();
        }
    }

    /// <summary>Takes note of a batch to fetch when the time has come.</summary>
    public void Add(Func<CancellationToken, Task> fetch)
    {
        lock (_gate)
        {
            _batches.Add(fetch);
        }

        if (SynchronizationContext.Current != Loop)
        {
            Loop.Post(static _ => { }, state: null);
        }
    }

    /// <summary>Takes note that whoever loads now waits for a batch that has not been fetched.</summary>
    public static void NoteWait()
    {
        if (CurrentFetch.Value is { } fetch)
        {
            fetch.IsWaiting = true;
        }
    }

    /// <summary>Starts all collected batches if nothing else can go on; whether it did.</summary>
    private bool Dispatch()
    {
        Func<CancellationToken, Task>[] batches;
        lock (_gate)
        {
            if (_batches.Count == 0 || _underWay.Any(fetch => !fetch.IsWaiting))
            {
                return false;
            }

            batches = [.. _batches];
            _batches.Clear();
            foreach (var fetch in _underWay)
            {
                fetch.IsWaiting = false;
            }
        }

        foreach (var batch in batches)
        {
            _ = RunAsync(batch);
        }

        return true;
    }

    private async Task RunAsync(Func<CancellationToken, Task> batch)
    {
        var fetch = new Fetch();
        CurrentFetch.Value = fetch;
        lock (_gate)
        {
            _underWay.Add(fetch);
        }

        try
        {
            await batch(_cancellation);
        }
        finally
        {
            lock (_gate)
            {
                _underWay.Remove(fetch);
            }
        }
    }

    private sealed class Fetch
    {
        public volatile bool IsWaiting;
    }
}
