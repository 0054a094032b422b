using NodaTime;

namespace CallCenter.Projections.Kpi.Proof;

/// <summary>Something that counts: when, where, and what it brings.</summary>
/// <param name="Id">The call, the ticket, or the agent.</param>
/// <param name="Part">What it adds to the figure, or to the numerator of a rate or mean.</param>
/// <param name="Of">What it adds to the denominator.</param>
internal readonly record struct Brought(Guid Id, DateTimeOffset At, Guid? Queue, Guid? Agent, string? Topic, string? Segment, string? Channel, decimal Part, decimal Of = 1);

/// <summary>The row of a report to which something belongs, by the clocks of the report's zone.</summary>
internal sealed class CellOf(KpiQuery query, IReadOnlyDictionary<Guid, string?> teams)
{
    private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb[query.Filter.TimeZone];

    public KpiCell Read(in Brought brought)
    {
        var (cell, local) = (new KpiCell(), Instant.FromDateTimeOffset(brought.At).InZone(_zone));
        foreach (var dimension in query.Dimensions)
        {
            cell = dimension switch
            {
                KpiDimension.Interval => cell with { IntervalStart = Start(local) },
                KpiDimension.HourOfDay => cell with { HourOfDay = local.Hour },
                KpiDimension.Weekday => cell with { Weekday = (int)local.DayOfWeek },
                KpiDimension.Queue => cell with { QueueId = brought.Queue },
                KpiDimension.Agent => cell with { AgentId = brought.Agent },
                KpiDimension.Team => cell with { Team = brought.Agent is { } agent ? teams.GetValueOrDefault(agent) : null },
                KpiDimension.Topic => cell with { Topic = brought.Topic },
                KpiDimension.Segment => cell with { Segment = brought.Segment },
                _ => cell with { Channel = brought.Channel },
            };
        }

        return cell;
    }

    public bool IsAsked(in Brought brought)
    {
        var filter = query.Filter;
        return brought.At >= filter.From && brought.At < filter.To
            && (filter.Queues is null || (brought.Queue is { } queue && filter.Queues.Contains(queue)))
            && (filter.Agents is null || (brought.Agent is { } agent && filter.Agents.Contains(agent)))
            && IsIn(filter.Topics, brought.Topic) && IsIn(filter.Segments, brought.Segment) && IsIn(filter.Channels, brought.Channel);
    }

    private static bool IsIn(IReadOnlyList<string>? asked, string? value) => asked is null || (value is not null && asked.Contains(value, StringComparer.Ordinal));

    private DateTimeOffset Start(ZonedDateTime local)
    {
        var date = local.Date;
        return query.Filter.Interval switch
        {
            KpiInterval.QuarterHour => SinceEdge(15),
            KpiInterval.HalfHour => SinceEdge(30),
            KpiInterval.Hour => SinceEdge(60),
            KpiInterval.Day => Midnight(date),
            KpiInterval.Week => Midnight(date.PlusDays(1 - (int)date.DayOfWeek)),
            _ => Midnight(new LocalDate(date.Year, date.Month, 1)),
        };

        DateTimeOffset Midnight(LocalDate day) => _zone.AtStartOfDay(day).ToInstant().ToDateTimeOffset();

        DateTimeOffset SinceEdge(int minutes) => (local.ToInstant() - Duration.FromTicks(local.TickOfDay % (TimeSpan.TicksPerMinute * minutes))).ToDateTimeOffset();
    }
}
