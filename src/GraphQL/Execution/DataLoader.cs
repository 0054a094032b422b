namespace CallCenter.GraphQL.Execution;

/// <summary>A data loader of one request.</summary>
internal sealed class DataLoader<TKey, TValue>(
    BatchScheduler scheduler, Func<IReadOnlyList<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> fetch) : IDataLoader<TKey, TValue>
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, TaskCompletionSource<TValue?>> _known = [];
    private List<TKey> _collected = [];

    public Task<TValue?> LoadAsync(TKey key)
    {
        var isFirst = false;
        TaskCompletionSource<TValue?>? value;
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out value))
            {
                // Continuations must go through the request's loop, not run inside the fetch that completes them.
                value = new TaskCompletionSource<TValue?>(TaskCreationOptions.RunContinuationsAsynchronously);
                _known.Add(key, value);
                _collected.Add(key);
                isFirst = _collected.Count == 1;
            }

            if (_collected.Count > 0 && !value.Task.IsCompleted)
            {
                BatchScheduler.NoteWait();
            }
        }

        if (isFirst)
        {
            scheduler.Add(FetchAsync);
        }

        return value.Task;
    }

    public async Task<IReadOnlyList<TValue?>> LoadAsync(IReadOnlyCollection<TKey> keys) => await Task.WhenAll(keys.Select(LoadAsync));

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        List<TKey> keys;
        lock (_gate)
        {
            keys = _collected;
            _collected = [];
        }

        try
        {
            var values = await fetch(keys, cancellationToken);
            foreach (var key in keys)
            {
                Find(key).SetResult(values.TryGetValue(key, out var value) ? value : default);
            }
        }
        catch (Exception failure)
        {
            // Every field that waits for the batch fails with what made the batch fail.
            foreach (var key in keys)
            {
                Find(key).TrySetException(failure);
            }
        }
    }

    private TaskCompletionSource<TValue?> Find(TKey key)
    {
        lock (_gate)
        {
            return _known[key];
        }
    }
}
