using NodaTime;

namespace CallCenter.Domain.Reports;

/// <summary>What a scheduled report looks back on, and how often it comes: every day for the day before, on Mondays for the week before, on the first for the month before.</summary>
public enum ReportPeriod { Day, Week, Month }

/// <summary>A report that is mailed by itself.</summary>
/// <param name="At">When, by the clocks of the zone. A time that a clock change leaves out comes as much later as it leaves out, one that comes twice counts the first time.</param>
/// <param name="Zone">IANA time zone of the time, the period and the report's own intervals.</param>
/// <param name="Figures">Names of the columns.</param>
/// <param name="DividedBy">Names of the dimensions of its rows; empty for the total alone.</param>
/// <param name="Recipients">Mail addresses.</param>
public sealed record ReportSchedule(
    string Name, ReportPeriod Period, TimeOnly At, string Zone, IReadOnlyList<string> Figures, IReadOnlyList<string> DividedBy, IReadOnlyList<string> Recipients)
{
    /// <summary>Name of the interval by which time divides it; null for an hour.</summary>
    public string? Interval { get; init; }

    /// <summary>Only of these; null for all.</summary>
    public IReadOnlyList<Guid>? Queues { get; init; }

    /// <inheritdoc cref="Queues"/>
    public IReadOnlyList<Guid>? Agents { get; init; }

    /// <inheritdoc cref="Queues"/>
    public IReadOnlyList<string>? Topics { get; init; }

    /// <inheritdoc cref="Queues"/>
    public IReadOnlyList<string>? Segments { get; init; }

    /// <summary>What is wrong with it, for people; null when nothing is.</summary>
    internal string? Fault =>
        string.IsNullOrWhiteSpace(Name) ? "A report needs a name."
        : DateTimeZoneProviders.Tzdb.GetZoneOrNull(Zone) is null ? $"\"{Zone}\" is not an IANA time zone."
        : Figures.Count == 0 ? "A report needs a figure."
        : Recipients.Count == 0 ? "A report needs somebody who gets it."
        : Recipients.FirstOrDefault(recipient => recipient.IndexOf('@', StringComparison.Ordinal) < 1) is { } wrong ? $"\"{wrong}\" is not a mail address."
        : null;

    /// <summary>When it is due first after an instant.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset after)
    {
        var zone = DateTimeZoneProviders.Tzdb[Zone];
        for (var day = Instant.FromDateTimeOffset(after).InZone(zone).Date; ; day = day.PlusDays(1))
        {
            if (ComesOn(day) && zone.AtLeniently(day + LocalTime.FromTimeOnly(At)).ToInstant().ToDateTimeOffset() is var due && due > after)
            {
                return due;
            }
        }
    }

    /// <summary>On what it looks back when it is due: whole days by the clocks of the zone.</summary>
    public (DateTimeOffset From, DateTimeOffset To) PeriodOf(DateTimeOffset due)
    {
        var zone = DateTimeZoneProviders.Tzdb[Zone];
        var to = Instant.FromDateTimeOffset(due).InZone(zone).Date;
        var from = Period switch
        {
            ReportPeriod.Day => to.PlusDays(-1),
            ReportPeriod.Week => to.PlusWeeks(-1),
            _ => to.PlusMonths(-1),
        };
        return (zone.AtStartOfDay(from).ToInstant().ToDateTimeOffset(), zone.AtStartOfDay(to).ToInstant().ToDateTimeOffset());
    }

    private bool ComesOn(LocalDate day) => Period switch
    {
        ReportPeriod.Day => true,
        ReportPeriod.Week => day.DayOfWeek == IsoDayOfWeek.Monday,
        _ => day.Day == 1,
    };
}
