namespace CallCenter.EventStore;

/// <summary>The append function's word on one request.</summary>
internal enum AppendStatus
{
    Written = 0,

    /// <summary>All its events are stored already.</summary>
    Duplicate = 1,
    WrongVersion = 2,
    Archived = 3,

    /// <summary>Some of its event ids are stored with something else.</summary>
    EventIdsTaken = 4,

    /// <summary>Its command was carried out before.</summary>
    CommandRepeated = 5,
}

/// <summary>What became of one request.</summary>
/// <param name="Status">In a word.</param>
/// <param name="Versions">Of each stream before the append; for a duplicate, after it.</param>
/// <param name="Ends">For a duplicate, the position of each stream's last event of it.</param>
/// <param name="Positions">Of each event, when written.</param>
/// <param name="FaultyStream">The stream that a wrong version or an archive is about.</param>
internal sealed record AppendOutcome(AppendStatus Status, long[] Versions, long[] Ends, long[] Positions, int FaultyStream)
{
    /// <summary>Nothing is left to be looked up.</summary>
    public bool IsFinal => Status is not (AppendStatus.EventIdsTaken or AppendStatus.CommandRepeated);

    /// <summary>Where each stream of <paramref name="request"/> ends now, for each append as it was asked for.</summary>
    /// <exception cref="WrongExpectedVersionException">That was the outcome.</exception>
    /// <exception cref="StreamArchivedException">That was the outcome.</exception>
    public IReadOnlyList<AppendResult> Results(AppendRequest request)
    {
        switch (Status)
        {
            case AppendStatus.Written:
                var ends = new long[request.Streams.Count];
                for (var i = 0; i < Positions.Length; i++)
                {
                    ends[request.Events[i].Stream] = Positions[i];
                }

                return Results(request, stream => Versions[stream] + request.Streams[stream].Count, stream => ends[stream]);
            case AppendStatus.Duplicate:
                return Results(request, stream => Versions[stream], stream => Ends[stream]);
            case AppendStatus.WrongVersion:
                var refused = request.Streams[FaultyStream].First;
                throw new WrongExpectedVersionException(refused.StreamId, refused.Expected, Versions[FaultyStream]);
            case AppendStatus.Archived:
                throw new StreamArchivedException(request.Streams[FaultyStream].First.StreamId);
            default:
                throw new InvalidOperationException($"{Status} must be looked up.");
        }
    }

    /// <summary>The events as they lie in the store now; none when nothing was written.</summary>
    public IEnumerable<StoredEvent> Written(AppendRequest request, DateTimeOffset recordedAt) =>
        request.Events.Zip(Positions, (@event, position) =>
        {
            var stream = request.Streams[@event.Stream].First;
            return new StoredEvent(
                @event.Serialized.Id, position, stream.StreamId, stream.StreamType, Versions[@event.Stream] + @event.Offset, @event.Serialized.Type, @event.Serialized.Json, recordedAt, @event.Metadata, request.Types);
        });

    private AppendResult[] Results(AppendRequest request, Func<int, long> version, Func<int, long> end)
    {
        var streams = request.Streams.Select((stream, i) => new AppendResult(stream.First.StreamId, version(i), end(i), Status == AppendStatus.Duplicate)).ToArray();
        return [.. request.StreamOfAppend.Select(stream => streams[stream])];
    }
}
