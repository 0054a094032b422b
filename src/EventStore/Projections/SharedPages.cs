using Npgsql;

namespace CallCenter.EventStore;

/// <summary>The log as several rebuilds read it at once: every event comes from the database once and is parsed once, whoever takes it. Whoever is fast waits for the slowest, so that few pages are held. Safe for concurrent use.</summary>
/// <param name="shards">All who read; each comes for every page in turn, or leaves.</param>
/// <param name="mark">How far the log is final.</param>
internal sealed class SharedPages(NpgsqlDataSource dataSource, EventTypes types, IReadOnlyList<ProjectionShard> shards, long mark, IProgress<RebuildProgress>? progress, CancellationToken stop)
{
    private const int PageSize = 10_000;

    /// <summary>Pages between the slowest and the fastest.</summary>
    private const int MostAhead = 3;

    private readonly Lock _gate = new();
    private readonly ProjectionFeed _feed = new(dataSource, types);
    private readonly string[] _typeNames = [.. shards.SelectMany(shard => shard.TypeNames).Distinct(StringComparer.Ordinal)];
    private readonly Dictionary<ProjectionShard, long> _next = shards.ToDictionary(shard => shard, _ => 0L);
    private readonly Dictionary<long, Task<Page>> _pages = [];
    private readonly PositionSignal _slowest = new();
    private Task _reading = Task.CompletedTask;

    /// <summary>Pages are given up to here, the rest each reads by itself.</summary>
    public long UpTo => mark - (mark % PageSize);

    /// <summary>The shard's events of the page after a position.</summary>
    /// <param name="after">0, or where the shard's last page ended.</param>
    public async Task<ProjectionPage> ReadAsync(ProjectionShard shard, long after, CancellationToken ct)
    {
        var page = await (await TakeAsync(shard, after / PageSize, ct)).WaitAsync(ct);
        IReadOnlyList<StoredEvent> events = page.Types.Overlaps(shard.TypeNames) ? Own() : [];
        return new ProjectionPage(after, after + PageSize, events, IsEmpty: events.Count == 0);

        List<StoredEvent> Own()
        {
            var own = shard.TypeNames.ToHashSet(StringComparer.Ordinal);
            return page.Events.FindAll(stored => own.Contains(stored.Type));
        }
    }

    /// <summary>The shard comes no more: nobody waits for it.</summary>
    public void Leave(ProjectionShard shard)
    {
        lock (_gate)
        {
            _next.Remove(shard);
            Moved();
        }
    }

    private async Task<Task<Page>> TakeAsync(ProjectionShard shard, long number, CancellationToken ct)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                moved = _slowest.Changed;
                _next[shard] = number;
                Moved();
                if (number <= _slowest.Value + MostAhead)
                {
                    if (!_pages.TryGetValue(number, out var page))
                    {
                        _pages.Add(number, page = ReadAsync(_reading, number));
                        _reading = page;
                    }

                    return page;
                }
            }

            await moved.WaitAsync(ct);
        }
    }

    // Under the lock.
    private void Moved()
    {
        if (_next.Count == 0 || _next.Values.Min() is var slowest && slowest <= _slowest.Value)
        {
            return;
        }

        foreach (var number in _pages.Keys.Where(number => number < slowest).ToList())
        {
            _pages.Remove(number);
        }

        _slowest.Value = slowest;
        progress?.Report(new RebuildProgress(slowest * PageSize, mark));
    }

    // One after the other: the feed is not for concurrent use.
    private async Task<Page> ReadAsync(Task before, long number)
    {
        await before.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        var (events, end) = (new List<StoredEvent>(), (number + 1) * PageSize);
        for (var after = number * PageSize; after < end;)
        {
            var part = await _feed.ReadAsync(_typeNames, "", after, end, PageSize, stop);
            events.AddRange(part.Events);
            after = part.UpTo;
        }

        return new Page(events, events.Select(stored => stored.Type).ToHashSet(StringComparer.Ordinal));
    }

    private sealed record Page(List<StoredEvent> Events, HashSet<string> Types);
}
