namespace CallCenter.EventStore;

/// <summary>What is chosen when a database is created, and holds for its life.</summary>
public sealed record EventStoreOptions
{
    /// <summary>
    /// Archived streams and their events lie in partitions of their own (Marten's <c>UseArchivedStreamPartitioning</c>), so that what is read and written daily stays small
    /// beside hundreds of millions of archived events. An event id is then unique among live events, and among archived ones; the append still finds it in either.
    /// </summary>
    public bool ArchivePartitions { get; init; }
}
