using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Tests.Calls;
using CallCenter.Testing;

namespace CallCenter.Projections.Tests.Kpi;

/// <summary>Figures that are computed for those who ask: first contacts, agents' time, satisfaction, blockage.</summary>
[Collection(PostgresCollection.Name)]
public sealed class KpiCellsTests(PostgresFixture postgres)
{
    private static readonly Guid Support = Guid.CreateVersion7();
    private static readonly Guid Sales = Guid.CreateVersion7();
    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Guid Bob = Guid.CreateVersion7();
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly KpiFilter Month = new(Nine.AddDays(-5), Nine.AddDays(25));

    [Fact]
    public async Task A_first_contact_counts_as_resolved_when_nobody_comes_back_with_the_same_topic_within_the_window()
    {
        await using var center = await ProjectAsync(
            [],
            Handled("1", 0, "loans"),
            Handled("2", 0, "loans"), Handled("2", 3, "loans"),
            Handled("3", 0, "loans"), Handled("3", 3, "cards", resolved: false),
            Handled("4", 0, "loans"), Handled("4", 8, "loans"),
            new Story(Nine).Received(0, "loans", from: "5").Queued(0, Support).Abandoned(5), Handled("5", 0.1, "loans"),
            Handled("", 0, "loans"));

        // First: 1, 2, both of 3, both of 4. Of those 1, the first of 3 and both of 4 stayed resolved.
        (await FirstAsync(Month)).ShouldBe(new FirstContacts(First: 6, Resolved: 4, Handled: 8, Customers: 5));
        (await FirstAsync(Month with { FirstContactDays = 2 })).ShouldBe(new FirstContacts(First: 7, Resolved: 6, Handled: 8, Customers: 5));
        (await FirstAsync(Month with { Topics = ["cards"] })).ShouldBe(new FirstContacts(First: 1, Resolved: 0, Handled: 1, Customers: 1));
        var byTopic = await center.Kpis.FirstContactsAsync(new KpiQuery(Month, [KpiDimension.Topic]), default);
        byTopic.Sum(cell => cell.Value.First).ShouldBe(6);
        (await center.Kpis.ReportAsync(new KpiQuery(Month with { To = DateTimeOffset.UtcNow.AddDays(-6) }, []), default)).ShouldSatisfyAllConditions(
            report => report.Provisional.ShouldBeFalse(), report => report.FirstContactsProvisional.ShouldBeTrue());

        async Task<FirstContacts> FirstAsync(KpiFilter filter) => (await center.Kpis.FirstContactsAsync(new KpiQuery(filter, []), default))[new KpiCell()];
    }

    [Fact]
    public async Task First_contacts_are_those_that_a_plain_reading_of_the_definition_finds()
    {
        var random = new Random(20260105);
        var contacts = Enumerable.Range(0, 300).Select(_ => (From: $"{random.Next(40)}", Day: random.NextDouble() * 20, Topic: $"t{random.Next(2)}", Resolved: random.Next(4) > 0, IsHandled: random.Next(5) > 0)).ToList();
        await using var center = await ProjectAsync([], [.. contacts.Select(c => c.IsHandled ? Handled(c.From, c.Day, c.Topic, c.Resolved) : new Story(Nine.AddDays(c.Day)).Received(0, c.Topic, from: c.From).Queued(0, Support).Abandoned(60))]);
        var handled = contacts.Where(c => c.IsHandled).ToList();
        var first = handled.Where(c => !contacts.Exists(o => (o.From, o.Topic) == (c.From, c.Topic) && o.Day < c.Day && o.Day >= c.Day - 7)).ToList();
        var ends = TimeSpan.FromSeconds(60).TotalDays;
        var resolved = first.Count(c => c.Resolved && !contacts.Exists(o => (o.From, o.Topic) == (c.From, c.Topic) && o.Day > c.Day && o.Day <= c.Day + ends + 7));
        (await center.Kpis.FirstContactsAsync(new KpiQuery(Month, []), default))[new KpiCell()].ShouldBe(
            new FirstContacts(first.Count, resolved, handled.Count, contacts.DistinctBy(c => c.From).Count()));
    }

    [Fact]
    public async Task Agents_time_is_split_at_the_edges_of_intervals_and_a_ring_counts_when_it_was_answered()
    {
        var call = Guid.CreateVersion7();
        await using var center = await ProjectAsync(
            [
                (Ann, Created(Ann, "red")), (Ann, new AgentSignedIn(Ann, At(0))),
                (Ann, Status(Ann, AgentStatus.Offered, 5, call)), (Ann, Status(Ann, AgentStatus.Available, 6)),
                (Ann, Status(Ann, AgentStatus.Offered, 9, call)), (Ann, Status(Ann, AgentStatus.Busy, 10, call)), (Ann, Status(Ann, AgentStatus.WrapUp, 40, call)), (Ann, Status(Ann, AgentStatus.NotReady, 50)),
                (Ann, new AgentSignedOut(Ann, "by-hand", At(70))),
                (Bob, Created(Bob, "blue")), (Bob, new AgentSignedIn(Bob, At(0))), (Bob, new AgentSignedOut(Bob, "by-hand", At(60))),
            ]);

        var ann = Minutes(70, 50, 41);
        (await TimesAsync()).ShouldBe([(new KpiCell(), Minutes(130, 110, 41))]);
        (await TimesAsync(KpiDimension.Agent)).ShouldBe([(new KpiCell(AgentId: Ann), ann), (new KpiCell(AgentId: Bob), Minutes(60, 60, 0))], ignoreOrder: true);
        (await TimesAsync(KpiDimension.Team)).ShouldBe([(new KpiCell(Team: "red"), ann), (new KpiCell(Team: "blue"), Minutes(60, 60, 0))], ignoreOrder: true);
        (await TimesAsync(KpiDimension.Interval)).ShouldBe(
            [(new KpiCell(IntervalStart: Nine), Minutes(60, 60, 21)), (new KpiCell(IntervalStart: Nine.AddMinutes(30)), Minutes(60, 50, 20)), (new KpiCell(IntervalStart: Nine.AddMinutes(60)), Minutes(10, 0, 0))], ignoreOrder: true);
        (await TimesAsync(KpiDimension.Queue)).ShouldBeEmpty("an agent's time is no queue's");
        (ann.Occupancy, ann.Utilization, ann.PerHour(7)).ShouldBe((41 / 50.0, 41 / 70.0, 6));

        async Task<IEnumerable<(KpiCell, AgentTimes)>> TimesAsync(params IReadOnlyList<KpiDimension> dimensions) =>
            (await center.Kpis.AgentTimesAsync(new KpiQuery(Month with { Interval = KpiInterval.HalfHour }, dimensions), default)).Select(cell => (cell.Key, cell.Value));

        static AgentTimes Minutes(long signedIn, long ready, long onContacts) => new(signedIn * 60_000, ready * 60_000, onContacts * 60_000);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Australia/Lord_Howe")]
    public async Task However_agents_time_is_divided_nothing_of_it_is_lost_or_counted_twice(string zone)
    {
        // Over the days on which the clocks of Berlin and of Lord Howe change.
        var start = new DateTimeOffset(2026, 10, 2, 13, 7, 11, 345, TimeSpan.Zero);
        var random = new Random(7);
        var (at, events) = (start, new List<(Guid, AgentEvent)> { (Ann, Created(Ann, "red")), (Ann, new AgentSignedIn(Ann, start)) });
        while (at < start.AddDays(26))
        {
            at = at.AddMilliseconds(random.Next(1, 20_000_000));
            events.Add((Ann, new AgentStatusChanged(Ann, random.Next(2) == 0 ? AgentStatus.Available : AgentStatus.NotReady, at)));
        }

        await using var center = await ProjectAsync([.. events, (Ann, new AgentSignedOut(Ann, "by-hand", at))]);
        var filter = new KpiFilter(start.AddHours(1), start.AddDays(25), TimeZone: zone);
        var whole = (await center.Kpis.AgentTimesAsync(new KpiQuery(filter, []), default))[new KpiCell()];
        whole.SignedInMs.ShouldBe((long)(filter.To - filter.From).TotalMilliseconds);
        foreach (var interval in Enum.GetValues<KpiInterval>())
        {
            await ShouldSumAsync(filter with { Interval = interval }, KpiDimension.Interval);
        }

        await ShouldSumAsync(filter, KpiDimension.HourOfDay, KpiDimension.Weekday);
        var days = await center.Kpis.AgentTimesAsync(new KpiQuery(filter with { Interval = KpiInterval.Day }, [KpiDimension.Interval]), default);
        var lengths = days.OrderBy(day => day.Key.IntervalStart).Skip(1).SkipLast(1).Select(day => day.Value.SignedInMs / 3_600_000.0).Distinct().Order();
        lengths.ShouldBe(zone switch { "Europe/Berlin" => [24, 25], "Australia/Lord_Howe" => [23.5, 24], _ => [24] });

        async Task ShouldSumAsync(KpiFilter divided, params IReadOnlyList<KpiDimension> dimensions)
        {
            var cells = (await center.Kpis.AgentTimesAsync(new KpiQuery(divided, dimensions), default)).Values;
            (cells.Sum(cell => cell.SignedInMs), cells.Sum(cell => cell.ReadyMs)).ShouldBe((whole.SignedInMs, whole.ReadyMs), $"by {string.Join(", ", dimensions)} of {divided.Interval}");
        }
    }

    [Fact]
    public async Task Answers_belong_to_the_last_visit_and_each_scale_has_its_figure()
    {
        await using var center = await ProjectAsync(
            [],
            new Story(Nine).Received().Queued(0, Support).Answered(2, Ann).Transferred(10, Ann, toQueue: Sales).Queued(10, Sales).Answered(20, Bob).Scored(29, 5).Ended(30, CallOutcome.Handled),
            new Story(Nine).Received().Queued(0, Support).Answered(2, Ann).Scored(29, 2).Scored(29, 10, 0, 10).Ended(30, CallOutcome.Handled),
            new Story(Nine).Received().Ivr(0).Scored(5, 4).Scored(6, 6, 0, 10).Scored(6, 8, 0, 10).Scored(6, 9, 0, 10).Ended(8, CallOutcome.LeftInIvr));
        (await center.Kpis.SatisfactionAsync(new KpiQuery(Month, []), default))[new KpiCell()].ShouldBe(new Satisfaction(3, 11 / 3.0, 0.25));
        (await center.Kpis.SatisfactionAsync(new KpiQuery(Month, [KpiDimension.Queue, KpiDimension.Agent]), default)).Select(cell => (cell.Key.QueueId, cell.Key.AgentId, cell.Value)).ShouldBe(
            [(Sales, Bob, new Satisfaction(1, 5, null)), (Support, Ann, new Satisfaction(1, 2, 1)), (null, null, new Satisfaction(1, 4, 0))], ignoreOrder: true);
    }

    [Fact]
    public async Task Calls_that_were_refused_count_against_all_that_came_from_outside()
    {
        await using var center = await ProjectAsync(
            [],
            new Story(Nine).Received(topic: "loans").Ended(0, CallOutcome.Blocked), Handled("1", 0, "loans"), Handled("1", 1, "cards"), Handled("1", 2, "cards"), new Story(Nine).Internal().Offered(1, Bob).Answered(2, Bob).Ended(5, CallOutcome.Handled));
        (await center.Kpis.BlockagesAsync(new KpiQuery(Month, []), default)).ShouldHaveSingleItem().Value.ShouldBe(0.25);
        (await center.Kpis.BlockagesAsync(new KpiQuery(Month, [KpiDimension.Topic]), default)).Select(cell => (cell.Key.Topic, cell.Value)).ShouldBe([("loans", 0.5), ("cards", 0)], ignoreOrder: true);
        (await center.Kpis.BlockagesAsync(new KpiQuery(Month, [KpiDimension.Queue]), default)).ShouldBeEmpty();
        (await center.Kpis.BlockagesAsync(new KpiQuery(Month with { From = Nine.AddDays(10) }, []), default)).ShouldBeEmpty("a rate over nothing is null");
    }

    private static Story Handled(string from, double day, string topic, bool resolved = true) =>
        new Story(Nine.AddDays(day)).Received(0, topic, from: from).Queued(0, Support).Answered(2, Ann).Ended(60, CallOutcome.Handled).WrappedUp(60, 70, Ann, resolved);

    private static DateTimeOffset At(double minutes) => Nine.AddMinutes(minutes);

    private static AgentCreated Created(Guid id, string team) => new(id, team, null, [], Nine.AddDays(-1), AgentAttributes.None with { Team = team });

    private static AgentStatusChanged Status(Guid id, AgentStatus status, double minutes, Guid? call = null) => new(id, status, At(minutes), call);

    private async Task<CenterHarness> ProjectAsync(IReadOnlyList<(Guid Agent, AgentEvent Event)> agents, params IReadOnlyList<Story> stories)
    {
        var center = await CenterHarness.CreateAsync(postgres);
        foreach (var group in agents.GroupBy(agent => agent.Agent, agent => agent.Event))
        {
            await center.AppendAsync(group.Key, Agent.StreamType, [.. group]);
        }

        foreach (var story in stories)
        {
            await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        }

        await center.CatchUpAsync();
        return center;
    }
}
