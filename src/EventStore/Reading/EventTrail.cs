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

    /// <summary>Events after a position, at most <paramref name="limit"/>.</summary>
    public Task<IReadOnlyList<StoredEvent>> PageAsync(TrailFilter filter, long after, int limit, CancellationToken ct = default)
    {
        var (conditions, values) = Conditions(filter);
        values.Add(after);
        values.Add(limit);
        return _reader.WhereAsync($"{conditions} and e.seq_id > ${values.Count - 1} order by e.seq_id limit ${values.Count}", values, ct);
    }

    /// <summary>The positions of events after one position and up to another, in order, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<long>> PositionsAsync(TrailFilter filter, long after, long upTo, int limit, CancellationToken ct = default)
    {
        var (conditions, values) = Conditions(filter);
        await using var command = dataSource.CreateCommand($"""
            select e.seq_id from public.mt_events e join public.mt_streams s on s.id = e.stream_id
            where {conditions} and e.seq_id > ${values.Count + 1} and e.seq_id <= ${values.Count + 2} order by e.seq_id limit ${values.Count + 3}
            """);
        command.Parameters.AddRange(values.Concat([after, upTo, limit]).Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return await command.ColumnAsync<long>(ct);
    }

    public async Task<int> CountAsync(TrailFilter filter, CancellationToken ct = default)
    {
        var (conditions, values) = Conditions(filter);
        await using var command = dataSource.CreateCommand($"select count(*)::int from public.mt_events e join public.mt_streams s on s.id = e.stream_id where {conditions}");
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>All events of these streams, in order of stream and version, in one round trip.</summary>
    public Task<IReadOnlyList<StoredEvent>> StreamsAsync(IReadOnlyList<Guid> streamIds, CancellationToken ct = default) =>
        _reader.WhereAsync("e.stream_id = any ($1) order by e.stream_id, e.version", [streamIds.ToArray()], ct);

    /// <summary>When the newest event was recorded; null when there is none.</summary>
    public async Task<DateTimeOffset?> LastRecordedAtAsync(CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand("select timestamp from public.mt_events order by seq_id desc limit 1");
        return await command.ExecuteScalarAsync(ct) is DateTime at ? new DateTimeOffset(at) : null;
    }

    private static (string Conditions, List<object> Values) Conditions(TrailFilter filter)
    {
        var (conditions, values) = (new List<string> { "true" }, new List<object>());
        And(filter.StreamId, "e.stream_id = {0}");
        And(filter.StreamTypes?.ToArray(), "s.type = any ({0})");
        And(filter.Types?.ToArray(), "e.type = any ({0})");
        And(filter.From?.UtcDateTime, "e.timestamp >= {0}");
        And(filter.To?.UtcDateTime, "e.timestamp < {0}");
        And(filter.UserName, "e.user_name = {0}");
        And(filter.CorrelationId, "e.correlation_id = {0}");
        And(filter.CausationId, "e.causation_id = {0}");
        return (string.Join(" and ", conditions), values);

        void And(object? value, string condition)
        {
            if (value is not null)
            {
                values.Add(value);
                conditions.Add(string.Format(condition, $"${values.Count}"));
            }
        }
    }
}
