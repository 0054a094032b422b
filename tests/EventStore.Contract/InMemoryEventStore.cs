namespace CallCenter.EventStore.Contract;

/// <summary>The smallest store that keeps the contract: what the suite's random operations are compared with, and proof that the suite asks for nothing but the contract.</summary>
public sealed class InMemoryEventStore : IStoreUnderTest
{
    private readonly Lock _gate = new();
    private readonly SortedList<long, StoredEvent> _log = [];
    private readonly Dictionary<Guid, StoredEvent> _byId = [];
    private readonly Dictionary<Guid, List<StoredEvent>> _streams = [];
    private readonly HashSet<Guid> _archived = [];
    private readonly Dictionary<Guid, IReadOnlyList<AppendResult>> _commands = [];
    private readonly List<OpenAppend> _open = [];
    private long _drawn;

    /// <inheritdoc/>
    public Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId)
    {
        AppendRules.Check(appends, commandId);
        return WhenFreeAsync(appends, () =>
        {
            if (commandId is { } repeated && _commands.TryGetValue(repeated, out var carriedOut))
            {
                return carriedOut;
            }

            if (FindDuplicate(appends) is { } duplicate)
            {
                return duplicate;
            }

            var written = Draw(appends, metadata);
            Keep(written);
            var results = Results(appends, written, duplicate: false);
            if (commandId is { } id)
            {
                _commands[id] = [.. results.DistinctBy(result => result.StreamId).Select(result => result with { Duplicate = true })];
            }

            return results;
        });
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AppendResult>?> FindCommandAsync(Guid commandId) => Locked(() => _commands.GetValueOrDefault(commandId));

    /// <inheritdoc/>
    public Task<BulkAppendResult> BulkAppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata)
    {
        AppendRules.CheckBulk(appends);
        return WhenFreeAsync(appends, () =>
        {
            var fresh = appends.Where(append => !_streams.ContainsKey(append.StreamId)).ToList();
            ThrowIfTaken(fresh);
            var written = Draw(fresh, metadata);
            Keep(written);
            return new BulkAppendResult(fresh.Count, written.Count, [.. appends.Except(fresh).Select(append => append.StreamId)], written.LastOrDefault()?.Position ?? 0);
        });
    }

    /// <inheritdoc/>
    public Task ArchiveStreamAsync(Guid streamId) => Locked(() => _streams.ContainsKey(streamId) ? _archived.Add(streamId) : throw new StreamNotFoundException(streamId));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredEvent>> FetchStreamAsync(Guid streamId, long afterVersion) =>
        Locked<IReadOnlyList<StoredEvent>>(() => [.. Stream(streamId).Where(stored => stored.Version > afterVersion)]);

    /// <inheritdoc/>
    public Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return Locked(() =>
        {
            var mark = Mark();
            var events = _log.Values.Where(stored => stored.Position > after && stored.Position <= mark && types?.Contains(stored.Type, StringComparer.Ordinal) != false).Take(limit).ToList();
            return new EventPage(events, events.Count == limit ? events[^1].Position : Math.Max(after, mark), mark);
        });
    }

    /// <inheritdoc/>
    public Task<long> HighWaterMarkAsync() => Locked(Mark);

    /// <inheritdoc/>
    public Task<IOpenAppend> BeginAppendAsync(IReadOnlyList<StreamAppend> appends)
    {
        AppendRules.Check(appends, commandId: null);
        return WhenFreeAsync<IOpenAppend>(appends, () =>
        {
            var open = new OpenAppend(this, Draw(appends, EventMetadata.None));
            _open.Add(open);
            return open;
        });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_gate)
        {
            return Task.FromResult(work());
        }
    }

    // As a database's row locks do, an open append keeps others off its streams.
    private async Task<T> WhenFreeAsync<T>(IReadOnlyList<StreamAppend> appends, Func<T> work)
    {
        while (true)
        {
            Task ended;
            lock (_gate)
            {
                if (_open.Find(open => open.Events.Exists(stored => appends.Any(append => append.StreamId == stored.StreamId))) is not { } holder)
                {
                    return work();
                }

                ended = holder.Ended.Task;
            }

            await ended;
        }
    }

    private List<StoredEvent> Stream(Guid id) => _streams.GetValueOrDefault(id) ?? [];

    // The last event with nothing open before it.
    private long Mark()
    {
        var limit = _open.Count == 0 ? long.MaxValue : _open.Min(open => open.Events[0].Position);
        return _log.Keys.LastOrDefault(position => position < limit);
    }

    private AppendResult[]? FindDuplicate(IReadOnlyList<StreamAppend> appends)
    {
        var events = appends.SelectMany(append => append.Events.Select(data => (append.StreamId, Data: data))).ToList();
        if (!events.TrueForAll(e => _byId.TryGetValue(e.Data.Id, out var stored) && stored.StreamId == e.StreamId && stored.Data.Equals(e.Data.Data)))
        {
            ThrowIfTaken(appends);
            return null;
        }

        return Results(appends, events.ConvertAll(e => _byId[e.Data.Id]), duplicate: true);
    }

    private void ThrowIfTaken(IEnumerable<StreamAppend> appends)
    {
        if (appends.SelectMany(append => append.Events).FirstOrDefault(data => _byId.ContainsKey(data.Id)) is { } taken)
        {
            throw new EventIdConflictException(taken.Id, $"Event id {taken.Id} is taken.");
        }
    }

    /// <summary>The events as they will be, each stream's version checked.</summary>
    private List<StoredEvent> Draw(IReadOnlyList<StreamAppend> appends, EventMetadata metadata)
    {
        foreach (var append in appends.DistinctBy(append => append.StreamId))
        {
            long version = Stream(append.StreamId).Count;
            if (_archived.Contains(append.StreamId))
            {
                throw new StreamArchivedException(append.StreamId);
            }

            if (append.Expected != ExpectedVersion.Any && append.Expected != ExpectedVersion.Exact(version) && !(append.Expected == ExpectedVersion.StreamExists && version > 0))
            {
                throw new WrongExpectedVersionException(append.StreamId, append.Expected, version);
            }
        }

        var now = DateTimeOffset.UtcNow;
        var drawn = new List<StoredEvent>();
        var next = new Dictionary<Guid, (long Version, string Type)>();
        foreach (var append in appends)
        {
            var before = Stream(append.StreamId);
            var (version, type) = next.GetValueOrDefault(append.StreamId, (before.Count, before.FirstOrDefault()?.StreamType ?? append.StreamType));
            foreach (var data in append.Events)
            {
                var name = ContractEvents.Types.NamesOf([data.Data.GetType()])[0];
                drawn.Add(new StoredEvent(data.Id, ++_drawn, append.StreamId, type, ++version, name, data.Data, now, data.Metadata ?? metadata));
            }

            next[append.StreamId] = (version, type);
        }

        return drawn;
    }

    private void Keep(List<StoredEvent> written)
    {
        foreach (var stored in written)
        {
            _log.Add(stored.Position, stored);
            _byId.Add(stored.Id, stored);
            _streams.TryAdd(stored.StreamId, []);
            _streams[stored.StreamId].Add(stored);
        }
    }

    private static AppendResult[] Results(IReadOnlyList<StreamAppend> appends, List<StoredEvent> events, bool duplicate) =>
        [.. appends.Select(append => events.FindLast(stored => stored.StreamId == append.StreamId)!).Select(last => new AppendResult(last.StreamId, last.Version, last.Position, duplicate))];

    private void End(OpenAppend open, bool keep)
    {
        lock (_gate)
        {
            _open.Remove(open);
            if (keep)
            {
                Keep(open.Events);
            }
        }

        open.Ended.SetResult();
    }

    private sealed record OpenAppend(InMemoryEventStore Store, List<StoredEvent> Events) : IOpenAppend
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task CommitAsync() => Task.Run(() => Store.End(this, keep: true));

        public Task RollBackAsync() => Task.Run(() => Store.End(this, keep: false));
    }
}
