namespace CallCenter.EventStore;

/// <summary>One append, checked and serialised once, however often it must be sent.</summary>
internal sealed class AppendRequest
{
    public AppendRequest(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId, EventTypes types, SealedTexts texts)
    {
        StreamAppendRules.Check(appends);
        if (commandId == Guid.Empty)
        {
            throw new ArgumentException("The command id is empty.", nameof(commandId));
        }

        var count = appends.Sum(append => append.Events.Count);
        if (count > AppendLimits.Events)
        {
            throw new AppendTooLargeException(count);
        }

        Appends = appends;
        CommandId = commandId;
        var streams = new List<RequestedStream>(appends.Count);
        var events = new List<RequestedEvent>(count);
        foreach (var append in appends)
        {
            var index = appends.Count == 1 ? -1 : streams.FindIndex(known => known.First.StreamId == append.StreamId);
            if (index < 0)
            {
                index = streams.Count;
                streams.Add(new RequestedStream(append));
            }

            foreach (var data in append.Events)
            {
                var serialized = SerializedEvent.From(data, types, texts);
                events.Add(new RequestedEvent(index, ++streams[index].Count, serialized, types, data.Metadata ?? metadata));
                Bytes += serialized.Json.Length;
            }
        }

        Streams = streams;
        Events = events;
        if (Bytes > AppendLimits.AppendBytes)
        {
            throw new AppendTooLargeException(count, Bytes);
        }
    }

    /// <summary>As they were asked for.</summary>
    public IReadOnlyList<StreamAppend> Appends { get; }

    /// <summary>The command that this append carries out.</summary>
    public Guid? CommandId { get; }

    /// <summary>Every stream once.</summary>
    public IReadOnlyList<RequestedStream> Streams { get; }

    /// <summary>In the order in which they happened.</summary>
    public IReadOnlyList<RequestedEvent> Events { get; }

    /// <summary>Of all events' JSON.</summary>
    public int Bytes { get; }
}

/// <summary>One stream with all its appends: what the first expects is compared, and the others go on from there.</summary>
internal sealed class RequestedStream(StreamAppend first)
{
    public StreamAppend First { get; } = first;

    /// <summary>Of the events for this stream.</summary>
    public int Count { get; set; }
}

/// <summary>An event of a request.</summary>
/// <param name="Stream">The place of its stream among the request's.</param>
/// <param name="Offset">Its place among the stream's new events, from 1.</param>
internal readonly record struct RequestedEvent(int Stream, int Offset, SerializedEvent Serialized, EventTypes Types, EventMetadata Metadata);
