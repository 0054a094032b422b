using CallCenter.Projections.Calls;

using NodaTime;

using Npgsql;

namespace CallCenter.Projections.Kpi;

/// <summary>Computes KPI reports, exactly, from the visits, offers and calls (KPI.md).</summary>
public sealed partial class KpiQueries(NpgsqlDataSource source, CallQueries calls, TimeProvider clock)
{
    private const string Offered = "f.kind = 'visit' and f.outcome in ('Handled', 'Abandoned', 'Overflowed')";
    private const string Handled = "f.kind = 'visit' and f.outcome = 'Handled'";
    private const string Abandoned = "f.kind = 'visit' and f.outcome = 'Abandoned'";

    private const string Figures = $"""
        count(*) filter (where {Offered})::int,
        count(*) filter (where {Handled})::int,
        count(*) filter (where {Abandoned})::int,
        count(*) filter (where {Abandoned} and f.wait_ms <= f.short_ms)::int,
        count(*) filter (where f.kind = 'visit' and f.outcome = 'Overflowed')::int,
        count(*) filter (where f.kind = 'visit' and f.outcome = 'Unknown')::int,
        (avg(f.wait_ms) filter (where {Handled}) / 1000)::float8,
        (avg(f.wait_ms) filter (where {Abandoned}) / 1000)::float8,
        (max(f.wait_ms) filter (where {Offered}) / 1000.0)::float8,
        (avg(f.talk_ms) filter (where {Handled}) / 1000)::float8,
        (avg(f.hold_ms) filter (where {Handled}) / 1000)::float8,
        (avg(coalesce(f.wrap_up_ms, 0)) filter (where {Handled}) / 1000)::float8,
        (avg(f.talk_ms + f.hold_ms + coalesce(f.wrap_up_ms, 0)) filter (where {Handled}) / 1000)::float8,
        count(*) filter (where {Handled} and f.hold_ms > 0)::int,
        count(*) filter (where {Handled} and f.transferred)::int,
        count(*) filter (where f.kind = 'offer' and f.outcome in ('Refused', 'TimedOut', 'Unreachable'))::int,
        count(*) filter (where f.kind = 'ivr')::int,
        count(*) filter (where f.kind = 'ivr' and f.outcome = 'LeftInIvr')::int,
        count(*) filter (where f.kind = 'ivr' and f.outcome = 'SelfServed')::int,
        count(*) filter (where f.kind = 'visit' and f.outcome is null)::int
        """;

    /// <exception cref="BadKpiQueryException">The period is empty, the zone unknown or a dimension named twice.</exception>
    public async Task<KpiReport> ReportAsync(KpiQuery query, CancellationToken cancellationToken)
    {
        Check(query);
        var asOf = clock.GetUtcNow();
        var (totals, open) = await RowsAsync(query with { Dimensions = [] }, cancellationToken);
        var rows = query.Dimensions.Count == 0 ? [] : (await RowsAsync(query, cancellationToken)).Rows;
        return new KpiReport(totals[0], rows, asOf, query.Filter.To > asOf || open > 0);
    }

    /// <summary>Share of offered contacts that were handled within each threshold, for all rows of a query in one round trip. Rows without offered contacts are absent.</summary>
    public async Task<IReadOnlyDictionary<(KpiCell Cell, (int WithinSeconds, ShortAbandons Short) Threshold), double>> ServiceLevelsAsync(
        KpiQuery query, IReadOnlyCollection<(int WithinSeconds, ShortAbandons Short)> thresholds, CancellationToken cancellationToken)
    {
        const string Short = $"({Abandoned} and f.wait_ms <= f.short_ms)";
        var sql = new KpiSql(query);
        var asked = thresholds.Distinct().ToList();
        var unnest = $"{sql.Where.Parameter(asked.ConvertAll(t => t.WithinSeconds).ToArray())}, {sql.Where.Parameter(asked.ConvertAll(t => t.Short.ToString()).ToArray())}";
        var columns = string.Join(", ", sql.Dimensions.Append("level.seconds").Append("level.short"));
        var levels = new Dictionary<(KpiCell, (int, ShortAbandons)), double>();
        await using var command = sql.Where.Command(source, $"""
            select {columns}, count(*) filter (where ({Handled} and f.wait_ms <= level.seconds * 1000::bigint) or (level.short = 'CountAsMet' and {Short}))::float8
                / nullif(count(*) filter (where level.short <> 'Exclude' or {Short} is not true), 0)
            from {sql.Facts} cross join unnest({unnest}) as level(seconds, short){sql.Where.And(Offered)} group by {Ordinals(query.Dimensions.Count + 2)}
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var n = query.Dimensions.Count;
            if (reader.GetOrNull<double>(n + 2) is { } level)
            {
                levels.Add((ReadCell(query, reader), (reader.GetInt32(n), Enum.Parse<ShortAbandons>(reader.GetString(n + 1)))), level);
            }
        }

        return levels;
    }

    /// <summary>Nearest-rank quantiles of the wait of all offered contacts, in seconds, for all rows of a query in one round trip. Rows without offered contacts are absent.</summary>
    /// <param name="quantiles">Each 0..1.</param>
    public async Task<IReadOnlyDictionary<(KpiCell Cell, double P), double>> WaitPercentilesAsync(
        KpiQuery query, IReadOnlyCollection<double> quantiles, CancellationToken cancellationToken)
    {
        var sql = new KpiSql(query);
        var asked = quantiles.Distinct().ToArray();
        var ps = sql.Where.Parameter(asked);
        var n = query.Dimensions.Count;
        var columns = string.Concat(sql.Dimensions.Select(d => d + ", "));
        var percentiles = new Dictionary<(KpiCell, double), double>();
        await using var command = sql.Where.Command(source, $"""
            select {columns}percentile_disc({ps}::float8[]) within group (order by f.wait_ms)
            from {sql.Facts}{sql.Where.And(Offered)}{(n == 0 ? " having count(*) > 0" : $" group by {Ordinals(n)}")}
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var cell = ReadCell(query, reader);
            var waits = reader.GetFieldValue<long[]>(n);
            for (var i = 0; i < asked.Length; i++)
            {
                percentiles.Add((cell, asked[i]), waits[i] / 1000.0);
            }
        }

        return percentiles;
    }

    /// <summary>The contacts behind a row, newest first.</summary>
    /// <exception cref="BadCursorException"><paramref name="after"/> is no cursor of this list.</exception>
    public Task<Page<CallView>> ContactsAsync(KpiQuery query, KpiCell cell, int first, string? after, CancellationToken cancellationToken) =>
        calls.PageAsync(Contacts(query, cell), first, after, cancellationToken);

    public async Task<int> CountContactsAsync(KpiQuery query, KpiCell cell, CancellationToken cancellationToken)
    {
        var where = Contacts(query, cell);
        await using var command = where.Command(source, $"select count(*)::int from calls.calls c{where}");
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static Where Contacts(KpiQuery query, KpiCell cell)
    {
        var sql = new KpiSql(query).Of(cell);
        var behind = $"c.id in (select f.call_id from {sql.Facts}{sql.Where})";
        return sql.Where.Only(behind);
    }

    private async Task<(List<KpiRow> Rows, int Open)> RowsAsync(KpiQuery query, CancellationToken cancellationToken)
    {
        var (facts, figures) = KpiQuarters.Answer(query) ? (KpiFacts.Quarters, KpiQuarters.Figures) : (KpiFacts.Contacts, Figures);
        var (rows, open) = (new List<KpiRow>(), 0);
        await foreach (var (cell, r, n) in CellsAsync(query, new KpiSql(query, facts), figures, inOrder: true, cancellationToken))
        {
            rows.Add(new KpiRow(
                query, cell,
                Count(0), Count(1), Count(2), Count(3), Count(4), Count(5),
                r.GetOrNull<double>(n + 6), r.GetOrNull<double>(n + 7), r.GetOrNull<double>(n + 8),
                r.GetOrNull<double>(n + 9), r.GetOrNull<double>(n + 10), r.GetOrNull<double>(n + 11), r.GetOrNull<double>(n + 12),
                Count(13), Count(14), Count(15), Count(16), Count(17), Count(18)));
            open += Count(19);

            // A sum over nothing is null.
            int Count(int i) => r.GetOrNull<int>(n + i) ?? 0;
        }

        return (rows, open);
    }

    private static KpiCell ReadCell(KpiQuery query, NpgsqlDataReader reader)
    {
        var cell = new KpiCell();
        for (var i = 0; i < query.Dimensions.Count; i++)
        {
            cell = query.Dimensions[i] switch
            {
                KpiDimension.Interval => cell with { IntervalStart = reader.GetOrNull<DateTimeOffset>(i) },
                KpiDimension.HourOfDay => cell with { HourOfDay = reader.GetOrNull<int>(i) },
                KpiDimension.Weekday => cell with { Weekday = reader.GetOrNull<int>(i) },
                KpiDimension.Queue => cell with { QueueId = reader.GetOrNull<Guid>(i) },
                KpiDimension.Agent => cell with { AgentId = reader.GetOrNull<Guid>(i) },
                KpiDimension.Team => cell with { Team = reader.Get<string>(i) },
                KpiDimension.Topic => cell with { Topic = reader.Get<string>(i) },
                KpiDimension.Segment => cell with { Segment = reader.Get<string>(i) },
                _ => cell with { Channel = reader.Get<string>(i) },
            };
        }

        return cell;
    }

    private static string Ordinals(int count) => string.Join(", ", Enumerable.Range(1, count));

    private static void Check(KpiQuery query)
    {
        var filter = query.Filter;
        if (filter.From >= filter.To)
        {
            throw new BadKpiQueryException($"The period is empty: from {filter.From:O} is not before to {filter.To:O}.");
        }

        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(filter.TimeZone) is null)
        {
            throw new BadKpiQueryException($"\"{filter.TimeZone}\" is not an IANA time zone.");
        }

        if (filter.FirstContactDays is < 1 or > 365)
        {
            throw new BadKpiQueryException($"A first contact is followed up for 1 to 365 days, not {filter.FirstContactDays}.");
        }

        if (query.Dimensions.Distinct().Count() != query.Dimensions.Count)
        {
            throw new BadKpiQueryException("A dimension is named twice.");
        }
    }
}
