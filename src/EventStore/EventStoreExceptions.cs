namespace CallCenter.EventStore;

/// <summary>What the store refuses or cannot answer.</summary>
public abstract class EventStoreException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The stream was not at the version that the writer expected. Nothing was written, no position was drawn.</summary>
public sealed class WrongExpectedVersionException(Guid streamId, ExpectedVersion expected, long actual)
    : EventStoreException($"Stream {streamId} is at version {actual}, but the append expected {expected}.")
{
    /// <summary>The stream.</summary>
    public Guid StreamId { get; } = streamId;

    /// <summary>What the writer expected.</summary>
    public ExpectedVersion Expected { get; } = expected;

    /// <summary>The version found; 0 when there is no such stream.</summary>
    public long Actual { get; } = actual;
}

/// <summary>The stream is archived and takes no more events.</summary>
public sealed class StreamArchivedException(Guid streamId) : EventStoreException($"Stream {streamId} is archived.")
{
    /// <summary>The stream.</summary>
    public Guid StreamId { get; } = streamId;
}

/// <summary>There is no such stream.</summary>
public sealed class StreamNotFoundException(Guid streamId) : EventStoreException($"There is no stream {streamId}.")
{
    /// <summary>The stream.</summary>
    public Guid StreamId { get; } = streamId;
}

/// <summary>Some event ids of an append are stored already, but not all of them, or with other contents or in another stream.</summary>
public sealed class EventIdConflictException(Guid eventId, string message) : EventStoreException(message)
{
    /// <summary>One event whose id is taken.</summary>
    public Guid EventId { get; } = eventId;
}

/// <summary>One event is larger than <see cref="AppendLimits.EventBytes"/>.</summary>
public sealed class EventTooLargeException(Guid eventId, string type, int bytes)
    : EventStoreException($"Event {eventId} ({type}) has {bytes:N0} bytes of JSON; the limit is {AppendLimits.EventBytes:N0}.")
{
    /// <summary>The event.</summary>
    public Guid EventId { get; } = eventId;
}

/// <summary>One append carries more than <see cref="AppendLimits.Events"/> or <see cref="AppendLimits.AppendBytes"/>.</summary>
public sealed class AppendTooLargeException : EventStoreException
{
    /// <summary>More events than <see cref="AppendLimits.Events"/>.</summary>
    public AppendTooLargeException(int events)
        : base($"An append of {events:N0} events at once; the limit is {AppendLimits.Events:N0}. Use the bulk append for imports.")
    {
    }

    /// <summary>More bytes of JSON than <see cref="AppendLimits.AppendBytes"/>.</summary>
    public AppendTooLargeException(int events, int bytes)
        : base($"An append of {events:N0} events with {bytes:N0} bytes of JSON; the limit is {AppendLimits.AppendBytes:N0} bytes. Use the bulk append for imports.")
    {
    }
}

/// <summary>PostgreSQL cannot keep these contents, for instance a NUL character inside a text.</summary>
public sealed class EventNotStorableException(IReadOnlyCollection<Guid> streamIds, Exception innerException)
    : EventStoreException($"An event for stream {string.Join(", ", streamIds)} cannot be stored: {innerException.Message}", innerException);

/// <summary>An event's type is not registered with <see cref="EventTypes"/>.</summary>
public sealed class UnknownEventTypeException : EventStoreException
{
    internal UnknownEventTypeException(Type type)
        : base($"Event type {type.FullName} is not registered, so it cannot be appended or asked for.")
    {
    }

    internal UnknownEventTypeException(StoredEvent stored)
        : base($"Event type '{stored.Type}' at position {stored.Position} (stream {stored.StreamId}, version {stored.Version}) is not registered, so it cannot be read.")
    {
    }
}

/// <summary>The stored JSON of an event does not fit its registered type, or its upcaster failed.</summary>
public sealed class UnreadableEventException : EventStoreException
{
    internal UnreadableEventException(StoredEvent stored, Exception innerException)
        : base(
            $"Event '{stored.Type}' at position {stored.Position} (stream {stored.StreamId}, version {stored.Version}) cannot be read: {innerException.Message}",
            innerException)
    {
    }
}

/// <summary>The database could not be reached in time, and nothing was written.</summary>
public sealed class EventStoreUnavailableException(TimeSpan waited, Exception innerException)
    : EventStoreException($"The event store's database could not be reached for {waited.TotalSeconds:0} s: {innerException.Message}", innerException);

/// <summary>The connection was lost around a commit, and the database did not come back in time to tell its outcome. Repeating the append with the same event ids is harmless.</summary>
public sealed class AppendOutcomeUnknownException(TimeSpan waited, Exception innerException)
    : EventStoreException($"The connection was lost during an append and its outcome could not be learnt for {waited.TotalSeconds:0} s: {innerException.Message}", innerException);

/// <summary>The database was upgraded by a newer version of this program, which this one must not write beside.</summary>
public sealed class NewerSchemaException(int applied, int known)
    : EventStoreException($"The database's schema is at migration {applied}, and this program knows no further than {known}: start the newer version, or use another database.");

/// <summary>The database was made with the other choice of <see cref="EventStoreOptions.ArchivePartitions"/>, which holds for its life.</summary>
public sealed class ArchivePartitionsException(bool partitioned)
    : EventStoreException(
        $"The database keeps archived streams {(partitioned ? "in partitions of their own" : "in the same tables as all others")}, and is to be opened so: the choice is made when it is created.");
