using System.Diagnostics;

namespace CallCenter.Projections.Kpi;

/// <summary>The facts behind a report and the expressions that divide them, as SQL.</summary>
internal sealed class KpiSql
{
    private readonly KpiQuery _query;
    private readonly string _zone;

    /// <param name="query">The question.</param>
    /// <param name="facts">What is counted.</param>
    /// <param name="now">Until when what lasts is counted; only agents' times need it.</param>
    /// <param name="priority">Of tickets; null for all.</param>
    public KpiSql(KpiQuery query, KpiFacts facts = KpiFacts.Contacts, DateTimeOffset now = default, string? priority = null)
    {
        _query = query;
        var filter = query.Filter;
        var (from, to) = (Where.Parameter(filter.From.UtcDateTime), Where.Parameter(filter.To.UtcDateTime));
        var within = $"{{0}} >= {from} and {{0}} < {to}";
        _zone = Where.Parameter(filter.TimeZone);
        Where
            .And(filter.Queues?.ToArray(), p => $"f.queue_id = any({p})")
            .And(filter.Agents?.ToArray(), p => $"f.agent_id = any({p})")
            .And(filter.Topics?.ToArray(), p => $"f.topic = any({p})")
            .And(filter.Segments?.ToArray(), p => $"f.segment = any({p})")
            .And(filter.Channels?.ToArray(), p => $"f.channel = any({p})");
        var table = facts switch
        {
            KpiFacts.Contacts => KpiFactTables.Contacts(within, withIvr: !IsAbout(query, KpiDimension.Queue, KpiDimension.Agent, KpiDimension.Team)),
            KpiFacts.Attempts => KpiFactTables.Attempts(within),
            KpiFacts.AgentTimes => KpiFactTables.AgentTimes(from, to, Where.Parameter(now.UtcDateTime), cut: query.Dimensions.Any(d => d is KpiDimension.Interval or KpiDimension.HourOfDay or KpiDimension.Weekday)),
            KpiFacts.Customers => KpiFactTables.Customers(within, Where.Parameter(TimeSpan.FromDays(filter.FirstContactDays))),
            KpiFacts.Surveys => KpiFactTables.Surveys(within),
            KpiFacts.Tickets => KpiFactTables.Tickets(within, priority is null ? null : Where.Parameter(priority)),
            KpiFacts.Quarters => KpiQuarters.Table(column => KpiFactTables.In(column, within), withIvr: !IsAbout(query, KpiDimension.Queue)),
            _ => throw new UnreachableException($"Facts {facts} have no table."),
        };
        Facts = $"({table}) f{(query.Dimensions.Contains(KpiDimension.Team) ? " left join agents.agents t on t.id = f.agent_id" : "")}";
    }

    /// <summary>Whether a question is about any of these, as a filter or as a dimension: facts that lack them have no answer to it.</summary>
    public static bool IsAbout(KpiQuery query, params IReadOnlyList<KpiDimension> dimensions) => query.Dimensions.Any(dimensions.Contains) || dimensions.Any(dimension => dimension switch
    {
        KpiDimension.Queue => query.Filter.Queues is not null,
        KpiDimension.Agent => query.Filter.Agents is not null,
        KpiDimension.Topic => query.Filter.Topics is not null,
        KpiDimension.Segment => query.Filter.Segments is not null,
        KpiDimension.Channel => query.Filter.Channels is not null,
        _ => false,
    });

    public Where Where { get; } = new();

    /// <summary>A table expression named f.</summary>
    public string Facts { get; }

    public IReadOnlyList<string> Dimensions => [.. _query.Dimensions.Select(Expression)];

    /// <summary>Restricts the facts to those of one row.</summary>
    public KpiSql Of(KpiCell cell)
    {
        foreach (var dimension in _query.Dimensions)
        {
            var value = cell.Of(dimension) is DateTimeOffset start ? start.UtcDateTime : (object?)cell.Of(dimension);
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
        KpiDimension.Team => "t.state -> 'Attributes' ->> 'Team'",
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
