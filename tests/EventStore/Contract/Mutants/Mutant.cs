using CallCenter.EventStore.Contract;

namespace CallCenter.EventStore.Tests.Contract;

/// <summary>The in-memory store, to be spoilt in one way: each member passes on what a mutant does not override.</summary>
public abstract class Mutant : IStoreUnderTest
{
    /// <summary>The store that keeps the contract.</summary>
    protected InMemoryEventStore Sound { get; } = new();

    public virtual Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId) => Sound.AppendAsync(appends, metadata, commandId);

    public virtual Task<IReadOnlyList<AppendResult>?> FindCommandAsync(Guid commandId) => Sound.FindCommandAsync(commandId);

    public virtual Task<BulkAppendResult> BulkAppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata) => Sound.BulkAppendAsync(appends, metadata);

    public virtual Task ArchiveStreamAsync(Guid streamId) => Sound.ArchiveStreamAsync(streamId);

    public virtual Task<IReadOnlyList<StoredEvent>> FetchStreamAsync(Guid streamId, long afterVersion) => Sound.FetchStreamAsync(streamId, afterVersion);

    public virtual Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types) => Sound.ReadAllAsync(after, limit, types);

    public virtual Task<long> HighWaterMarkAsync() => Sound.HighWaterMarkAsync();

    public virtual Task<IOpenAppend> BeginAppendAsync(IReadOnlyList<StreamAppend> appends) => Sound.BeginAppendAsync(appends);

    public ValueTask DisposeAsync() => Sound.DisposeAsync();
}
