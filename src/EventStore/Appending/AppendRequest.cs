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

        CommandId = commandId;
        Types = types;
        var streams = new List<RequestedStream>(appends.Count);
        var places = new Dictionary<Guid, int>(appends.Count);
        var streamOfAppend = new int[appends.Count];
        var events = new List<RequestedEvent>(count);
        for (var i = 0; i < appends.Count; i++)
        {
            var append = appends[i];
            if (!places.TryGetValue(append.StreamId, out var index))
            {
                places.Add(append.StreamId, index = streams.Count);
                streams.Add(new RequestedStream(append));
            }

            streamOfAppend[i] = index;
            foreach (var data in append.Events)
            {
                var serialized = SerializedEvent.From(data, types, texts);
                events.Add(new RequestedEvent(index, ++streams[index].Count, serialized, data.Metadata ?? metadata));
                Bytes += serialized.Json.Length;
            }
        }

        Streams = streams;
        StreamOfAppend = streamOfAppend;
        Events = events;
        if (Bytes > AppendLimits.AppendBytes)
        {
            throw new AppendTooLargeException(count, Bytes);
        }
    }

    /// <summary>The command that this append carries out.</summary>
    public Guid? CommandId { get; }

    /// <summary>Every stream once.</summary>
    public IReadOnlyList<RequestedStream> Streams { get; }

    /// <summary>The place of each append's stream among <see cref="Streams"/>.</summary>
    public IReadOnlyList<int> StreamOfAppend { get; }

    /// <summary>What the events are read by.</summary>
    public EventTypes Types { get; }

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
internal readonly record struct RequestedEvent(int Stream, int Offset, SerializedEvent Serialized, EventMetadata Metadata);
