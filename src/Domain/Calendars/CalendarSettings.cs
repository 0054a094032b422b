namespace CallCenter.Domain.Calendars;

/// <summary>When something is open, by the clock on the wall of one place.</summary>
/// <param name="Name">Unique among the calendars.</param>
/// <param name="Zone">IANA time zone, e.g. <c>Europe/Berlin</c>.</param>
/// <param name="Week">Open hours; several of a day may be given, a day without any is closed.</param>
/// <param name="Holidays">Days with hours of their own, whatever the weekday.</param>
public sealed record CalendarSettings(string Name, string Zone, IReadOnlyList<WeekdayHours> Week, IReadOnlyList<Holiday> Holidays);

/// <summary>Open from <paramref name="From"/> until just before <paramref name="To"/>; a <paramref name="To"/> of 00:00 is the end of the day.</summary>
public sealed record OpenHours(TimeOnly From, TimeOnly To)
{
    public bool Includes(TimeOnly time) => time >= From && (time < To || To == TimeOnly.MinValue);
}

/// <summary>Open hours of a day of the week.</summary>
public sealed record WeekdayHours(DayOfWeek Day, OpenHours Hours);

/// <summary>A day unlike its weekday.</summary>
/// <param name="Hours">When it is open all the same; empty: not at all.</param>
public sealed record Holiday(DateOnly Date, string Name, IReadOnlyList<OpenHours> Hours);
