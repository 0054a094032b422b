using CallCenter.Projections.Calls;

using NodaTime;

namespace CallCenter.Projections.Kpi;

/// <summary>Which reports can be made from the quarter hours that the calls' read model keeps, and how: those that no agent, topic or segment divides, over whole quarter hours.</summary>
internal static class KpiQuarters
{
    /// <summary>The columns of a row, as <see cref="KpiQueries"/> reads them from contacts.</summary>
    public const string Figures = """
        sum(f.handled + f.abandoned + f.overflowed)::int,
        sum(f.handled)::int,
        sum(f.abandoned)::int,
        sum(f.short)::int,
        sum(f.overflowed)::int,
        sum(f.unknown)::int,
        (sum(f.answer_ms) / nullif(sum(f.answered), 0) / 1000)::float8,
        (sum(f.abandon_ms) / nullif(sum(f.abandoned), 0) / 1000)::float8,
        (max(f.longest_ms) / 1000.0)::float8,
        (sum(f.talk_ms) / nullif(sum(f.talked), 0) / 1000)::float8,
        (sum(f.hold_ms) / nullif(sum(f.handled), 0) / 1000)::float8,
        (sum(f.wrap_up_ms) / nullif(sum(f.handled), 0) / 1000)::float8,
        (sum(f.handle_ms) / nullif(sum(f.talked), 0) / 1000)::float8,
        sum(f.held)::int,
        sum(f.transferred)::int,
        sum(f.not_answered)::int,
        sum(f.in_ivr)::int,
        sum(f.left_in_ivr)::int,
        sum(f.self_served)::int,
        sum(f.lasting)::int
        """;

    private static readonly string Sums = string.Join(", ", QuarterFigures.Columns.Select(column => column.Name));
    private static readonly string NoSums = string.Join(", ", QuarterFigures.Columns.Select(_ => "0"));
    private static readonly long QuarterTicks = TimeSpan.FromMinutes(15).Ticks;

    /// <summary>Whether the quarter hours answer the question exactly.</summary>
    public static bool Answer(KpiQuery query) =>
        !KpiSql.IsAbout(query, KpiDimension.Agent, KpiDimension.Team, KpiDimension.Topic, KpiDimension.Segment)
        && query.Filter.From.UtcTicks % QuarterTicks == 0 && query.Filter.To.UtcTicks % QuarterTicks == 0
        && (!IsDividedByTime(query) || IsOnQuarters(query.Filter));

    /// <param name="within">As for <see cref="KpiFactTables.Contacts"/>.</param>
    /// <param name="withIvr">Whether calls in the IVR are among them.</param>
    public static string Table(Func<string, string> within, bool withIvr) => $"""
        select q.at, nullif(q.queue_id, '00000000-0000-0000-0000-000000000000') as queue_id, 'voice' as channel, {Sums}, longest_ms, 0 as short
         from calls.quarters q where {within("q.at")} and q.handled + q.abandoned + q.overflowed + q.unknown + q.lasting + q.in_ivr > 0{(withIvr ? "" : " and q.queue_id <> '00000000-0000-0000-0000-000000000000'")}
         union all
         select date_bin('15 minutes', v.queued_at, timestamptz '2000-01-01Z'), v.queue_id, 'voice', {NoSums}, null, 1
         from queues.queues s join calls.visits v on v.queue_id = s.id and v.outcome = 'Abandoned' and v.wait_ms <= s.short_abandon_seconds * 1000 where {within("v.queued_at")}
        """;

    private static bool IsDividedByTime(KpiQuery query) => query.Dimensions.Any(dimension => dimension is KpiDimension.Interval or KpiDimension.HourOfDay or KpiDimension.Weekday);

    // Where a zone's clock was, or will be, at an odd minute, its edges are none of ours.
    private static bool IsOnQuarters(KpiFilter filter) => DateTimeZoneProviders.Tzdb[filter.TimeZone]
        .GetZoneIntervals(Instant.FromDateTimeOffset(filter.From), Instant.FromDateTimeOffset(filter.To)).All(interval => interval.WallOffset.Seconds % (15 * 60) == 0);
}
