using System.Collections.Concurrent;
using CallCenter.EventStore.Contract;

namespace CallCenter.EventStore.Tests.Contract;

/// <summary>Leaves archived streams out of the log.</summary>
internal sealed class HidesArchivedEvents : Mutant
{
    private readonly HashSet<Guid> _archived = [];

    public override async Task ArchiveStreamAsync(Guid streamId)
    {
        await Sound.ArchiveStreamAsync(streamId);
        _archived.Add(streamId);
    }

    public override async Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types)
    {
        var page = await Sound.ReadAllAsync(after, limit, types);
        return page with { Events = [.. page.Events.Where(stored => !_archived.Contains(stored.StreamId))] };
    }
}

/// <summary>Leaves out the third event of the log.</summary>
internal sealed class SkipsAnEvent : Mutant
{
    public override async Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types)
    {
        var page = await Sound.ReadAllAsync(after, limit, types);
        return page with { Events = [.. page.Events.Where(stored => stored.Position != 3)] };
    }
}

/// <summary>Reads all types, whichever are asked for.</summary>
internal sealed class IgnoresTypes : Mutant
{
    public override Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types) => Sound.ReadAllAsync(after, limit, types: null);
}

/// <summary>Keeps what an append wrote that was rolled back.</summary>
internal sealed class KeepsRolledBackAppends : Mutant
{
    public override async Task<IOpenAppend> BeginAppendAsync(IReadOnlyList<StreamAppend> appends) => new Kept(await Sound.BeginAppendAsync(appends));

    private sealed record Kept(IOpenAppend Append) : IOpenAppend
    {
        public Task CommitAsync() => Append.CommitAsync();

        public Task RollBackAsync() => Append.CommitAsync();
    }
}

/// <summary>Numbers a stream's events from 0 when they are read.</summary>
internal sealed class CountsFromZero : Mutant
{
    public override async Task<IReadOnlyList<StoredEvent>> FetchStreamAsync(Guid streamId, long afterVersion) =>
    [
        .. (await Sound.FetchStreamAsync(streamId, afterVersion)).Select(e => new StoredEvent(e.Id, e.Position, e.StreamId, e.StreamType, e.Version - 1, e.Type, e.Data, e.RecordedAt, e.Metadata)),
    ];
}

/// <summary>Gives a stream from its beginning, whatever is asked for.</summary>
internal sealed class FetchesFromTheStart : Mutant
{
    public override Task<IReadOnlyList<StoredEvent>> FetchStreamAsync(Guid streamId, long afterVersion) => Sound.FetchStreamAsync(streamId, 0);
}

/// <summary>Reads past an append that is still open, and never comes back to it.</summary>
internal sealed class SkipsOpenAppends : Mutant
{
    private readonly HashSet<Guid> _passed = [];

    public override async Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types)
    {
        var page = await Sound.ReadAllAsync(after, limit, types);
        return page with { Events = [.. page.Events.Where(stored => !_passed.Contains(stored.Id))] };
    }

    public override Task<IOpenAppend> BeginAppendAsync(IReadOnlyList<StreamAppend> appends)
    {
        _passed.UnionWith(appends.SelectMany(append => append.Events).Select(data => data.Id));
        return Task.FromResult<IOpenAppend>(new Passed(Sound, appends));
    }

    private sealed record Passed(InMemoryEventStore Store, IReadOnlyList<StreamAppend> Appends) : IOpenAppend
    {
        public Task CommitAsync() => Store.AppendAsync(Appends, EventMetadata.None, commandId: null);

        public Task RollBackAsync() => Task.CompletedTask;
    }
}

/// <summary>Gives a stream the type that was last told.</summary>
internal sealed class RetypesStreams : Mutant
{
    private readonly ConcurrentDictionary<Guid, string> _types = [];

    public override Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId)
    {
        foreach (var append in appends)
        {
            _types[append.StreamId] = append.StreamType;
        }

        return Sound.AppendAsync(appends, metadata, commandId);
    }

    public override async Task<IReadOnlyList<StoredEvent>> FetchStreamAsync(Guid streamId, long afterVersion) =>
        [.. (await Sound.FetchStreamAsync(streamId, afterVersion)).Select(e => new StoredEvent(e.Id, e.Position, e.StreamId, _types[streamId], e.Version, e.Type, e.Data, e.RecordedAt, e.Metadata))];
}

/// <summary>Keeps its mark one behind the last event.</summary>
internal sealed class LagsBehind : Mutant
{
    public override async Task<long> HighWaterMarkAsync() => Math.Max(0, await Sound.HighWaterMarkAsync() - 1);
}
