using System.Diagnostics;

namespace CallCenter.Projections.Kpi;

/// <summary>The facts behind a report and the expressions that divide them, as SQL.</summary>
internal sealed class KpiSql
{
    private readonly KpiQuery _query;
    private readonly string _zone;

    public KpiSql(KpiQuery query)
    {
        _query = query;
        var filter = query.Filter;
        var range = $">= {Where.Parameter(filter.From.UtcDateTime)} and {{0}} < {Where.Parameter(filter.To.UtcDateTime)}";
        _zone = Where.Parameter(filter.TimeZone);
        Where
            .And(filter.Queues?.ToArray(), p => $"f.queue_id = any({p})")
            .And(filter.Agents?.ToArray(), p => $"f.agent_id = any({p})")
            .And(filter.Topics?.ToArray(), p => $"f.topic = any({p})")
            .And(filter.Segments?.ToArray(), p => $"f.segment = any({p})")
            .And(filter.Channels?.ToArray(), p => $"f.channel = any({p})");

        // Figures of the IVR have no queue and no agent: they are left out where the question is about those.
        var ivr = filter.Queues is null && filter.Agents is null && !query.Dimensions.Any(d => d is KpiDimension.Queue or KpiDimension.Agent);
        Facts = $"""
            (select 'visit' as kind, v.call_id, v.queued_at as at, v.queue_id, v.agent_id, coalesce(v.topic, 'none') as topic, v.segment, 'voice' as channel,
                    v.outcome, v.wait_ms, v.talk_ms, v.hold_ms, v.wrap_up_ms, v.transferred, q.short_abandon_seconds * 1000 as short_ms
             from calls.visits v left join queues.queues q on q.id = v.queue_id where v.queued_at {string.Format(range, "v.queued_at")}
             union all
             select 'offer', v.call_id, v.queued_at, v.queue_id, o.agent_id, coalesce(v.topic, 'none'), v.segment, 'voice', o.result, null, null, null, null, null, null
             from calls.offers o join calls.visits v on v.call_id = o.call_id and v.number = o.visit where v.queued_at {string.Format(range, "v.queued_at")}
            {(ivr ? $"""
             union all
             select 'ivr', c.id, c.received_at, null, null, coalesce(c.topic, 'none'), c.segment, 'voice', c.outcome, null, null, null, null, null, null
             from calls.calls c where c.entered_ivr_at is not null and c.received_at {string.Format(range, "c.received_at")}
            """ : "")}) f
            """;
    }

    public Where Where { get; } = new();

    /// <summary>A table expression named f: one row a visit, an offer, a call that entered the IVR; with the instant <c>at</c> to which it belongs.</summary>
    public string Facts { get; }

    public IReadOnlyList<string> Dimensions => [.. _query.Dimensions.Select(Expression)];

    /// <summary>Restricts the facts to those of one row.</summary>
    public KpiSql Of(KpiCell cell)
    {
        foreach (var dimension in _query.Dimensions)
        {
            object? value = dimension switch
            {
                KpiDimension.Interval => cell.IntervalStart?.UtcDateTime,
                KpiDimension.HourOfDay => cell.HourOfDay,
                KpiDimension.Weekday => cell.Weekday,
                KpiDimension.Queue => cell.QueueId,
                KpiDimension.Agent => cell.AgentId,
                KpiDimension.Topic => cell.Topic,
                KpiDimension.Segment => cell.Segment,
                KpiDimension.Channel => cell.Channel,
                _ => throw new UnreachableException($"Dimension {dimension} has no value."),
            };
            Where.And(value is null ? $"{Expression(dimension)} is null" : $"{Expression(dimension)} = {Where.Parameter(value)}");
        }

        return this;
    }

    private string Expression(KpiDimension dimension) => dimension switch
    {
        KpiDimension.Interval => Interval,
        KpiDimension.HourOfDay => $"extract(hour from f.at at time zone {_zone})::int",
        KpiDimension.Weekday => $"extract(isodow from f.at at time zone {_zone})::int",
        KpiDimension.Queue => "f.queue_id",
        KpiDimension.Agent => "f.agent_id",
        KpiDimension.Topic => "f.topic",
        KpiDimension.Segment => "f.segment",
        KpiDimension.Channel => "f.channel",
        _ => throw new UnreachableException($"Dimension {dimension} has no expression."),
    };

    // Up to the hour, the start is found by what has passed since the edge on the wall clock: the hour that a clock change repeats stays two hours.
    private string Interval => _query.Filter.Interval switch
    {
        KpiInterval.QuarterHour => Within("15 minutes"),
        KpiInterval.HalfHour => Within("30 minutes"),
        KpiInterval.Hour => Within("1 hour"),
        KpiInterval.Day => $"date_trunc('day', f.at, {_zone})",
        KpiInterval.Week => $"date_trunc('week', f.at, {_zone})",
        KpiInterval.Month => $"date_trunc('month', f.at, {_zone})",
        var interval => throw new UnreachableException($"Interval {interval} has no expression."),
    };

    private string Within(string step) =>
        $"(f.at - ((f.at at time zone {_zone}) - date_bin('{step}', f.at at time zone {_zone}, timestamp '2000-01-01')))";
}
