namespace CallCenter.EventStore;

/// <summary>An event to be appended.</summary>
/// <param name="Id">Made by the caller: appending the same id with the same contents again changes nothing.</param>
/// <param name="Data">An instance of a type registered with <see cref="EventTypes"/>.</param>
/// <param name="Metadata">Of this event; null takes that of the append.</param>
public sealed record EventData(Guid Id, object Data, EventMetadata? Metadata = null)
{
    /// <summary>An event with a new, time-ordered id (UUID version 7).</summary>
    public static EventData Of(object data) => new(Guid.CreateVersion7(), data);
}

/// <summary>Events for one stream.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="StreamType">What the stream is about, in snake_case, as Marten names an aggregate (<c>call</c>, <c>agent</c>); kept from the first append.</param>
/// <param name="Expected">The stream's version before this append.</param>
/// <param name="Events">At least one event, in order.</param>
public sealed record StreamAppend(Guid StreamId, string StreamType, ExpectedVersion Expected, IReadOnlyList<EventData> Events);

/// <summary>What an append came to.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="Version">The version of the last appended event.</param>
/// <param name="LastPosition">The global position of the last appended event.</param>
/// <param name="Duplicate">True when all events were found stored already, and nothing was written.</param>
public sealed record AppendResult(Guid StreamId, long Version, long LastPosition, bool Duplicate);

/// <summary>What a bulk append came to.</summary>
/// <param name="Streams">How many streams were written.</param>
/// <param name="Events">How many events were written.</param>
/// <param name="Existing">The streams that were there before and were left alone.</param>
/// <param name="LastPosition">The highest global position written; 0 when nothing was.</param>
public sealed record BulkAppendResult(int Streams, long Events, IReadOnlyList<Guid> Existing, long LastPosition);
