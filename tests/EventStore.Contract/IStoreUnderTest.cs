namespace CallCenter.EventStore.Contract;

/// <summary>An event store as the suite sees it: what a store must implement, or wrap, to be held to it. It begins empty and knows the types of <see cref="ContractEvents"/>.</summary>
/// <remarks>What each member promises is written at the same member of <see cref="PostgresEventStore"/>; the suite's tests say it in examples.</remarks>
public interface IStoreUnderTest : IAsyncDisposable
{
    /// <inheritdoc cref="PostgresEventStore.AppendAsync(IReadOnlyList{StreamAppend}, EventMetadata, Guid, CancellationToken)"/>
    Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId);

    /// <inheritdoc cref="PostgresEventStore.FindCommandAsync"/>
    Task<IReadOnlyList<AppendResult>?> FindCommandAsync(Guid commandId);

    /// <inheritdoc cref="PostgresEventStore.BulkAppendAsync"/>
    Task<BulkAppendResult> BulkAppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata);

    /// <inheritdoc cref="PostgresEventStore.ArchiveStreamAsync"/>
    Task ArchiveStreamAsync(Guid streamId);

    /// <inheritdoc cref="PostgresEventStore.FetchStreamAsync"/>
    Task<IReadOnlyList<StoredEvent>> FetchStreamAsync(Guid streamId, long afterVersion);

    /// <summary>The next events of the global log, up to the safe mark; null asks for all types.</summary>
    Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types);

    /// <inheritdoc cref="PostgresEventStore.HighWaterMarkAsync"/>
    Task<long> HighWaterMarkAsync();

    /// <summary>Begins an append that has drawn its positions and is neither committed nor rolled back, as that of a slow writer. Appends to its streams wait for its end.</summary>
    Task<IOpenAppend> BeginAppendAsync(IReadOnlyList<StreamAppend> appends);
}

/// <summary>An append between its beginning and its end.</summary>
public interface IOpenAppend
{
    /// <summary>Makes it visible, all at once.</summary>
    Task CommitAsync();

    /// <summary>Leaves nothing of it.</summary>
    Task RollBackAsync();
}
