using System.Text;

namespace CallCenter.EventStore;

/// <summary>An event as it lies in the store.</summary>
/// <remarks>The contents are read from JSON on first use of <see cref="Data"/>, so an event that nobody looks into costs no parsing and may be of an unknown type.</remarks>
public sealed class StoredEvent
{
    private readonly EventTypes? _types;
    private byte[]? _json;
    private object? _data;

    /// <summary>An event with contents in hand, as a test of a projection makes it.</summary>
    public StoredEvent(
        Guid id, long position, Guid streamId, string streamType, long version, string type, object data, DateTimeOffset recordedAt, EventMetadata metadata)
        : this(id, position, streamId, streamType, version, type, recordedAt, metadata) => _data = data;

    internal StoredEvent(
        Guid id, long position, Guid streamId, string streamType, long version, string type, byte[] json, DateTimeOffset recordedAt, EventMetadata metadata, EventTypes types)
        : this(id, position, streamId, streamType, version, type, recordedAt, metadata)
    {
        _json = json;
        _types = types;
    }

    private StoredEvent(Guid id, long position, Guid streamId, string streamType, long version, string type, DateTimeOffset recordedAt, EventMetadata metadata)
    {
        Id = id;
        Position = position;
        StreamId = streamId;
        StreamType = streamType;
        Version = version;
        Type = type;
        RecordedAt = recordedAt;
        Metadata = metadata;
    }

    /// <summary>The id that its writer gave it.</summary>
    public Guid Id { get; }

    /// <summary>Its place in the global order (<c>mt_events.seq_id</c>), from 1; gaps are possible.</summary>
    public long Position { get; }

    /// <summary>The stream that it belongs to.</summary>
    public Guid StreamId { get; }

    /// <summary>The stream's type; empty for an untyped stream of another writer.</summary>
    public string StreamType { get; }

    /// <summary>Its place in its stream, from 1, without gaps.</summary>
    public long Version { get; }

    /// <summary>The registered name of its type (<c>call_queued</c>).</summary>
    public string Type { get; }

    /// <summary>When the store took it (<c>mt_events.timestamp</c>), UTC.</summary>
    public DateTimeOffset RecordedAt { get; }

    /// <summary>Who and why.</summary>
    public EventMetadata Metadata { get; }

    /// <summary>Its contents.</summary>
    /// <exception cref="UnknownEventTypeException">Nobody registered <see cref="Type"/>.</exception>
    /// <exception cref="UnreadableEventException">The stored JSON does not fit the registered type.</exception>
    public object Data => _data ??= _types!.Read(this, _json);

    /// <summary>Its contents as JSON text, for readers that only pass them on.</summary>
    public string Json => Encoding.UTF8.GetString(_json ??= EventJson.Write(_data!));
}

/// <summary>A piece of the global log.</summary>
/// <param name="Events">In the order of their positions; may be empty.</param>
/// <param name="NextAfter">Where to read on. Equal to the position asked for when there is nothing new; it may move over gaps and unasked-for types without an event.</param>
/// <param name="HighWaterMark">The safe mark that bounded this page.</param>
public sealed record EventPage(IReadOnlyList<StoredEvent> Events, long NextAfter, long HighWaterMark);
