using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Reads the log for projections, a page in one statement.</summary>
internal sealed class ProjectionFeed(NpgsqlDataSource dataSource, EventTypes types)
{
    private const string OfShardOnly = "e.seq_id > $1 and e.seq_id <= $2 and e.type = any ($3)";

    private const string Page = $"""
        select e.seq_id, e.id, e.stream_id, e.version, e.type, e.data, e.timestamp, {MetadataColumns.Names}
        from public.mt_events e where {OfShardOnly}
        """;

    // Left to itself the planner sometimes sorts the whole rest of the log for one page. In one round trip with the query, and for its transaction only.
    internal const string ByIndex =
        "select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)";

    /// <summary>Positions that one statement looks through at most, so that it is short also where hardly any event is the shard's.</summary>
    private const int MostPositions = 100_000;

    /// <summary>A page ends early when its contents reach so many bytes.</summary>
    private const int MostBytes = 32 * 1024 * 1024;

    private const int MostStreamTypes = 100_000;

    // A stream's type never changes, and to look each up once is cheaper than to join for every event.
    private readonly Dictionary<Guid, string> _streamTypes = [];
    private readonly Dictionary<string, string> _typeNames = new(StringComparer.Ordinal);

    /// <summary>The shard's next events. Not for concurrent use.</summary>
    /// <param name="shard">Whose.</param>
    /// <param name="after">Positions above this one.</param>
    /// <param name="upTo">Up to and with this one; nothing may appear below it any more.</param>
    /// <param name="limit">At most so many events.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<ProjectionPage> ReadAsync(ProjectionShard shard, long after, long upTo, int limit, CancellationToken ct)
    {
        if (shard.Projection is SqlProjection)
        {
            await using var connection = await dataSource.OpenConnectionAsync(ct);
            upTo = Math.Min(upTo, after + limit);
            return new ProjectionPage(after, upTo, [], IsEmpty: !await AnyAsync(connection, shard, after, upTo, ct));
        }

        return await ReadAsync(shard.TypeNames, shard.Filter, after, upTo, limit, ct);
    }

    /// <summary>The next events of some types. Not for concurrent use.</summary>
    /// <param name="typeNames">Registered names.</param>
    /// <param name="filter">A further condition on events e; empty for none.</param>
    /// <inheritdoc cref="ReadAsync(ProjectionShard, long, long, int, CancellationToken)"/>
    public async Task<ProjectionPage> ReadAsync(string[] typeNames, string filter, long after, long upTo, int limit, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        upTo = Math.Min(upTo, after + MostPositions);
        var page = OfTypes($"{Page}{filter} order by e.seq_id limit $4", typeNames, after, upTo);
        page.Parameters.Add(new NpgsqlParameter { Value = limit });
        var rows = await ReadRowsAsync(connection, page, limit, ct);
        await LookUpStreamTypesAsync(connection, rows.Events, ct);
        var events = rows.Events.ConvertAll(row => row.With(_streamTypes.GetValueOrDefault(row.StreamId, ""), types));
        return new ProjectionPage(after, rows.IsCut ? events[^1].Position : upTo, events, IsEmpty: events.Count == 0);
    }

    /// <summary>The last position up to <paramref name="upTo"/> that is the shard's; <paramref name="after"/> when there is none above it.</summary>
    public async Task<long> LastPositionAsync(ProjectionShard shard, long after, long upTo, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return (long)await ScalarAsync(
            connection, OfShard($"select coalesce(max(e.seq_id), $1) from public.mt_events e where {OfShardOnly}{shard.Filter}", shard, after, upTo), ct);
    }

    private static async Task<bool> AnyAsync(NpgsqlConnection connection, ProjectionShard shard, long after, long upTo, CancellationToken ct) =>
        (bool)await ScalarAsync(connection, OfShard($"select exists (select from public.mt_events e where {OfShardOnly}{shard.Filter})", shard, after, upTo), ct);

    private static NpgsqlBatchCommand OfShard(string sql, ProjectionShard shard, long after, long upTo) => OfTypes(sql, shard.TypeNames, after, upTo);

    private static NpgsqlBatchCommand OfTypes(string sql, string[] typeNames, long after, long upTo) =>
        new(sql) { Parameters = { new() { Value = after }, new() { Value = upTo }, new() { Value = typeNames } } };

    private static async Task<object> ScalarAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(ByIndex), command } };
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetValue(0);
    }

    private async Task<(List<Row> Events, bool IsCut)> ReadRowsAsync(NpgsqlConnection connection, NpgsqlBatchCommand page, int limit, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(ByIndex), page } };
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var rows = new List<Row>();
        var bytes = 0;
        while (await reader.ReadAsync(ct))
        {
            var json = reader.GetFieldValue<byte[]>(5);
            rows.Add(new Row(
                reader.GetInt64(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetInt64(3), Interned(reader.GetString(4)), json, reader.GetDateTime(6),
                MetadataColumns.Read(reader, 7)));
            bytes += json.Length;
            if (bytes > MostBytes)
            {
                return (rows, true);
            }
        }

        return (rows, rows.Count == limit);
    }

    private string Interned(string type)
    {
        if (!_typeNames.TryGetValue(type, out var known))
        {
            _typeNames.Add(type, known = type);
        }

        return known;
    }

    private async Task LookUpStreamTypesAsync(NpgsqlConnection connection, List<Row> rows, CancellationToken ct)
    {
        if (_streamTypes.Count > MostStreamTypes)
        {
            _streamTypes.Clear();
        }

        var unknown = rows.Select(row => row.StreamId).Where(id => !_streamTypes.ContainsKey(id)).Distinct().ToArray();
        if (unknown.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand("select id, type from public.mt_streams where id = any ($1)", connection) { Parameters = { new() { Value = unknown } } };
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            _streamTypes[reader.GetGuid(0)] = reader.IsDBNull(1) ? "" : Interned(reader.GetString(1));
        }
    }

    private readonly record struct Row(
        long Position, Guid Id, Guid StreamId, long Version, string Type, byte[] Json, DateTime RecordedAt, EventMetadata Metadata)
    {
        public StoredEvent With(string streamType, EventTypes types) =>
            new(Id, Position, StreamId, streamType, Version, Type, Json, new DateTimeOffset(RecordedAt), Metadata, types);
    }
}
