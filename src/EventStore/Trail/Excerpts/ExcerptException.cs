namespace CallCenter.EventStore;

/// <summary>Where an excerpt does not hold.</summary>
internal sealed class ExcerptException(long line, long? position, string reason) : EventStoreException(reason)
{
    /// <summary>Of the file, from 1.</summary>
    public long Line { get; } = line;

    /// <summary>Of the event that it is about; null when it is about none.</summary>
    public long? Position { get; } = position;
}
