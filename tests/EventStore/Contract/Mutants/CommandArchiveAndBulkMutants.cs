using System.Collections.Concurrent;
using CallCenter.EventStore.Contract;

namespace CallCenter.EventStore.Tests.Contract;

/// <summary>Carries a command out as often as it is sent.</summary>
internal sealed class ForgetsCommands : Mutant
{
    public override Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId) =>
        Sound.AppendAsync(appends, metadata, commandId: null);
}

/// <summary>Keeps a command as carried out though it was refused.</summary>
internal sealed class KeepsRefusedCommands : Mutant
{
    private readonly ConcurrentDictionary<Guid, bool> _seen = [];

    public override async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId) =>
        commandId is { } id && !_seen.TryAdd(id, value: true) && await FindCommandAsync(id) is null
            ? [.. appends.Select(append => new AppendResult(append.StreamId, 0, 0, Duplicate: true))]
            : await Sound.AppendAsync(appends, metadata, commandId);
}

/// <summary>Archives nothing.</summary>
internal sealed class ArchivesNothing : Mutant
{
    public override async Task ArchiveStreamAsync(Guid streamId) =>
        _ = (await FetchStreamAsync(streamId, 0)).Count > 0 ? true : throw new StreamNotFoundException(streamId);
}

/// <summary>Archives what is not there.</summary>
internal sealed class ArchivesAnything : Mutant
{
    public override async Task ArchiveStreamAsync(Guid streamId)
    {
        if ((await FetchStreamAsync(streamId, 0)).Count > 0)
        {
            await Sound.ArchiveStreamAsync(streamId);
        }
    }
}

/// <summary>Appends in bulk to streams that are there.</summary>
internal sealed class BulkAppendsToExisting : Mutant
{
    public override async Task<BulkAppendResult> BulkAppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata)
    {
        var result = await Sound.BulkAppendAsync(appends, metadata);
        foreach (var append in appends.Where(append => result.Existing.Contains(append.StreamId)))
        {
            await Sound.AppendAsync([append with { Expected = ExpectedVersion.Any, Events = [.. append.Events.Select(data => EventData.Of(data.Data))] }], metadata, commandId: null);
        }

        return result;
    }
}

/// <summary>Leaves the last stream of a bulk append out.</summary>
internal sealed class BulkLosesAStream : Mutant
{
    public override async Task<BulkAppendResult> BulkAppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata)
    {
        var result = await Sound.BulkAppendAsync(appends.Count > 1 ? [.. appends.SkipLast(1)] : appends, metadata);
        return result with { Streams = appends.Count - result.Existing.Count, Events = result.Events + appends[^1].Events.Count };
    }
}

/// <summary>Says yes to what must be refused, and stores nothing of it.</summary>
internal sealed class RefusesNothing : Mutant
{
    public override async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId)
    {
        try
        {
            return await Sound.AppendAsync(appends, metadata, commandId);
        }
        catch (Exception refusal) when (refusal is EventStoreException or ArgumentException)
        {
            return [.. appends.Select(append => new AppendResult(append.StreamId, append.Events.Count, 1, Duplicate: false))];
        }
    }

    public override async Task<BulkAppendResult> BulkAppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata)
    {
        try
        {
            return await Sound.BulkAppendAsync(appends, metadata);
        }
        catch (Exception refusal) when (refusal is EventStoreException or ArgumentException)
        {
            return new BulkAppendResult(appends.Count, appends.Count, [], 1);
        }
    }

    public override Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types) => Sound.ReadAllAsync(Math.Max(after, 0), Math.Max(limit, 1), types);
}
