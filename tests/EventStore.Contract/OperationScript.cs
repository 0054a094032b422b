namespace CallCenter.EventStore.Contract;

/// <summary>What a random operation does.</summary>
public enum OperationKind
{
    Append,
    AppendToTwo,
    Command,
    RepeatAppend,
    RepeatCommand,
    ReuseEventId,
    Archive,
    Bulk,
    Fetch,
    Read,
}

/// <summary>A random operation.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Stream">The place of the stream that it is about.</param>
/// <param name="Number">Decides all else: the expectation, how many events, which append to repeat, where to read.</param>
public sealed record Operation(OperationKind Kind, int Stream, int Number);

/// <summary>Makes calls of operations, with ids made once, so that each call can be put to several stores.</summary>
internal sealed class OperationScript(Guid[] streams)
{
    private readonly List<(IReadOnlyList<StreamAppend> Appends, Guid? CommandId)> _earlier = [];
    private int _amount;

    public Guid[] Streams { get; } = streams;

    /// <summary>The next call; what it expects of streams is meant for the state that <paramref name="model"/> is in.</summary>
    public async Task<Call> NextAsync(Operation operation, IStoreUnderTest model)
    {
        var (kind, place, number) = operation;
        var (stream, other) = (Streams[place], Streams[(place + 1 + number % (Streams.Length - 1)) % Streams.Length]);
        switch (kind)
        {
            case OperationKind.Append:
                return Append([New(stream, await ExpectedAsync(stream))], commandId: null);
            case OperationKind.AppendToTwo:
                return Append([New(stream, await ExpectedAsync(stream)), New(other, ExpectedVersion.Any)], commandId: null);
            case OperationKind.Command:
                return Append([New(stream, ExpectedVersion.Any), New(other, await ExpectedAsync(other))], Guid.NewGuid());
            case OperationKind.RepeatAppend when Earlier(number) is { } earlier:
                return Append(earlier.Appends, commandId: null);
            case OperationKind.RepeatCommand when Earlier(number) is { CommandId: { } commandId }:
                return Append([New(stream, ExpectedVersion.Any)], commandId);
            case OperationKind.ReuseEventId when Earlier(number) is { } earlier:
                return Append([New(stream, ExpectedVersion.Any) with { Events = [EventData.Of(Next()), earlier.Appends[0].Events[0] with { Data = Next() }] }], commandId: null);
            case OperationKind.Archive:
                return new Call([], async (store, _) =>
                {
                    await store.ArchiveStreamAsync(stream);
                    return "archived";
                });
            case OperationKind.Bulk:
                return Bulk([New(stream, ExpectedVersion.NoStream), New(Guid.NewGuid(), ExpectedVersion.NoStream), New(other, ExpectedVersion.NoStream)]);
            case OperationKind.Read:
                return new Call([], (store, start) => ReadAsync(store, start, number));
            default:
                return new Call([], async (store, _) => string.Join(' ', (await store.FetchStreamAsync(stream, number % 5)).Select(stored => stored.Id)));
        }

        async Task<ExpectedVersion> ExpectedAsync(Guid of) => (number % 6) switch
        {
            0 => ExpectedVersion.Any,
            1 => ExpectedVersion.NoStream,
            2 => ExpectedVersion.StreamExists,
            3 => ExpectedVersion.Exact((await model.FetchStreamAsync(of, 0)).Count + 1),
            _ => ExpectedVersion.Exact((await model.FetchStreamAsync(of, 0)).Count),
        };

        StreamAppend New(Guid to, ExpectedVersion expected) => new(to, $"type_{number % 3}", expected, [.. Enumerable.Range(0, 1 + number % 3).Select(_ => EventData.Of(Next()))]);
    }

    private object Next() => ++_amount % 3 == 0 ? new Noted($"note {_amount}") : new Counted(_amount);

    private (IReadOnlyList<StreamAppend> Appends, Guid? CommandId)? Earlier(int number) => _earlier.Count == 0 ? null : _earlier[number % _earlier.Count];

    private Call Append(IReadOnlyList<StreamAppend> appends, Guid? commandId)
    {
        _earlier.Add((appends, commandId));
        return new Call(appends, async (store, _) =>
        {
            var results = await store.AppendAsync(appends, new EventMetadata("random", null, "ada"), commandId);
            return await ToldAsync(store, results) + (commandId is { } id ? $"; found {await ToldAsync(store, (await store.FindCommandAsync(id)) ?? [])}" : "");
        });
    }

    private static Call Bulk(IReadOnlyList<StreamAppend> appends) => new(appends, async (store, _) =>
    {
        var result = await store.BulkAppendAsync(appends, EventMetadata.None);
        return $"{result.Streams} streams, {result.Events} events, there: {string.Join(' ', result.Existing)}";
    });

    // A result's position must be that of the event with its version.
    private static async Task<string> ToldAsync(IStoreUnderTest store, IReadOnlyList<AppendResult> results)
    {
        var told = new List<string>();
        foreach (var result in results)
        {
            var last = (await store.FetchStreamAsync(result.StreamId, result.Version - 1)).FirstOrDefault();
            told.Add($"{result.StreamId} at {result.Version}, {(last?.Position == result.LastPosition ? last.Id : "another position")}{(result.Duplicate ? ", duplicate" : "")}");
        }

        return string.Join("; ", told);
    }

    private static async Task<string> ReadAsync(IStoreUnderTest store, long start, int number)
    {
        var types = (number % 4) switch
        {
            0 => ContractEvents.Types.NamesOf([typeof(Counted)]),
            1 => ContractEvents.Types.NamesOf([typeof(Noted)]),
            _ => null,
        };
        var log = await store.ReadToEndAsync(start);
        var after = log.Count == 0 ? start : log[number % log.Count].Position;
        var page = await store.ReadAllAsync(after, 1 + number % 5, types);
        var rest = await store.ReadToEndAsync(page.NextAfter, types: types);
        return $"{string.Join(' ', page.Events.Select(stored => stored.Id))} | {string.Join(' ', rest.Select(stored => stored.Id))}";
    }

    /// <summary>A call that can be put to any store.</summary>
    /// <param name="Appends">What it would append; empty for what appends nothing.</param>
    /// <param name="RunAsync">Gives the answer in words; its second argument is where the log begins for this run.</param>
    internal sealed record Call(IReadOnlyList<StreamAppend> Appends, Func<IStoreUnderTest, long, Task<string>> RunAsync);
}
