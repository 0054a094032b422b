using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Domain.Tickets;
using CallCenter.EventStore;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Kpi.Proof;
using CallCenter.Projections.Tests.Calls;
using CallCenter.Testing;

namespace CallCenter.Projections.Tests.Kpi;

/// <summary>Figures against the events that make them.</summary>
[Collection(PostgresCollection.Name)]
public sealed class KpiProofTests(PostgresFixture postgres)
{
    // Over the days on which the clocks of Lord Howe and of Berlin change.
    private static readonly DateTimeOffset Start = new(2025, 10, 3, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Length = TimeSpan.FromDays(25);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_figure_of_any_report_equals_what_is_counted_from_the_events_of_its_contacts(int seed)
    {
        var random = new Random(seed);
        await using var center = await CenterHarness.CreateAsync(postgres);
        var queues = Ids(3);
        var agents = Ids(6);
        var model = new RandomCenter(random, Start, Length, queues, agents);
        foreach (var (queue, i) in queues.Select((queue, i) => (queue, i)))
        {
            await center.AppendAsync(queue, Queue.StreamType, new QueueCreated(queue, new QueueSettings($"Queue {i}", null, ShortAbandonSeconds: 2 + i), Start));
        }

        var streams = new List<StreamAppend>();
        streams.AddRange(agents.Select((agent, i) => Stream(agent, Agent.StreamType, model.Shifts(agent, i == 0 ? null : $"team {i % 2}"))));
        streams.AddRange(Enumerable.Range(0, 900).Select(_ => (IReadOnlyList<CallEvent>)[.. model.Call()]).Select(call => Stream(call[0].CallId, Call.StreamType, call)));
        streams.AddRange(Enumerable.Range(0, 120).Select(n => model.Ticket(n)).Select(ticket => Stream(ticket[0].TicketId, Ticket.StreamType, ticket)));
        foreach (var some in streams.Chunk(30))
        {
            await center.Store.AppendAsync(some, EventMetadata.None);
        }

        await center.CatchUpAsync();
        var reports = new RandomReports(center, random, new KpiFilter(Start, Start + Length), ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York"]);
        await reports.ShouldEqualTheirRecountAsync(30);
        RandomReports.Columns.Select(column => column.Name).Except(reports.Seen).ShouldBeEmpty("a figure that is never more than nothing proves nothing");

        static StreamAppend Stream(Guid id, string type, IReadOnlyList<DomainEvent> events) => new(id, type, ExpectedVersion.Any, [.. events.Select(e => EventData.Of(e))]);
    }

    [Fact]
    public async Task A_figure_that_was_changed_behind_the_events_is_found()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var (queue, agent) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var story = new Story(Start).Received().Queued(0, queue).Answered(10, agent).Ended(40, CallOutcome.Handled);
        await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        await center.CatchUpAsync();
        var query = new KpiQuery(new KpiFilter(Start, Start.AddDays(1)), [KpiDimension.Queue]);
        (await ProveAsync()).ShouldAllBe(proof => proof.Agrees && proof.Served == 10 && proof.Shares.Single() == new KpiShare(story.Id, 10_000, 1));

        await using (var change = center.Source.CreateCommand("update calls.visits set wait_ms = 9999; update calls.quarters set answer_ms = 9999"))
        {
            await change.ExecuteNonQueryAsync();
        }

        (await ProveAsync()).ShouldAllBe(proof => !proof.Agrees && proof.Served == 9.999 && proof.Recounted == 10);

        await using (var delete = center.Source.CreateCommand("delete from calls.calls; delete from calls.visits; delete from calls.quarters"))
        {
            await delete.ExecuteNonQueryAsync();
        }

        (await ProveAsync()).Select(proof => (proof.Cell?.QueueId, proof.Served, proof.Recounted)).ShouldBe([(null, null, 10), (queue, null, 10)]);

        async Task<IReadOnlyList<KpiProof>> ProveAsync()
        {
            var table = await KpiTable.ReadAsync(center.Kpis, query, [KpiColumn.Parse("asa")], default);
            return [.. KpiProof.Of(table, await KpiEvidence.GatherAsync(center.Source, center.Types, query.Filter, table.Report.AsOf, default))];
        }
    }

    [Fact]
    public async Task What_nobody_called_about_has_a_row_all_the_same()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var (queue, ticket) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var (call, answer) = (new Story(Start).Received(topic: "loans").Queued(0, queue).Abandoned(9), new Story(Start).Received().Ivr(0).Scored(5, 4).Ended(9, CallOutcome.LeftInIvr));
        await center.AppendAsync(call.Id, Call.StreamType, call.Events);
        await center.AppendAsync(answer.Id, Call.StreamType, answer.Events);
        await center.AppendAsync(ticket, Ticket.StreamType, new TicketOpened(ticket, 1234, "No tone", TicketPriority.Low, ContactChannel.ByHand, SlaClock.None, Start, Topic: "cards"));
        await center.CatchUpAsync();
        var filter = new KpiFilter(Start, Start.AddDays(1));
        (await center.Kpis.WholeReportAsync(new KpiQuery(filter, [KpiDimension.Topic]), default)).Rows.Select(row => (row.Cell.Topic, row.ContactsOffered)).ShouldBe([("cards", 0), ("loans", 1), ("none", 0)]);
        (await center.Kpis.WholeReportAsync(new KpiQuery(filter, [KpiDimension.Queue]), default)).Rows.Select(row => row.Cell.QueueId).ShouldBe([queue, null]);
    }

    [Theory]
    [InlineData("2026-03-27T00:00:00Z", 23)]
    [InlineData("2026-10-23T00:00:00Z", 25)]
    public async Task A_day_on_which_the_clocks_change_has_23_or_25_hours_of_contacts(string friday, int hours)
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var (from, queue) = (DateTimeOffset.Parse(friday), Guid.CreateVersion7());
        foreach (var hour in Enumerable.Range(0, 96))
        {
            var story = new Story(from.AddHours(hour)).Received().Queued(0, queue).Abandoned(10);
            await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        }

        await center.CatchUpAsync();
        var filter = new KpiFilter(from, from.AddHours(96), KpiInterval.Day, "Europe/Berlin");
        var days = (await center.Kpis.ReportAsync(new KpiQuery(filter, [KpiDimension.Interval]), default)).Rows.ToDictionary(row => row.Cell.IntervalStart!.Value.AddHours(3).Day, row => row.ContactsOffered);
        days[from.Day + 1].ShouldBe(24);
        days[from.Day + 2].ShouldBe(hours);
        var byHour = (await center.Kpis.ReportAsync(new KpiQuery(filter with { Interval = KpiInterval.Hour }, [KpiDimension.Interval]), default)).Rows;
        byHour.Count.ShouldBe(96, "each hour is one, however the clocks go");
    }

    [Theory]
    [InlineData("asa", "averageSpeedOfAnswerSeconds")]
    [InlineData("AHT", "averageHandleSeconds")]
    [InlineData("contactsoffered", "contactsOffered")]
    [InlineData("sl", "serviceLevel:20")]
    [InlineData("sl30:exclude", "serviceLevel:30:exclude")]
    [InlineData("serviceLevel:0:met", "serviceLevel:0:met")]
    [InlineData("p95", "waitPercentileSeconds:0.95")]
    [InlineData("waitPercentileSeconds:0.5", "waitPercentileSeconds:0.5")]
    public void A_figure_is_known_by_its_name_and_by_the_usual_one(string asked, string name)
    {
        KpiColumn.Parse(asked).Name.ShouldBe(name);
        KpiColumn.Parse(name).ShouldBe(KpiColumn.Parse(asked));
    }

    [Theory]
    [InlineData("happiness")]
    [InlineData("sl-1")]
    [InlineData("sl1.5")]
    [InlineData("sl20:maybe")]
    [InlineData("p101")]
    [InlineData("asa:20")]
    [InlineData("")]
    public void What_is_no_figure_is_named_and_those_that_there_are_are_listed(string asked)
    {
        var message = Should.Throw<BadKpiQueryException>(() => KpiColumn.Parse(asked)).Message;
        message.ShouldStartWith($"\"{asked}\" is no figure.");
        foreach (var figure in Enum.GetValues<KpiFigure>())
        {
            message.ShouldContain(figure.ToString(), Case.Insensitive);
        }
    }

    private static Guid[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];
}
