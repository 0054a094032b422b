using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Tests.Calls;
using CallCenter.Testing;

namespace CallCenter.Projections.Tests.Kpi;

[Collection(PostgresCollection.Name)]
public sealed class KpiQueriesTests(PostgresFixture postgres)
{
    private static readonly Guid Support = Guid.CreateVersion7();
    private static readonly Guid Sales = Guid.CreateVersion7();
    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Guid Bob = Guid.CreateVersion7();
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly KpiFilter Day = new(Nine.AddHours(-9), Nine.AddHours(15));

    [Fact]
    public async Task Figures_are_those_of_the_definitions()
    {
        await using var center = await ProjectAsync(
            new Story(Nine).Received().Queued(0, Support).Offered(1, Ann).Answered(10, Ann).Held(20).Retrieved(24).Ended(40, CallOutcome.Handled).WrappedUp(40, 46, Ann),
            new Story(Nine).Received().Queued(0, Support).Offered(1, Ann).Missed(3, Ann, NonResponse.Refused).Offered(3, Bob).Answered(20, Bob).Ended(30, CallOutcome.Handled),
            new Story(Nine).Received().Queued(0, Support).Abandoned(5),
            new Story(Nine).Received().Queued(0, Support).Abandoned(5.001),
            new Story(Nine).Received().Queued(0, Support).Answered(1, Ann).Ended(3, CallOutcome.Failed),
            new Story(Nine).Received().Ivr(0).Ended(8, CallOutcome.LeftInIvr),
            new Story(Nine).Received().Ivr(0).Queued(2, Support).Abandoned(62));

        var total = (await center.Kpis.ReportAsync(new KpiQuery(Day, []), default)).Total;

        total.ShouldSatisfyAllConditions(
            t => (t.ContactsOffered, t.ContactsHandled, t.ContactsAbandoned, t.ContactsShortAbandoned, t.ContactsOverflowed, t.ContactsUnknown).ShouldBe((5, 2, 3, 1, 0, 1)),
            t => t.AverageSpeedOfAnswerSeconds.ShouldBe(15),
            t => t.AbandonmentRate.ShouldBe(0.6),
            t => t.AverageTimeToAbandonSeconds!.Value.ShouldBe((5 + 5.001 + 60) / 3, 1e-9),
            t => t.LongestWaitSeconds.ShouldBe(60),
            t => t.AverageTalkSeconds.ShouldBe((26 + 10) / 2.0),
            t => t.AverageHoldSeconds.ShouldBe(2),
            t => t.AverageAfterCallWorkSeconds.ShouldBe(3),
            t => t.AverageHandleSeconds.ShouldBe((36 + 10) / 2.0),
            t => t.HoldRate.ShouldBe(0.5),
            t => t.AgentNonResponse.ShouldBe(1),
            t => t.IvrAbandonmentRate.ShouldBe(0.5),
            t => t.SelfServiceRate.ShouldBe(0));
        var levels = await center.Kpis.ServiceLevelsAsync(
            total.Query, [.. new[] { 9, 10, 20, 0 }.Select(t => (t, ShortAbandons.Count)), (20, ShortAbandons.Exclude), (20, ShortAbandons.CountAsMet)], default);
        new[] { 9, 10, 20, 0 }.Select(t => levels[(new KpiCell(), (t, ShortAbandons.Count))]).ShouldBe([0, 0.2, 0.4, 0]);
        (levels[(new KpiCell(), (20, ShortAbandons.Exclude))], levels[(new KpiCell(), (20, ShortAbandons.CountAsMet))]).ShouldBe((0.5, 0.6));
    }

    [Fact]
    public async Task A_transferred_contact_counts_once_as_handled_where_it_was_answered()
    {
        await using var center = await ProjectAsync(
            new Story(Nine).Received().Queued(0, Support).Answered(2, Ann).Transferred(10, Ann, Bob).Ended(20, CallOutcome.Handled),
            new Story(Nine).Received().Queued(0, Support).Answered(4, Ann).Transferred(10, Ann, toQueue: Sales).Queued(10, Sales).Answered(20, Bob).Ended(30, CallOutcome.Handled),
            new Story(Nine).Internal().Offered(1, Bob).Answered(2, Bob).Ended(5, CallOutcome.Handled));

        var report = await center.Kpis.ReportAsync(new KpiQuery(Day, [KpiDimension.Queue]), default);

        (report.Total.ContactsOffered, report.Total.ContactsHandled, report.Total.TransferRate).ShouldBe((3, 3, 2 / 3.0));
        report.Rows.Single(r => r.Cell.QueueId == Support).ShouldSatisfyAllConditions(
            r => (r.ContactsHandled, r.TransferRate, r.AverageSpeedOfAnswerSeconds).ShouldBe((2, 1, 3)),
            r => r.AverageTalkSeconds.ShouldBe((18 + 6) / 2.0));
        report.Rows.Single(r => r.Cell.QueueId == Sales).ShouldSatisfyAllConditions(
            r => (r.ContactsHandled, r.TransferRate, r.AverageSpeedOfAnswerSeconds).ShouldBe((1, 0, 10)));
    }

    [Fact]
    public async Task Percentiles_are_nearest_rank_over_all_offered_contacts()
    {
        await using var center = await ProjectAsync([.. Enumerable.Range(1, 10).Select(i => new Story(Nine).Received().Queued(0, Support).Abandoned(i))]);
        var percentiles = await center.Kpis.WaitPercentilesAsync(new KpiQuery(Day, []), [0, 0.1, 0.5, 0.55, 0.9, 1], default);
        new[] { 0, 0.1, 0.5, 0.55, 0.9, 1 }.Select(p => percentiles[(new KpiCell(), p)]).ShouldBe([1, 1, 5, 6, 9, 10]);
    }

    [Fact]
    public async Task A_rate_or_mean_over_nothing_is_null_and_never_zero()
    {
        await using var center = await ProjectAsync();
        var query = new KpiQuery(Day, []);
        var report = await center.Kpis.ReportAsync(query, default);
        (report.Total.AverageSpeedOfAnswerSeconds, report.Total.AbandonmentRate, report.Total.LongestWaitSeconds, report.Total.AverageTalkSeconds, report.Total.IvrAbandonmentRate)
            .ShouldBe((null, null, null, null, null));
        (await center.Kpis.ServiceLevelsAsync(query, [(20, ShortAbandons.Count)], default)).ShouldBeEmpty();
        (await center.Kpis.WaitPercentilesAsync(query, [0.5], default)).ShouldBeEmpty();
        report.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_contact_belongs_to_the_interval_in_which_it_entered_the_queue()
    {
        await using var center = await ProjectAsync(
            new Story(Nine).Received(0).Queued(3599, Support).Abandoned(3700),
            new Story(Nine).Received(0).Queued(3600, Support).Abandoned(3700));
        var rows = (await center.Kpis.ReportAsync(new KpiQuery(Day, [KpiDimension.Interval]), default)).Rows;
        rows.Select(r => (r.Cell.IntervalStart, r.ContactsOffered)).ShouldBe([(Nine, 1), (Nine.AddHours(1), 1)]);
    }

    [Fact]
    public async Task The_period_includes_its_start_and_not_its_end()
    {
        await using var center = await ProjectAsync(new Story(Nine).Received().Queued(0, Support).Abandoned(1), new Story(Nine).Received().Queued(3600, Support).Abandoned(3601));
        (await center.Kpis.ReportAsync(new KpiQuery(new KpiFilter(Nine, Nine.AddHours(1)), []), default)).Total.ContactsOffered.ShouldBe(1);
    }

    [Theory]
    [InlineData(KpiInterval.QuarterHour, "2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z")]
    [InlineData(KpiInterval.HalfHour, "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z")]
    [InlineData(KpiInterval.Hour, "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z")]
    [InlineData(KpiInterval.Day, "2026-10-24T22:00:00Z", "2026-10-24T22:00:00Z")]
    [InlineData(KpiInterval.Week, "2026-10-18T22:00:00Z", "2026-10-18T22:00:00Z")]
    [InlineData(KpiInterval.Month, "2026-09-30T22:00:00Z", "2026-09-30T22:00:00Z")]
    public async Task The_hour_that_the_end_of_summer_time_repeats_stays_two_hours_and_days_begin_at_local_midnight(KpiInterval interval, string first, string second)
    {
        // In Berlin, 02:20 comes twice on 25 October 2026: at 00:20 and at 01:20 UTC.
        var twenty = new DateTimeOffset(2026, 10, 25, 0, 20, 0, TimeSpan.Zero);
        await using var center = await ProjectAsync(new Story(twenty).Received().Queued(0, Support).Abandoned(1), new Story(twenty.AddHours(1)).Received().Queued(0, Support).Abandoned(1));
        var filter = new KpiFilter(twenty.AddDays(-1), twenty.AddDays(1), interval, "Europe/Berlin");
        var starts = (await center.Kpis.ReportAsync(new KpiQuery(filter, [KpiDimension.Interval]), default)).Rows.SelectMany(r => Enumerable.Repeat(r.Cell.IntervalStart, r.ContactsOffered));
        starts.ShouldBe([DateTimeOffset.Parse(first), DateTimeOffset.Parse(second)]);
    }

    [Fact]
    public async Task Hours_and_weekdays_are_those_of_the_reports_zone()
    {
        // 23:30 on Sunday in UTC is 05:00 on Monday in Kolkata.
        await using var center = await ProjectAsync(new Story(new DateTimeOffset(2026, 1, 4, 23, 30, 0, TimeSpan.Zero)).Received().Queued(0, Support).Abandoned(1));
        var query = new KpiQuery(Day with { From = Nine.AddDays(-2), TimeZone = "Asia/Kolkata" }, [KpiDimension.HourOfDay, KpiDimension.Weekday]);
        (await center.Kpis.ReportAsync(query, default)).Rows.ShouldHaveSingleItem().Cell.ShouldBe(new KpiCell(HourOfDay: 5, Weekday: 1));
    }

    [Fact]
    public async Task Rows_by_every_dimension_add_up_to_the_total_and_name_their_contacts()
    {
        await using var center = await ProjectAsync(
            new Story(Nine).Received(0, "loans", "high").Queued(0, Support).Offered(1, Ann).Answered(10, Ann).Ended(40, CallOutcome.Handled),
            new Story(Nine).Received(0, "cards").Queued(0, Sales).Offered(1, Bob).Answered(20, Bob).Ended(30, CallOutcome.Handled),
            new Story(Nine).Received().Queued(0, Sales).Abandoned(5));
        foreach (var dimension in Enum.GetValues<KpiDimension>())
        {
            var query = new KpiQuery(Day, [dimension]);
            var report = await center.Kpis.ReportAsync(query, default);
            report.Rows.Sum(r => r.ContactsOffered).ShouldBe(report.Total.ContactsOffered);
            var contacts = 0;
            foreach (var row in report.Rows)
            {
                var page = await center.Kpis.ContactsAsync(query, row.Cell, 10, null, default);
                page.Nodes.Count.ShouldBe(await center.Kpis.CountContactsAsync(query, row.Cell, default));
                contacts += page.Nodes.Count;
            }

            contacts.ShouldBe(3, $"by {dimension}");
        }

        var byBoth = await center.Kpis.ReportAsync(new KpiQuery(Day, [KpiDimension.Queue, KpiDimension.Topic]), default);
        byBoth.Rows.Select(r => (r.Cell.QueueId, r.Cell.Topic, r.ContactsHandled)).ShouldBe([(Support, "loans", 1), (Sales, "cards", 1), (Sales, "none", 0)], ignoreOrder: true);
        var levels = await center.Kpis.ServiceLevelsAsync(byBoth.Rows[0].Query, [(10, ShortAbandons.Count)], default);
        levels[(new KpiCell(QueueId: Support, Topic: "loans"), (10, ShortAbandons.Count))].ShouldBe(1);
        levels[(new KpiCell(QueueId: Sales, Topic: "none"), (10, ShortAbandons.Count))].ShouldBe(0);
    }

    [Fact]
    public async Task A_filter_keeps_queue_agent_topic_and_segment()
    {
        await using var center = await ProjectAsync(
            new Story(Nine).Received(0, "loans", "high").Queued(0, Support).Offered(1, Ann).Missed(2, Ann, NonResponse.TimedOut).Offered(2, Bob).Answered(10, Bob).Ended(40, CallOutcome.Handled),
            new Story(Nine).Received(0, "cards").Ivr(0).Queued(0, Sales).Abandoned(5));
        await ShouldOfferAsync(Day with { Queues = [Support] }, 1);
        await ShouldOfferAsync(Day with { Agents = [Bob] }, 1);
        await ShouldOfferAsync(Day with { Agents = [Ann] }, 0);
        await ShouldOfferAsync(Day with { Topics = ["cards"] }, 1);
        await ShouldOfferAsync(Day with { Segments = ["high"] }, 1);
        await ShouldOfferAsync(Day with { Channels = ["voice"] }, 2);
        await ShouldOfferAsync(Day with { Channels = ["chat"] }, 0);
        (await center.Kpis.ReportAsync(new KpiQuery(Day with { Agents = [Ann] }, []), default)).Total.AgentNonResponse.ShouldBe(1);
        (await center.Kpis.ReportAsync(new KpiQuery(Day with { Queues = [Sales] }, []), default)).Total.IvrAbandonmentRate.ShouldBeNull();

        async Task ShouldOfferAsync(KpiFilter filter, int offered) => (await center.Kpis.ReportAsync(new KpiQuery(filter, []), default)).Total.ContactsOffered.ShouldBe(offered);
    }

    [Fact]
    public async Task A_report_is_provisional_while_contacts_of_it_have_no_end()
    {
        var waiting = new Story(Nine).Received().Queued(0, Support);
        await using var center = await ProjectAsync(waiting);
        (await center.Kpis.ReportAsync(new KpiQuery(Day, []), default)).ShouldSatisfyAllConditions(r => r.Provisional.ShouldBeTrue(), r => r.Total.ContactsOffered.ShouldBe(0));
        await center.AppendAsync(waiting.Id, Call.StreamType, new Story(Nine).Abandoned(5).Events);
        await center.CatchUpAsync();
        (await center.Kpis.ReportAsync(new KpiQuery(Day, []), default)).Provisional.ShouldBeFalse();
        (await center.Kpis.ReportAsync(new KpiQuery(Day with { To = DateTimeOffset.UtcNow.AddHours(1) }, []), default)).Provisional.ShouldBeTrue();
    }

    [Fact]
    public async Task A_report_that_makes_no_sense_is_refused_by_name()
    {
        await using var center = await ProjectAsync();
        await ShouldRefuseAsync(new KpiQuery(Day with { To = Day.From }, []), "The period is empty");
        await ShouldRefuseAsync(new KpiQuery(Day with { TimeZone = "Mars/Olympus" }, []), "\"Mars/Olympus\" is not an IANA time zone");
        await ShouldRefuseAsync(new KpiQuery(Day with { FirstContactDays = 0 }, []), "1 to 365 days, not 0");
        await ShouldRefuseAsync(new KpiQuery(Day, [KpiDimension.Queue, KpiDimension.Queue]), "named twice");

        async Task ShouldRefuseAsync(KpiQuery query, string said) =>
            (await Should.ThrowAsync<BadKpiQueryException>(() => center.Kpis.ReportAsync(query, default))).Message.ShouldContain(said);
    }

    private async Task<CenterHarness> ProjectAsync(params Story[] stories)
    {
        var center = await CenterHarness.CreateAsync(postgres);
        foreach (var (id, name) in new[] { (Support, "Support"), (Sales, "Sales") })
        {
            await center.AppendAsync(id, Queue.StreamType, new QueueCreated(id, new QueueSettings(name, null), Nine));
        }

        foreach (var story in stories)
        {
            await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        }

        await center.CatchUpAsync();
        return center;
    }
}
