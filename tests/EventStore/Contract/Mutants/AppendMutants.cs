using System.Collections.Concurrent;
using CallCenter.EventStore.Contract;

namespace CallCenter.EventStore.Tests.Contract;

/// <summary>Appends at whatever version the stream is.</summary>
internal sealed class ForgetsExpectedVersion : Mutant
{
    public override Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId) =>
        Sound.AppendAsync(appends is [{ } append] ? [append with { Expected = ExpectedVersion.Any }] : appends, metadata, commandId);
}

/// <summary>Compares the version, and appends a moment later: when another has compared it too.</summary>
internal sealed class ComparesTooEarly : Mutant
{
    private readonly TaskCompletionSource _two = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _compared;

    public override async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId)
    {
        if (appends is not [{ } append] || append.Expected != ExpectedVersion.NoStream || (await FetchStreamAsync(append.StreamId, 0)).Count > 0)
        {
            return await Sound.AppendAsync(appends, metadata, commandId);
        }

        if (Interlocked.Increment(ref _compared) == 2)
        {
            _two.SetResult();
        }

        await _two.Task;
        return await Sound.AppendAsync([append with { Expected = ExpectedVersion.Any }], metadata, commandId);
    }
}

/// <summary>Stores the events of a repeat as new ones.</summary>
internal sealed class DoublesOnRepeat : Mutant
{
    private readonly ConcurrentDictionary<Guid, bool> _seen = [];

    public override Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId) =>
        Sound.AppendAsync([.. appends.Select(Renew)], metadata, commandId);

    private StreamAppend Renew(StreamAppend append) =>
        append.Events.Count > 0 && append.Events.All(data => !_seen.TryAdd(data.Id, value: true))
            ? append with { Expected = ExpectedVersion.Any, Events = [.. append.Events.Select(data => EventData.Of(data.Data))] }
            : append;
}

/// <summary>Takes any event with a known id for a repeat of it.</summary>
internal sealed class LooksAtIdsOnly : Mutant
{
    public override async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId)
    {
        try
        {
            return await Sound.AppendAsync(appends, metadata, commandId);
        }
        catch (EventIdConflictException)
        {
            return [.. appends.Select(append => new AppendResult(append.StreamId, 1, 1, Duplicate: true))];
        }
    }
}

/// <summary>Appends to several streams one after another.</summary>
internal sealed class AppendsStreamByStream : Mutant
{
    public override async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId)
    {
        if (appends.Count < 2 || commandId is not null)
        {
            return await Sound.AppendAsync(appends, metadata, commandId);
        }

        var results = new List<AppendResult>();
        foreach (var append in appends)
        {
            results.Add((await Sound.AppendAsync([append], metadata, commandId: null))[0]);
        }

        return results;
    }
}

/// <summary>Forgets who and why.</summary>
internal sealed class LosesMetadata : Mutant
{
    public override Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId) =>
        Sound.AppendAsync(appends, EventMetadata.None, commandId);
}

/// <summary>Puts the streams of an append into the log from the last to the first.</summary>
internal sealed class AppendsInReverse : Mutant
{
    public override async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId) =>
        [.. (await Sound.AppendAsync([.. appends.Reverse()], metadata, commandId)).Reverse()];
}

/// <summary>Acknowledges every tenth append without storing it.</summary>
internal sealed class LosesAppends : Mutant
{
    private int _appends;

    public override async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId) =>
        Interlocked.Increment(ref _appends) % 10 == 0
            ? [.. appends.Select(append => new AppendResult(append.StreamId, 1, 1, Duplicate: false))]
            : await Sound.AppendAsync(appends, metadata, commandId);
}
