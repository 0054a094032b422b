using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Which events of the trail. Everything that is set must hold.</summary>
/// <param name="From">Recorded at or after.</param>
/// <param name="To">Recorded before.</param>
public sealed record TrailFilter(
    Guid? StreamId = null, IReadOnlyList<string>? StreamTypes = null, IReadOnlyList<string>? Types = null,
    DateTimeOffset? From = null, DateTimeOffset? To = null, string? UserName = null, string? CorrelationId = null, string? CausationId = null);

/// <summary>Reads the whole log as auditors and time lines do: by filter, oldest first, or by many streams at once.</summary>
public sealed class EventTrail(NpgsqlDataSource dataSource, EventTypes types)
{
    private readonly EventReader _reader = new(dataSource, types);
    private readonly TrailSearch _search = new(dataSource);

    /// <summary>Events after a position, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<StoredEvent>> PageAsync(TrailFilter filter, long after, int limit, CancellationToken ct = default) =>
        await AtAsync(await _search.FindAsync(filter, after, long.MaxValue, down: false, limit, ct), ct);

    /// <summary>The last events before a position, at most <paramref name="limit"/>, the oldest first all the same.</summary>
    public async Task<IReadOnlyList<StoredEvent>> PageBeforeAsync(TrailFilter filter, long before, int limit, CancellationToken ct = default) =>
        await AtAsync(await _search.FindAsync(filter, 0, before, down: true, limit, ct), ct);

    /// <summary>The positions of events after one position and up to another, in order, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<long>> PositionsAsync(TrailFilter filter, long after, long upTo, int limit, CancellationToken ct = default) =>
        upTo == long.MinValue ? [] : await _search.FindAsync(filter, after, upTo + 1, down: false, limit, ct);

    /// <summary>How many there are; no more than an <see cref="int"/> tells.</summary>
    public async Task<int> CountAsync(TrailFilter filter, CancellationToken ct = default) => (int)Math.Min(await _search.CountAsync(filter, ct), int.MaxValue);

    /// <summary>All events of these streams, in order of stream and version, in one round trip.</summary>
    public Task<IReadOnlyList<StoredEvent>> StreamsAsync(IReadOnlyList<Guid> streamIds, CancellationToken ct = default) =>
        _reader.WhereAsync("e.stream_id = any ($1) order by e.stream_id, e.version", [streamIds.ToArray()], ct);

    /// <summary>When the newest event was recorded; null when there is none.</summary>
    public async Task<DateTimeOffset?> LastRecordedAtAsync(CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand("select timestamp from public.mt_events order by seq_id desc limit 1");
        return await command.ExecuteScalarAsync(ct) is DateTime at ? new DateTimeOffset(at) : null;
    }

    private Task<IReadOnlyList<StoredEvent>> AtAsync(List<long> positions, CancellationToken ct) =>
        _reader.WhereAsync("e.seq_id = any ($1) order by e.seq_id", [positions.ToArray()], ct);
}
