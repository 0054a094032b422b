using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Finds events by filter, in either direction: by the map as far as it reaches, and beyond its end one by one.</summary>
internal sealed class TrailSearch(NpgsqlDataSource dataSource)
{
    // Blocks looked into at once: few, where each has many of the events; more and more, where each has few or none.
    private const int FirstBlocks = 8;
    private const int MostBlocks = 512;

    /// <summary>The positions that match above one and below another, at most <paramref name="limit"/>, from the lowest up, or from the highest down.</summary>
    public async Task<List<long>> FindAsync(TrailFilter filter, long above, long below, bool down, int limit, CancellationToken ct)
    {
        if (filter.StreamId is not null || filter == new TrailFilter())
        {
            return await ReadAsync(Direct(filter, above, below, down, limit), ct);
        }

        var end = await TrailMap.EndAsync(dataSource, ct);
        var found = new List<long>();
        if (down)
        {
            found.AddRange(await ReadAsync(Direct(filter, Math.Max(above, end), below, down, limit), ct));
        }

        await ByMapAsync(filter, above, Math.Min(below, end + 1), down, limit, found, ct);
        if (!down && found.Count < limit)
        {
            found.AddRange(await ReadAsync(Direct(filter, Math.Max(above, end), below, down, limit - found.Count), ct));
        }

        return found;
    }

    /// <summary>How many match.</summary>
    public async Task<long> CountAsync(TrailFilter filter, CancellationToken ct)
    {
        if (filter.StreamId is not null)
        {
            return await CountAsync(filter, Seal.BeforeAll, ct);
        }

        var end = await TrailMap.EndAsync(dataSource, ct);
        var blocks = TrailConditions.OfBlocks(filter);
        if (filter == new TrailFilter())
        {
            await using var sum = blocks.Command(dataSource, "select coalesce(sum(events), 0)::bigint from callcenter.trail_map");
            return (long)(await sum.ExecuteScalarAsync(ct))! + await CountAsync(filter, end, ct);
        }

        await using var candidates = blocks.Command(dataSource, $"select m.block from callcenter.trail_map m where {blocks.Sql}");
        var within = TrailConditions.OfEvents(filter);
        await using var command = within.Command(dataSource, $"select count(*) from {EventsOfBlocks(within, await candidates.ColumnAsync<long>(ct), Seal.BeforeAll, long.MaxValue)} found");
        return (long)(await command.ExecuteScalarAsync(ct))! + await CountAsync(filter, end, ct);
    }

    /// <summary>Blocks that may have such events, in their order.</summary>
    internal static (string Sql, TrailConditions Parameters) Blocks(TrailFilter filter, long first, long last, bool down, int limit)
    {
        var conditions = TrailConditions.OfBlocks(filter);
        conditions.And(first, "m.block >= {0}");
        conditions.And(last, "m.block <= {0}");
        return ($"select m.block from callcenter.trail_map m where {conditions.Sql} order by m.block {Order(down)} limit {conditions.Parameter(limit)}", conditions);
    }

    /// <summary>The matching events of blocks.</summary>
    internal static (string Sql, TrailConditions Parameters) Within(TrailFilter filter, IReadOnlyList<long> blocks, long above, long below, bool down, int limit)
    {
        var conditions = TrailConditions.OfEvents(filter);
        return ($"select found.seq_id from {EventsOfBlocks(conditions, blocks, above, below)} found order by found.seq_id {Order(down)} limit {conditions.Parameter(limit)}", conditions);
    }

    /// <summary>The matching events between two positions.</summary>
    internal static (string Sql, TrailConditions Parameters) Direct(TrailFilter filter, long above, long below, bool down, int limit)
    {
        var conditions = TrailConditions.OfEvents(filter);
        conditions.And(above, "e.seq_id > {0}");
        conditions.And(below, "e.seq_id < {0}");

        // One stream's events by their own index: in the log's order they are anywhere.
        var order = filter.StreamId is null ? "e.seq_id" : "e.seq_id + 0";
        return (
            $"select e.seq_id from public.mt_events e join public.mt_streams s on s.id = e.stream_id where {conditions.Sql} order by {order} {Order(down)} limit {conditions.Parameter(limit)}",
            conditions);
    }

    // Block by block, whatever the planner thinks of a walk through the whole log until enough is found: it knows nothing of where what is rare lies.
    private static string EventsOfBlocks(TrailConditions conditions, IReadOnlyList<long> blocks, long above, long below)
    {
        conditions.And(above, "e.seq_id > {0}");
        conditions.And(below, "e.seq_id < {0}");
        return $"""
            (select one.seq_id from unnest({conditions.Parameter(blocks.ToArray())}) b cross join lateral (
                select e.seq_id from public.mt_events e join public.mt_streams s on s.id = e.stream_id
                where e.seq_id > b * {TrailMap.BlockSize} and e.seq_id <= (b + 1) * {TrailMap.BlockSize} and {conditions.Sql} offset 0) one)
            """;
    }

    private static string Order(bool down) => down ? "desc" : "asc";

    private async Task ByMapAsync(TrailFilter filter, long above, long below, bool down, int limit, List<long> found, CancellationToken ct)
    {
        var (first, last) = (Math.Max(above, 0) / TrailMap.BlockSize, (Math.Max(below, 1) - 1) / TrailMap.BlockSize);
        for (var atOnce = FirstBlocks; found.Count < limit; atOnce = Math.Min(atOnce * 2, MostBlocks))
        {
            var blocks = await ReadAsync(Blocks(filter, first, last, down, atOnce), ct);
            if (blocks.Count == 0)
            {
                return;
            }

            found.AddRange(await ReadAsync(Within(filter, blocks, above, below, down, limit - found.Count), ct));
            (first, last) = down ? (first, blocks[^1] - 1) : (blocks[^1] + 1, last);
        }
    }

    private async Task<long> CountAsync(TrailFilter filter, long above, CancellationToken ct)
    {
        var conditions = TrailConditions.OfEvents(filter);
        conditions.And(above, "e.seq_id > {0}");
        await using var command = conditions.Command(dataSource, $"select count(*) from public.mt_events e join public.mt_streams s on s.id = e.stream_id where {conditions.Sql}");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<List<long>> ReadAsync((string Sql, TrailConditions Parameters) statement, CancellationToken ct)
    {
        await using var command = statement.Parameters.Command(dataSource, statement.Sql);
        return await command.ColumnAsync<long>(ct);
    }
}
