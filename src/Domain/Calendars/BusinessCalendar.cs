using NodaTime;

namespace CallCenter.Domain.Calendars;

/// <summary>A calendar with all that it ever was: what time counted as open then, counts so for ever, however it is configured later.</summary>
public sealed class BusinessCalendar
{
    /// <summary>A calendar that does not open within so long opens never.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(3_660);

    private readonly IReadOnlyList<(DateTimeOffset Since, CalendarSettings Settings)> _versions;

    /// <param name="versions">At least one, in the order of their instants; the first holds for all time before as well.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public BusinessCalendar(IReadOnlyList<(DateTimeOffset Since, CalendarSettings Settings)> versions)
    {
        _versions = versions.Count > 0 ? versions : throw new ArgumentException("A calendar has settings.", nameof(versions));
    }

    public BusinessCalendar(CalendarSettings settings)
        : this([(DateTimeOffset.MinValue, settings)])
    {
    }

    /// <summary>How long it was open between two instants; zero when the second is not later.</summary>
    public TimeSpan Between(DateTimeOffset from, DateTimeOffset to) =>
        Open(from, to).Aggregate(TimeSpan.Zero, (sum, span) => sum + (span.To - span.From));

    /// <summary>The first instant by which it has been open for so long since another; null when it never is.</summary>
    /// <param name="open">Nothing and less: the instant itself.</param>
    public DateTimeOffset? Add(DateTimeOffset from, TimeSpan open)
    {
        if (open <= TimeSpan.Zero)
        {
            return from;
        }

        var left = open;
        foreach (var (start, end) in Open(from, from + Horizon + (open * 2)))
        {
            if (end - start >= left)
            {
                return start + left;
            }

            left -= end - start;
        }

        return null;
    }

    /// <summary>When it is open between two instants, in order; spans neither overlap nor are empty.</summary>
    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Open(DateTimeOffset from, DateTimeOffset to)
    {
        for (var i = 0; i < _versions.Count; i++)
        {
            var start = i == 0 || _versions[i].Since < from ? from : _versions[i].Since;
            var end = i + 1 < _versions.Count && _versions[i + 1].Since < to ? _versions[i + 1].Since : to;
            if (start < end)
            {
                foreach (var span in Open(_versions[i].Settings, Instant.FromDateTimeOffset(start), Instant.FromDateTimeOffset(end)))
                {
                    yield return span;
                }
            }
        }
    }

    // Between two clock changes the wall and the world run alike: there, hours are spans. An hour that a change repeats is thereby open twice, one that it leaves out never.
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Open(CalendarSettings settings, Instant from, Instant to)
    {
        foreach (var interval in DateTimeZoneProviders.Tzdb[settings.Zone].GetZoneIntervals(from, to))
        {
            var start = interval.HasStart && interval.Start > from ? interval.Start : from;
            var end = interval.HasEnd && interval.End < to ? interval.End : to;
            var last = end.WithOffset(interval.WallOffset).Date;
            for (var date = start.WithOffset(interval.WallOffset).Date; date <= last; date = date.PlusDays(1))
            {
                foreach (var hours in HoursOf(settings, date.ToDateOnly()))
                {
                    var opens = Max(start, At(date, hours.From));
                    var closes = Min(end, hours.To == TimeOnly.MinValue ? At(date.PlusDays(1), hours.To) : At(date, hours.To));
                    if (opens < closes)
                    {
                        yield return (opens.ToDateTimeOffset(), closes.ToDateTimeOffset());
                    }
                }
            }

            Instant At(LocalDate date, TimeOnly time) => (date + LocalTime.FromTimeOnly(time)).WithOffset(interval.WallOffset).ToInstant();
        }
    }

    private static IEnumerable<OpenHours> HoursOf(CalendarSettings settings, DateOnly date) =>
        (settings.Holidays.FirstOrDefault(day => day.Date == date)?.Hours ?? settings.Week.Where(weekday => weekday.Day == date.DayOfWeek).Select(weekday => weekday.Hours))
        .OrderBy(hours => hours.From);

    private static Instant Max(Instant a, Instant b) => a > b ? a : b;

    private static Instant Min(Instant a, Instant b) => a < b ? a : b;
}
