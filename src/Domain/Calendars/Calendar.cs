using System.Diagnostics;

using NodaTime;

namespace CallCenter.Domain.Calendars;

public abstract record CalendarEvent(Guid CalendarId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>The calendar is new, or is as this from now on.</summary>
public sealed record CalendarConfigured(Guid CalendarId, CalendarSettings Settings, DateTimeOffset OccurredAt) : CalendarEvent(CalendarId, OccurredAt);

public abstract record CalendarCommand(DateTimeOffset At);

public sealed record ConfigureCalendar(Guid CalendarId, CalendarSettings Settings, DateTimeOffset At) : CalendarCommand(At);

/// <summary>State of one calendar's configuration.</summary>
public sealed record Calendar(Guid Id, CalendarSettings? Settings, DateTimeOffset LastAt)
{
    public const string StreamType = "calendar";

    public static readonly Calendar Initial = new(Guid.Empty, Settings: null, DateTimeOffset.MinValue);

    /// <summary>Total over the events of a calendar.</summary>
    public static Calendar Evolve(Calendar calendar, CalendarEvent @event) => @event switch
    {
        CalendarConfigured e => new Calendar(e.CalendarId, e.Settings, e.OccurredAt),
        _ => throw new UnreachableException($"Calendar does not evolve {@event.GetType().Name}."),
    };

    /// <summary>Whether the calendar is open at an instant. An hour that a clock change repeats is the same both times; one that it leaves out never comes.</summary>
    public bool IsOpen(DateTimeOffset at)
    {
        if (Settings is not { } settings)
        {
            return false;
        }

        var local = Instant.FromDateTimeOffset(at).InZone(DateTimeZoneProviders.Tzdb[settings.Zone]).LocalDateTime;
        var (date, time) = (local.Date.ToDateOnly(), local.TimeOfDay.ToTimeOnly());
        return settings.Holidays.FirstOrDefault(day => day.Date == date) is { } holiday
            ? holiday.Hours.Any(hours => hours.Includes(time))
            : settings.Week.Any(weekday => weekday.Day == date.DayOfWeek && weekday.Hours.Includes(time));
    }
}
