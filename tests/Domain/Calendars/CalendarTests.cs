using CallCenter.Domain.Calendars;

namespace CallCenter.Domain.Tests.Calendars;

public sealed class CalendarTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000c");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static readonly CalendarSettings Office = new(
        "Office", "Europe/Berlin",
        [Hours(DayOfWeek.Monday, "08:00", "12:00"), Hours(DayOfWeek.Monday, "13:00", "18:00"), Hours(DayOfWeek.Saturday, "22:00", "00:00"), Hours(DayOfWeek.Sunday, "00:00", "04:00")],
        [new Holiday(new DateOnly(2026, 4, 6), "Easter Monday", []), new Holiday(new DateOnly(2026, 12, 28), "Stocktaking", [Open("10:00", "11:00")])]);

    [Theory]
    [InlineData("2026-01-05T06:59:59Z", false)] // 07:59:59 in Berlin
    [InlineData("2026-01-05T07:00:00Z", true)]
    [InlineData("2026-01-05T10:59:59Z", true)]
    [InlineData("2026-01-05T11:00:00Z", false)] // lunch
    [InlineData("2026-01-05T12:00:00Z", true)]
    [InlineData("2026-01-05T17:00:00Z", false)]
    [InlineData("2026-01-06T09:00:00Z", false)] // a Tuesday
    [InlineData("2026-07-06T06:00:00Z", true)] // summer: an hour earlier by UTC
    [InlineData("2026-07-06T16:00:00Z", false)]
    [InlineData("2026-01-10T22:59:59Z", true)] // Saturday to the end of the day
    [InlineData("2026-01-10T23:00:00Z", true)] // and Sunday from its beginning
    [InlineData("2026-01-11T03:00:00Z", false)]
    [InlineData("2026-04-06T08:00:00Z", false)] // Easter Monday
    [InlineData("2026-12-28T08:59:59Z", false)] // a Monday with hours of its own
    [InlineData("2026-12-28T09:00:00Z", true)]
    [InlineData("2026-12-28T10:00:00Z", false)]
    public void A_calendar_is_open_by_the_clock_of_its_place(string at, bool open) => Configured(Office).IsOpen(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(open);

    [Theory]
    [InlineData("2026-03-29T00:59:59Z", true)] // 01:59:59 winter time
    [InlineData("2026-03-29T01:00:00Z", false)] // 03:00 summer time: 02:00 to 03:00 does not come
    [InlineData("2026-10-25T00:30:00Z", true)] // 02:30 summer time
    [InlineData("2026-10-25T01:30:00Z", true)] // 02:30 winter time, once more
    [InlineData("2026-10-25T02:00:00Z", false)]
    public void The_hours_of_a_clock_change_are_as_the_wall_shows_them(string at, bool open)
    {
        var night = Office with { Week = [Hours(DayOfWeek.Sunday, "01:00", "03:00")] };
        Configured(night).IsOpen(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(open);
    }

    [Fact]
    public void A_calendar_is_configured_and_configured_again()
    {
        CalendarDecider.Decide(new ConfigureCalendar(Id, Office, Now), Calendar.Initial).Events.ShouldBe([new CalendarConfigured(Id, Office, Now)]);
        var changed = Office with { Name = "Bureau" };
        CalendarDecider.Decide(new ConfigureCalendar(Id, changed, Now.AddSeconds(-5)), Configured(Office)).Events.ShouldBe([new CalendarConfigured(Id, changed, Now)]);
    }

    [Fact]
    public void A_calendar_that_was_never_configured_is_closed() => Calendar.Initial.IsOpen(Now).ShouldBeFalse();

    public static TheoryData<CalendarSettings, string> BadSettings() => new()
    {
        { Office with { Name = " " }, "needs a name" },
        { Office with { Zone = "Europe/Atlantis" }, "\"Europe/Atlantis\"" },
        { Office with { Week = [Hours(DayOfWeek.Friday, "09:00", "09:00")] }, "Friday: 09:00 to 09:00 ends before it begins" },
        { Office with { Week = [Hours(DayOfWeek.Friday, "22:00", "06:00")] }, "hours over midnight are given as two" },
        { Office with { Week = [Hours(DayOfWeek.Friday, "09:00", "12:00"), Hours(DayOfWeek.Friday, "11:59", "14:00")] }, "Friday: 09:00 to 12:00 overlaps 11:59 to 14:00" },
        { Office with { Week = [Hours(DayOfWeek.Friday, "09:00", "00:00"), Hours(DayOfWeek.Friday, "11:00", "14:00")] }, "overlaps" },
        { Office with { Holidays = [new Holiday(new DateOnly(2026, 1, 1), " ", [])] }, "2026-01-01 needs a name" },
        { Office with { Holidays = [new Holiday(new DateOnly(2026, 1, 1), "New Year", []), new Holiday(new DateOnly(2026, 1, 1), "Again", [])] }, "Two holidays are on 2026-01-01" },
        { Office with { Holidays = [new Holiday(new DateOnly(2026, 1, 1), "New Year", [Open("10:00", "09:00")])] }, "New Year: 10:00 to 09:00" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void What_is_wrong_with_a_calendar_is_named(CalendarSettings settings, string named) =>
        CalendarDecider.Decide(new ConfigureCalendar(Id, settings, Now), Calendar.Initial).Refusal!.ShouldSatisfyAllConditions(r => r.Code.ShouldBe("CALENDAR_SETTINGS"), r => r.Message.ShouldContain(named));

    private static Calendar Configured(CalendarSettings settings) => Calendar.Evolve(Calendar.Initial, new CalendarConfigured(Id, settings, Now));

    private static OpenHours Open(string from, string to) => new(Time(from), Time(to));

    private static WeekdayHours Hours(DayOfWeek day, string from, string to) => new(day, Open(from, to));

    private static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
