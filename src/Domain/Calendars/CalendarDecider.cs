using System.Diagnostics;

using NodaTime;

using static CallCenter.Domain.Decision<CallCenter.Domain.Calendars.CalendarEvent>;

namespace CallCenter.Domain.Calendars;

public static class CalendarDecider
{
    public static Decision<CalendarEvent> Decide(CalendarCommand command, Calendar calendar) => command switch
    {
        ConfigureCalendar { Settings: var s } when Fault(s) is { } fault => Refuse("CALENDAR_SETTINGS", fault),
        ConfigureCalendar c => Accept(new CalendarConfigured(c.CalendarId, c.Settings, c.At.NotBefore(calendar.LastAt))),
        _ => throw new UnreachableException($"Calendar does not decide {command.GetType().Name}."),
    };

    private static string? Fault(CalendarSettings settings) => settings switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) => "A calendar needs a name.",
        { Zone: var zone } when DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null => $"\"{zone}\" is not an IANA time zone.",
        { Holidays: var days } when days.FirstOrDefault(day => string.IsNullOrWhiteSpace(day.Name)) is { } day => $"The holiday on {day.Date:yyyy-MM-dd} needs a name.",
        { Holidays: var days } when days.GroupBy(day => day.Date).FirstOrDefault(same => same.Count() > 1) is { } same => $"Two holidays are on {same.Key:yyyy-MM-dd}.",
        _ => settings.Week.GroupBy(w => w.Day).Select(day => Fault($"{day.Key}", day.Select(w => w.Hours)))
            .Concat(settings.Holidays.Select(day => Fault(day.Name, day.Hours))).FirstOrDefault(fault => fault is not null),
    };

    private static string? Fault(string day, IEnumerable<OpenHours> hours)
    {
        OpenHours? before = null;
        foreach (var open in hours.OrderBy(h => h.From))
        {
            if (open.To != TimeOnly.MinValue && open.To <= open.From)
            {
                return $"{day}: {open.From:HH:mm} to {open.To:HH:mm} ends before it begins; hours over midnight are given as two.";
            }

            if (before is not null && (before.To == TimeOnly.MinValue || before.To > open.From))
            {
                return $"{day}: {before.From:HH:mm} to {before.To:HH:mm} overlaps {open.From:HH:mm} to {open.To:HH:mm}.";
            }

            before = open;
        }

        return null;
    }
}
