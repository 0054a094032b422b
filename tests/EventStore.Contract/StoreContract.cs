namespace CallCenter.EventStore.Contract;

/// <summary>What all topics of the suite share: a store of their own for every test.</summary>
/// <param name="open">Makes an empty store.</param>
public abstract class StoreContract(Func<Task<IStoreUnderTest>> open) : IAsyncLifetime
{
    /// <summary>The store under test.</summary>
    protected IStoreUnderTest Store { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => Store = await open();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>An append of new events.</summary>
    protected static StreamAppend To(Guid stream, ExpectedVersion expected, params object[] events) =>
        new(stream, "call", expected, [.. events.Select(EventData.Of)]);

    /// <summary>An append of so many new events.</summary>
    protected static StreamAppend Many(Guid stream, ExpectedVersion expected, int count) =>
        To(stream, expected, [.. Enumerable.Range(1, count).Select(amount => (object)new Counted(amount))]);

    /// <summary>Appends new events to one stream.</summary>
    protected Task<AppendResult> AppendAsync(Guid stream, ExpectedVersion expected, params object[] events) => AppendAsync(To(stream, expected, events));

    /// <summary>Appends to one stream, without metadata.</summary>
    protected async Task<AppendResult> AppendAsync(StreamAppend append) => (await AppendAsync([append]))[0];

    /// <summary>Appends without metadata.</summary>
    protected Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, Guid? commandId = null) => Store.AppendAsync(appends, EventMetadata.None, commandId);

    /// <summary>A whole stream.</summary>
    protected Task<IReadOnlyList<StoredEvent>> FetchAsync(Guid stream) => Store.FetchStreamAsync(stream, afterVersion: 0);

    /// <summary>The log from a position to its present end.</summary>
    protected Task<List<StoredEvent>> ReadToEndAsync(long after = 0, int limit = 100, IReadOnlyList<string>? types = null) => Store.ReadToEndAsync(after, limit, types);
}

/// <summary>Reading a log whole.</summary>
public static class WholeLog
{
    /// <summary>Page after page, until one leads no further.</summary>
    public static async Task<List<StoredEvent>> ReadToEndAsync(this IStoreUnderTest store, long after = 0, int limit = 100, IReadOnlyList<string>? types = null)
    {
        var events = new List<StoredEvent>();
        while (true)
        {
            var page = await store.ReadAllAsync(after, limit, types);
            events.AddRange(page.Events);
            if (page.NextAfter == after)
            {
                return events;
            }

            after = page.NextAfter;
        }
    }
}
