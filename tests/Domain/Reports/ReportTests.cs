using System.Globalization;

using CallCenter.Domain.Reports;

namespace CallCenter.Domain.Tests.Reports;

public sealed class ReportTests
{
    private static readonly Guid Id = Guid.CreateVersion7();
    private static readonly ReportSchedule Daily = new("Support", ReportPeriod.Day, new TimeOnly(7, 30), "Europe/Berlin", ["contactsOffered"], [], ["ann@center.example"]);

    [Theory]
    [InlineData(ReportPeriod.Day, "07:30", "2026-01-05T06:29:59Z", "2026-01-05T06:30:00Z", "2026-01-03T23:00:00Z", "2026-01-04T23:00:00Z")]
    [InlineData(ReportPeriod.Day, "07:30", "2026-01-05T06:30:00Z", "2026-01-06T06:30:00Z", "2026-01-04T23:00:00Z", "2026-01-05T23:00:00Z")]
    [InlineData(ReportPeriod.Day, "02:30", "2026-03-28T20:00:00Z", "2026-03-29T01:30:00Z", "2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z")] // there is no 02:30: 03:30
    [InlineData(ReportPeriod.Day, "07:30", "2026-03-29T20:00:00Z", "2026-03-30T05:30:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")] // a day of 23 hours
    [InlineData(ReportPeriod.Day, "02:30", "2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z", "2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z")] // 02:30 comes twice: the first
    [InlineData(ReportPeriod.Day, "02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")] // and not the second; a day of 25 hours
    [InlineData(ReportPeriod.Week, "07:30", "2026-01-05T12:00:00Z", "2026-01-12T06:30:00Z", "2026-01-04T23:00:00Z", "2026-01-11T23:00:00Z")]
    [InlineData(ReportPeriod.Month, "07:30", "2026-02-28T12:00:00Z", "2026-03-01T06:30:00Z", "2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z")]
    [InlineData(ReportPeriod.Month, "07:30", "2026-03-01T06:30:00Z", "2026-04-01T05:30:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")]
    public void It_is_due_by_the_clocks_of_its_zone_and_looks_back_on_whole_days_of_these(ReportPeriod period, string at, string after, string due, string from, string to)
    {
        var schedule = Daily with { Period = period, At = TimeOnly.ParseExact(at, "HH:mm", CultureInfo.InvariantCulture) };
        schedule.NextAfter(At(after)).ShouldBe(At(due));
        schedule.PeriodOf(At(due)).ShouldBe((At(from), At(to)));
    }

    [Fact]
    public void What_is_due_is_mailed_once_to_each_and_then_the_next_is_due()
    {
        var report = After(Report.Initial, new ScheduleReport(Id, Daily, At("2026-01-05T12:00:00Z"), "ann"));
        var due = At("2026-01-06T06:30:00Z");
        report.NextAt.ShouldBe(due);
        report = After(report, new NoteReportMailed(due, "ann@center.example", At("2026-01-06T06:30:01Z")));
        ReportDecider.Decide(new NoteReportMailed(due, "ann@center.example", At("2026-01-06T06:30:02Z")), report).Events.ShouldBeEmpty();
        ReportDecider.Decide(new FinishReport(due.AddDays(1), null, At("2026-01-06T06:30:02Z")), report).Events.ShouldBeEmpty("that is not due");
        report = After(report, new FinishReport(due, "bob is unknown", At("2026-01-08T12:00:00Z")));
        (report.NextAt, report.LastDueAt, report.Failure, report.Mailed.Count).ShouldBe((due.AddDays(1), due, "bob is unknown", 0));
        ReportDecider.Decide(new FinishReport(due, null, At("2026-01-08T12:00:01Z")), report).Events.ShouldBeEmpty("it is done with");
    }

    [Fact]
    public void A_changed_schedule_holds_from_now_on_and_a_cancelled_report_comes_no_more()
    {
        var report = After(Report.Initial, new ScheduleReport(Id, Daily, At("2026-01-05T12:00:00Z")));
        report = After(report, new ScheduleReport(Id, Daily with { At = new TimeOnly(14, 0) }, At("2026-01-05T12:30:00Z")));
        report.NextAt.ShouldBe(At("2026-01-05T13:00:00Z"));
        ReportDecider.Decide(new FinishReport(At("2026-01-06T06:30:00Z"), null, At("2026-01-06T06:30:00Z")), report).Events.ShouldBeEmpty("that was due by the schedule of before");
        report = After(report, new CancelReport(At("2026-01-05T12:40:00Z"), "ann"));
        report.NextAt.ShouldBeNull();
        ReportDecider.Decide(new CancelReport(At("2026-01-05T12:50:00Z")), report).Events.ShouldBeEmpty();
        ReportDecider.Decide(new NoteReportMailed(At("2026-01-05T13:00:00Z"), "ann@center.example", At("2026-01-05T13:00:00Z")), report).Events.ShouldBeEmpty();
        ReportDecider.Decide(new ScheduleReport(Id, Daily, At("2026-01-05T13:00:00Z")), report).Refusal!.Code.ShouldBe("REPORT_CANCELLED");
        ReportDecider.Decide(new CancelReport(At("2026-01-05T12:50:00Z")), Report.Initial).Refusal!.Code.ShouldBe("REPORT_NOT_FOUND");
    }

    [Fact]
    public void What_is_wrong_with_a_schedule_is_named()
    {
        Fault(Daily with { Name = " " }).ShouldBe("A report needs a name.");
        Fault(Daily with { Zone = "Mars/Olympus" }).ShouldBe("\"Mars/Olympus\" is not an IANA time zone.");
        Fault(Daily with { Figures = [] }).ShouldBe("A report needs a figure.");
        Fault(Daily with { Recipients = [] }).ShouldBe("A report needs somebody who gets it.");
        Fault(Daily with { Recipients = ["ann@center.example", "bob"] }).ShouldBe("\"bob\" is not a mail address.");

        static string Fault(ReportSchedule schedule) => ReportDecider.Decide(new ScheduleReport(Id, schedule, At("2026-01-05T12:00:00Z")), Report.Initial).Refusal is { Code: "REPORT_SCHEDULE" } refusal ? refusal.Message : "";
    }

    private static Report After(Report report, ReportCommand command) => ReportDecider.Decide(command, report).Events.ShouldHaveSingleItem() is var e ? Report.Evolve(report, e) : report;

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
}
