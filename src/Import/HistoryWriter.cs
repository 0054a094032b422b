using CallCenter.Domain.Calls;
using CallCenter.EventStore;

namespace CallCenter.Import;

/// <summary>
/// Appends histories as new streams. What is there already is left alone; what was there and was withdrawn comes again under the id of its next generation, whichever batch brings it.
/// </summary>
internal sealed class HistoryWriter
{
    private readonly PostgresEventStore _store;
    private readonly StreamOrigins _origins;
    private readonly EventMetadata _metadata;
    private readonly Cast _cast;
    private readonly List<History> _pending = [];
    private readonly Dictionary<Guid, Guid> _ofLaterGenerations = [];

    /// <param name="metadata">Its correlation tells the batch's streams from others.</param>
    public HistoryWriter(PostgresEventStore store, StreamOrigins origins, EventMetadata metadata, KnownNames known)
    {
        (_store, _origins, _metadata) = (store, origins, metadata);
        _cast = new Cast(known, key => HistoryId.Of(key) is var first ? _ofLaterGenerations.GetValueOrDefault(first, first) : default);
    }

    public int Pending => _pending.Count;

    public int Calls { get; private set; }

    public int Shifts { get; private set; }

    /// <summary>Calls that were there before.</summary>
    public int CallsThere { get; private set; }

    /// <summary>Those of them that another batch brought.</summary>
    public int CallsOfOthers { get; private set; }

    /// <summary>Calls and shifts that were there before and that this telling tells longer or shorter.</summary>
    public int ToldOtherwise { get; private set; }

    public long Events { get; private set; }

    public long LastPosition { get; private set; }

    /// <summary>Takes one more. Calls are appended before the shifts that name them, whose ids are known then.</summary>
    public async Task AddAsync(History history, CancellationToken cancellationToken)
    {
        if (_pending is [.., var last] && last.StreamType != history.StreamType)
        {
            await FlushAsync(cancellationToken);
        }

        _pending.Add(history);
    }

    /// <summary>Appends what is pending: durable when this returns.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<History> open = _pending.ToArray();
        _pending.Clear();
        for (var generation = 1; open.Count > 0; generation++)
        {
            open = await AppendAsync(open, generation, cancellationToken);
        }
    }

    /// <returns>Those whose stream of this generation was withdrawn.</returns>
    private async Task<IReadOnlyList<History>> AppendAsync(IReadOnlyList<History> histories, int generation, CancellationToken cancellationToken)
    {
        var byId = histories.ToDictionary(history => HistoryId.Of(history.Key, generation));
        var appends = byId.Select(pair => HistoryId.Append(pair.Key, pair.Value.StreamType, pair.Value.Tell(pair.Key, _cast))).ToList();

        // Queues and agents first: no reader meets a call that points to nothing.
        if (_cast.TakeMade() is { Count: > 0 } made)
        {
            Count(await _store.BulkAppendAsync(made, _metadata, cancellationToken));
        }

        var result = Count(await _store.BulkAppendAsync(appends, _metadata, cancellationToken));
        var there = result.Existing.ToHashSet();
        var written = byId.Where(pair => !there.Contains(pair.Key)).ToList();
        Calls += written.Count(pair => pair.Value.StreamType == Call.StreamType);
        Shifts += written.Count(pair => pair.Value.StreamType != Call.StreamType);
        var again = there.Count == 0 ? [] : await LookAsync(byId, appends.Where(append => there.Contains(append.StreamId)).ToDictionary(append => append.StreamId, append => append.Events.Count), cancellationToken);
        if (generation > 1)
        {
            foreach (var (id, history) in byId.Where(pair => !again.Contains(pair.Value)))
            {
                _ofLaterGenerations[HistoryId.Of(history.Key)] = id;
            }
        }

        return again;
    }

    private async Task<List<History>> LookAsync(Dictionary<Guid, History> byId, Dictionary<Guid, int> lengths, CancellationToken cancellationToken)
    {
        var again = new List<History>();
        foreach (var origin in await _origins.OfAsync(lengths.Keys, cancellationToken))
        {
            if (origin.IsArchived)
            {
                again.Add(byId[origin.StreamId]);
                continue;
            }

            ToldOtherwise += origin.Version == lengths[origin.StreamId] ? 0 : 1;
            if (origin.StreamType == Call.StreamType)
            {
                CallsThere++;
                CallsOfOthers += origin.CorrelationId == _metadata.CorrelationId ? 0 : 1;
            }
        }

        return again;
    }

    private BulkAppendResult Count(BulkAppendResult result)
    {
        Events += result.Events;
        LastPosition = Math.Max(LastPosition, result.LastPosition);
        return result;
    }
}
