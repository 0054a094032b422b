using System.Globalization;

using CallCenter.Domain.Calendars;

using FsCheck;
using FsCheck.Fluent;

using Calendar = CallCenter.Domain.Calendars.Calendar;

namespace CallCenter.Domain.Tests.Calendars;

public sealed class BusinessCalendarTests
{
    private static readonly CalendarSettings Office = new(
        "Office", "Europe/Berlin",
        [.. Enum.GetValues<DayOfWeek>().Where(day => day is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Select(day => new WeekdayHours(day, Open("09:00", "17:00")))],
        [new Holiday(new DateOnly(2026, 4, 6), "Easter Monday", []), new Holiday(new DateOnly(2026, 12, 24), "Christmas Eve", [Open("09:00", "12:00")])]);

    [Theory]
    [InlineData("2026-01-05T09:00:00Z", "2026-01-05T10:30:00Z", "01:30:00")]
    [InlineData("2026-01-05T05:00:00Z", "2026-01-05T23:00:00Z", "08:00:00")]
    [InlineData("2026-01-09T15:00:00Z", "2026-01-12T09:00:00Z", "02:00:00")] // Friday 16:00 to Monday 10:00
    [InlineData("2026-04-02T14:00:00Z", "2026-04-07T08:00:00Z", "10:00:00")] // Thursday 16:00, Good Friday is no holiday here, Easter Monday is
    [InlineData("2026-12-24T10:00:00Z", "2026-12-24T20:00:00Z", "01:00:00")]
    [InlineData("2026-03-27T08:00:00Z", "2026-03-30T08:00:00Z", "09:00:00")] // summer time begins between: Monday 10:00 is 08:00 by UTC
    [InlineData("2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z", "00:00:00")]
    [InlineData("2026-01-05T10:00:00Z", "2026-01-05T09:00:00Z", "00:00:00")]
    public void Only_open_time_counts(string from, string to, string open) =>
        new BusinessCalendar(Office).Between(At(from), At(to)).ShouldBe(TimeSpan.Parse(open, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("2026-01-05T09:00:00Z", "01:00:00", "2026-01-05T10:00:00Z")]
    [InlineData("2026-01-05T15:30:00Z", "00:30:00", "2026-01-05T16:00:00Z")] // by the end of the day, not by the next morning
    [InlineData("2026-01-09T15:00:00Z", "02:00:00", "2026-01-12T09:00:00Z")]
    [InlineData("2026-01-10T12:00:00Z", "00:00:00", "2026-01-10T12:00:00Z")]
    [InlineData("2026-10-23T14:00:00Z", "02:00:00", "2026-10-26T09:00:00Z")] // winter time begins between
    public void A_time_that_is_due_falls_into_open_hours(string from, string open, string due) =>
        new BusinessCalendar(Office).Add(At(from), TimeSpan.Parse(open, CultureInfo.InvariantCulture)).ShouldBe(At(due));

    [Fact]
    public void What_never_opens_is_never_due() => new BusinessCalendar(Office with { Week = [], Holidays = [] }).Add(At("2026-01-05T09:00:00Z"), TimeSpan.FromSeconds(1)).ShouldBeNull();

    [Fact]
    public void A_night_has_as_many_open_hours_as_the_clock_change_leaves_it()
    {
        var nights = new BusinessCalendar(Office with { Week = [new WeekdayHours(DayOfWeek.Sunday, Open("01:00", "04:00"))] });
        Hours("2026-03-22").ShouldBe(3);
        Hours("2026-03-29").ShouldBe(2);
        Hours("2026-10-25").ShouldBe(4);

        double Hours(string day) => nights.Between(At($"{day}T00:00:00Z").AddHours(-6), At($"{day}T12:00:00Z")).TotalHours;
    }

    [Fact]
    public void A_calendar_that_moves_to_another_zone_counts_by_each_while_it_holds()
    {
        var moved = At("2026-01-05T12:00:00Z");
        var calendar = new BusinessCalendar([(DateTimeOffset.MinValue, Office), (moved, Office with { Zone = "America/New_York" })]);

        // In Berlin open from 8:00 by UTC, in New York until 22:00.
        calendar.Between(At("2026-01-05T00:00:00Z"), At("2026-01-06T00:00:00Z")).ShouldBe(TimeSpan.FromHours(4 + 8));
        calendar.Add(At("2026-01-05T11:00:00Z"), TimeSpan.FromHours(2)).ShouldBe(At("2026-01-05T15:00:00Z"));
        calendar.Between(At("2026-01-04T00:00:00Z"), moved).ShouldBe(new BusinessCalendar(Office).Between(At("2026-01-04T00:00:00Z"), moved), "what was, stays");
    }

    [Fact]
    public void A_calendar_needs_settings() => Should.Throw<ArgumentException>(() => new BusinessCalendar([]));

    /// <summary>Held against the wall clock, asked minute by minute.</summary>
    [Fact]
    public void Open_time_is_the_sum_of_open_minutes() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Cases(), c =>
    {
        var calendar = Calendar.Evolve(Calendar.Initial, new CalendarConfigured(Guid.Empty, c.Settings, c.From));
        var minutes = Enumerable.Range(0, c.Minutes).Count(minute => calendar.IsOpen(c.From.AddMinutes(minute)));
        return new BusinessCalendar(c.Settings).Between(c.From, c.From.AddMinutes(c.Minutes)) == TimeSpan.FromMinutes(minutes);
    }));

    [Fact]
    public void Adding_is_the_inverse_of_measuring() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Cases(), c =>
    {
        var (calendar, open) = (new BusinessCalendar(c.Settings), TimeSpan.FromMinutes(c.Minutes / 3));
        return calendar.Add(c.From, open) is not { } due
            || (calendar.Between(c.From, due) == open && (open == TimeSpan.Zero || calendar.Between(c.From, due.AddMilliseconds(-1)) == open - TimeSpan.FromMilliseconds(1)));
    }));

    [Fact]
    public void Time_is_the_same_in_one_piece_and_in_two() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Cases(), c =>
    {
        var (calendar, middle, end) = (new BusinessCalendar([(c.From, c.Settings), (c.From.AddMinutes(c.Minutes / 2), c.Settings with { Zone = "Asia/Kathmandu" })]), c.From.AddMinutes(c.Minutes / 4), c.From.AddMinutes(c.Minutes));
        return calendar.Between(c.From, middle) + calendar.Between(middle, end) == calendar.Between(c.From, end);
    }));

    // Days around clock changes, one of them by half an hour, in all kinds of weeks.
    private static Arbitrary<(CalendarSettings Settings, DateTimeOffset From, int Minutes)> Cases()
    {
        var day = from first in Gen.Choose(0, 46) from length in Gen.Choose(1, 47 - first) from isClosed in Gen.Choose(0, 3) select isClosed == 0 ? [] : (OpenHours[])[Half(first, first + length)];
        var cases =
            from zone in Gen.Elements("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu")
            from week in Gen.ListOf(day, 7)
            from holiday in day
            from start in Gen.Elements("2026-03-05T00:00:00Z", "2026-03-26T00:00:00Z", "2026-04-02T00:00:00Z", "2026-10-01T00:00:00Z", "2026-10-22T00:00:00Z", "2026-10-30T00:00:00Z")
            from offset in Gen.Choose(0, 3 * 1_440)
            from minutes in Gen.Choose(0, 6 * 1_440)
            select (
                new CalendarSettings("Any", zone, [.. week.SelectMany((hours, i) => hours.Select(h => new WeekdayHours((DayOfWeek)i, h)))], [new Holiday(DateOnly.FromDateTime(At(start).UtcDateTime).AddDays(3), "Day", holiday)]),
                At(start).AddMinutes(offset), minutes);
        return cases.ToArbitrary();
    }

    private static OpenHours Half(int from, int to) => new(TimeOnly.MinValue.AddMinutes(from * 30), TimeOnly.MinValue.AddMinutes(to * 30));

    private static OpenHours Open(string from, string to) => new(TimeOnly.Parse(from, CultureInfo.InvariantCulture), TimeOnly.Parse(to, CultureInfo.InvariantCulture));

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
}
