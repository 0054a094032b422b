using Npgsql;

namespace CallCenter.EventStore;

/// <summary>What the log has in each block of positions: table <c>callcenter.trail_map</c>.</summary>
internal static class TrailMap
{
    /// <summary>Positions of a block: block b has those above b * 256 up to (b + 1) * 256.</summary>
    public const int BlockSize = 256;

    // Some 100 ms at a time.
    private const int BlocksAtOnce = 64;

    private const string Extend = """
        insert into callcenter.trail_map (block, events, recorded_from, recorded_to, types, stream_types, users, correlations, causations)
        select (e.seq_id - 1) / 256, count(*), min(e.timestamp), max(e.timestamp), array_agg(distinct e.type::text),
            coalesce(array_agg(distinct s.type::text) filter (where s.type is not null), '{}'),
            coalesce(array_agg(distinct e.user_name::text) filter (where e.user_name is not null), '{}'),
            coalesce(array_agg(distinct e.correlation_id::text) filter (where e.correlation_id is not null), '{}'),
            coalesce(array_agg(distinct e.causation_id::text) filter (where e.causation_id is not null), '{}')
        from public.mt_events e join public.mt_streams s on s.id = e.stream_id where e.seq_id > $1 and e.seq_id <= $2 group by 1
        on conflict do nothing
        """;

    /// <summary>Up to where events are found by the map.</summary>
    public static async Task<long> EndAsync(NpgsqlDataSource dataSource, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await EndAsync(connection, ct);
    }

    /// <summary>Takes up the blocks in which nothing can still appear.</summary>
    /// <param name="mark">The safe mark.</param>
    public static async Task ExtendAsync(NpgsqlConnection connection, long mark, CancellationToken ct)
    {
        var end = mark / BlockSize * BlockSize;
        for (var after = await EndAsync(connection, ct); await NextAsync(connection, after, ct) is { } next && next <= end;)
        {
            after = (next - 1) / BlockSize * BlockSize;
            var upTo = Math.Min(after + (BlocksAtOnce * BlockSize), end);
            await using var command = new NpgsqlCommand(Extend, connection) { Parameters = { new() { Value = after }, new() { Value = upTo } } };
            await command.ExecuteNonQueryAsync(ct);
            after = upTo;
        }
    }

    /// <summary>The first event's position above another, so that a gap is passed over however wide it is; null when there is none.</summary>
    private static async Task<long?> NextAsync(NpgsqlConnection connection, long after, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select min(seq_id) from public.mt_events where seq_id > $1", connection) { Parameters = { new() { Value = after } } };
        return await command.ExecuteScalarAsync(ct) as long?;
    }

    private static async Task<long> EndAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select coalesce((select max(block) + 1 from callcenter.trail_map), 0) * {BlockSize}", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
