namespace CallCenter.EventStore;

/// <summary>The states of one way of folding that were used last. What it gives is checked against the stream before it is believed.</summary>
internal sealed class StateCache<TState>(int capacity)
{
    // What has not been asked for while half the capacity was filled anew goes.
    private readonly Lock _gate = new();
    private Dictionary<Guid, Kept> _young = [];
    private Dictionary<Guid, Kept> _old = [];

    public Kept? Find(Guid streamId)
    {
        lock (_gate)
        {
            if (_young.TryGetValue(streamId, out var kept))
            {
                return kept;
            }

            if (_old.TryGetValue(streamId, out kept))
            {
                Put(streamId, kept);
            }

            return kept;
        }
    }

    public void Keep(Guid streamId, Kept kept)
    {
        lock (_gate)
        {
            Put(streamId, kept);
        }
    }

    private void Put(Guid streamId, Kept kept)
    {
        if (_young.Count >= (capacity + 1) / 2 && !_young.ContainsKey(streamId))
        {
            (_old, _young) = (_young, []);
        }

        _young[streamId] = kept;
    }

    /// <param name="LastEventId">Of the event of that version: the same stream with another history has another.</param>
    internal sealed record Kept(StateReader.Loaded<TState> Loaded, Guid LastEventId);
}
