namespace CallCenter.EventStore;

/// <summary>What every list of appends must fulfil before anything is sent.</summary>
internal static class StreamAppendRules
{
    public static void Check(IReadOnlyList<StreamAppend> appends)
    {
        if (appends.Count == 0)
        {
            throw new ArgumentException("No stream to append to.", nameof(appends));
        }

        var ends = new Dictionary<Guid, ExpectedVersion>(appends.Count);
        var events = new HashSet<Guid>();
        foreach (var append in appends)
        {
            if (append.StreamId == Guid.Empty)
            {
                throw new ArgumentException("A stream id is empty.", nameof(appends));
            }

            if (string.IsNullOrWhiteSpace(append.StreamType))
            {
                throw new ArgumentException($"Stream {append.StreamId} has no type.", nameof(appends));
            }

            if (append.Events.Count == 0)
            {
                throw new ArgumentException($"No events for stream {append.StreamId}.", nameof(appends));
            }

            if (ends.TryGetValue(append.StreamId, out var end) && (!end.IsExact || end != append.Expected))
            {
                throw new ArgumentException($"Stream {append.StreamId} is named twice, and the second append does not go on where the first ends ({end}) but expects {append.Expected}.", nameof(appends));
            }

            ends[append.StreamId] = append.Expected.After(append.Events.Count);

            foreach (var @event in append.Events)
            {
                if (@event.Id == Guid.Empty || !events.Add(@event.Id))
                {
                    throw new ArgumentException($"Event id {@event.Id} of stream {append.StreamId} is empty or used twice.", nameof(appends));
                }
            }
        }
    }
}
