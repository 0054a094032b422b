using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A stream and what it began with.</summary>
/// <param name="CorrelationId">Of its first event.</param>
/// <param name="Position">Of its first event.</param>
/// <param name="Version">Of its last event.</param>
public sealed record StreamOrigin(Guid StreamId, string StreamType, string? CorrelationId, bool IsArchived, long Position, long Version);

/// <summary>Tells streams by what they began with. Marten's tables have no index by correlation, so this reads the log in its order.</summary>
public sealed class StreamOrigins(NpgsqlDataSource dataSource)
{
    private const string Columns = """
        select e.stream_id, s.type, e.correlation_id, coalesce(s.is_archived, false), e.seq_id, s.version
        from public.mt_events e join public.mt_streams s on s.id = e.stream_id where e.version = 1
        """;

    /// <summary>Those of these streams that are there, in no order.</summary>
    public Task<IReadOnlyList<StreamOrigin>> OfAsync(IReadOnlyCollection<Guid> streamIds, CancellationToken ct = default) =>
        ReadAsync($"{Columns} and e.stream_id = any ($1)", [streamIds.ToArray()], ct);

    /// <summary>Streams of certain types that began with an event of this correlation above a position, archived ones left out, in the order of their positions.</summary>
    /// <param name="limit">At most so many, from 1 up.</param>
    public Task<IReadOnlyList<StreamOrigin>> BegunByAsync(string correlationId, IReadOnlyList<string> streamTypes, long after, int limit, CancellationToken ct = default) => ReadAsync(
        $"{Columns} and e.correlation_id = $1 and s.type = any ($2) and e.seq_id > $3 and not coalesce(s.is_archived, false) order by e.seq_id limit $4",
        [correlationId, streamTypes.ToArray(), after, limit], ct);

    /// <summary>How many streams of each type began with an event of this correlation above a position.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(string correlationId, bool archived, long after, CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand("""
            select s.type, count(*)::int from public.mt_events e join public.mt_streams s on s.id = e.stream_id
            where e.version = 1 and e.correlation_id = $1 and coalesce(s.is_archived, false) = $2 and e.seq_id > $3 group by 1
            """);
        foreach (var value in new object[] { correlationId, archived, after })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            counts.Add(reader.GetString(0), reader.GetInt32(1));
        }

        return counts;
    }

    private async Task<IReadOnlyList<StreamOrigin>> ReadAsync(string sql, IEnumerable<object> values, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        var streams = new List<StreamOrigin>();
        while (await reader.ReadAsync(ct))
        {
            streams.Add(new StreamOrigin(
                reader.GetGuid(0), reader.IsDBNull(1) ? "" : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetBoolean(3), reader.GetInt64(4), reader.GetInt64(5)));
        }

        return streams;
    }
}
