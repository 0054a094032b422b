using System.Text.Json;

using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Projections.Calls;
using CallCenter.Testing;

namespace CallCenter.Projections.Tests.Calls;

[Collection(PostgresCollection.Name)]
public sealed class CallsProjectionTests(PostgresFixture postgres)
{
    private static readonly Guid Queue = Guid.CreateVersion7();
    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Guid Bob = Guid.CreateVersion7();
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static Story Whole() => new Story(Start).Received(0, "loans", "high").Ivr(1).Queued(2, Queue).Offered(3, Ann).Missed(8, Ann, NonResponse.TimedOut)
        .Offered(8, Bob).Answered(10.5, Bob).Held(20).Retrieved(25).Held(30).Ended(37, CallOutcome.Handled).WrappedUp(37, 45, Bob);

    [Fact]
    public async Task What_a_flow_finds_a_call_to_be_about_counts_for_its_visits()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var call = await ProjectAsync(center, new Story(Start).Received(0, "loans", "high").Ivr(1).Classified(2, "cards", null).Queued(3, Queue).Offered(3, Ann).Answered(4, Ann).Ended(9, CallOutcome.Handled));
        (call.Topic, call.Segment).ShouldBe(("cards", "high"));
        await using var command = center.Source.CreateCommand("select topic || ' ' || segment from calls.visits");
        (await command.ExecuteScalarAsync()).ShouldBe("cards high");
    }

    [Fact]
    public async Task Who_served_a_number_last_is_known_and_of_whoever_is_forgotten_nothing()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        foreach (var story in new[]
        {
            new Story(Start).From("111").Queued(0, Queue).Answered(1, Ann).Ended(9, CallOutcome.Handled),
            new Story(Start.AddHours(1)).From("111").Queued(0, Queue).Answered(1, Bob).Ended(9, CallOutcome.Handled),
            new Story(Start.AddHours(2)).From("222").Queued(0, Queue).Answered(1, Ann).Ended(9, CallOutcome.Handled),
            new Story(Start.AddHours(3)).From("333").Queued(0, Queue).Answered(1, Ann).Ended(9, CallOutcome.Handled),
            new Story(Start.AddHours(4)).From("").Queued(0, Queue).Answered(1, Ann).Ended(9, CallOutcome.Handled),
            new Story(Start.AddHours(5)).From("444").Queued(0, Queue).Abandoned(9),
            new Story(Start.AddDays(-40)).From("555").Queued(0, Queue).Answered(1, Ann).Ended(9, CallOutcome.Handled),
        })
        {
            await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        }

        await center.CatchUpAsync();
        await center.Persons.ForgetAsync(PersonalKinds.Number, "333");
        var served = new LastServed(center.Source, center.Personal);
        (await served.ReadAsync(Start.AddDays(-30), 10, default)).ShouldBe([("222", Ann), ("111", Bob)]);
        (await served.ReadAsync(Start.AddDays(-30), 2, default)).ShouldBe([("222", Ann)], "the forgotten one is one of two");
    }

    [Fact]
    public async Task A_call_is_read_as_its_events_tell_it()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var call = await ProjectAsync(center, Whole());
        call.ShouldSatisfyAllConditions(
            c => c.State.ShouldBe(CallState.Ended),
            c => c.Outcome.ShouldBe(CallOutcome.Handled),
            c => c.AgentId.ShouldBe(Bob),
            c => (c.Topic, c.Segment, c.Disposition, c.Resolved).ShouldBe(("loans", "high", "sold", true)),
            c => c.EndedAt.ShouldBe(Start.AddSeconds(37)),
            c => c.Version.ShouldBe(13));
        call.LastVisit!.ShouldSatisfyAllConditions(
            v => v.WaitMs.ShouldBe(8_500),
            v => v.HoldMs.ShouldBe(12_000),
            v => v.TalkMs.ShouldBe(14_500),
            v => v.WrapUpMs.ShouldBe(8_000),
            v => v.Outcome.ShouldBe(VisitOutcome.Handled),
            v => v.Offers.Select(o => (o.AgentId, o.Result)).ShouldBe([(Ann, OfferResult.TimedOut), (Bob, OfferResult.Answered)]));
    }

    [Fact]
    public async Task However_the_events_are_cut_into_batches_the_rows_are_those_of_the_whole()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var story = Whole();
        foreach (var @event in story.Events)
        {
            await center.AppendAsync(story.Id, Call.StreamType, @event);
            await center.CatchUpAsync();
        }

        var incremental = JsonSerializer.Serialize((await center.Calls.GetAsync([story.Id], default))[story.Id]);
        await center.Runtime.RebuildAsync("calls");
        JsonSerializer.Serialize((await center.Calls.GetAsync([story.Id], default))[story.Id]).ShouldBe(incremental);
        var folded = new CallView();
        foreach (var stored in await center.Store.FetchStreamAsync(story.Id))
        {
            folded.Apply((CallEvent)stored.Data, stored.Version);
        }

        JsonSerializer.Serialize(folded).ShouldBe(incremental);
    }

    [Fact]
    public async Task An_abandoned_offer_is_withdrawn_and_no_agent_keeps_the_call()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var call = await ProjectAsync(center, new Story(Start).Received().Queued(0, Queue).Offered(1, Ann).Abandoned(4.25));
        call.AgentId.ShouldBeNull();
        call.LastVisit!.ShouldSatisfyAllConditions(
            v => v.WaitMs.ShouldBe(4_250),
            v => v.Outcome.ShouldBe(VisitOutcome.Abandoned),
            v => v.Offers.ShouldHaveSingleItem().Result.ShouldBe(OfferResult.Withdrawn));
    }

    [Fact]
    public async Task A_transfer_to_an_agent_stays_inside_the_visit_and_hold_ends_with_it()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var call = await ProjectAsync(center, new Story(Start).Received().Queued(0, Queue).Offered(1, Ann).Answered(2, Ann).Held(10).Transferred(14, Ann, Bob).Ended(22, CallOutcome.Handled));
        call.AgentId.ShouldBe(Bob);
        call.Visits.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            v => (v.AgentId, v.Transferred, v.Outcome).ShouldBe((Ann, true, VisitOutcome.Handled)),
            v => (v.WaitMs, v.TalkMs, v.HoldMs).ShouldBe((2_000, 16_000, 4_000)));
    }

    [Fact]
    public async Task A_transfer_to_a_queue_ends_a_handled_visit_and_begins_another()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var other = Guid.CreateVersion7();
        var call = await ProjectAsync(center, new Story(Start).Received().Queued(0, Queue).Offered(1, Ann).Answered(2, Ann).Transferred(12, Ann, toQueue: other).Queued(12, other).Abandoned(15));
        call.Visits.Select(v => (v.QueueId, v.AgentId, v.Outcome, v.WaitMs, v.TalkMs, v.Transferred)).ShouldBe(
            [(Queue, Ann, VisitOutcome.Handled, 2_000, 10_000, true), (other, null, VisitOutcome.Abandoned, 3_000, null, false)]);
        (call.Outcome, call.AgentId).ShouldBe((CallOutcome.Abandoned, null));
    }

    [Fact]
    public async Task One_agents_call_to_another_visits_no_queue()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var call = await ProjectAsync(center, new Story(Start).Internal().Offered(1, Ann).Missed(3, Ann, NonResponse.Refused).Offered(4, Bob).Answered(5, Bob).Held(6).Retrieved(7).Ended(9, CallOutcome.Handled));
        (call.AgentId, call.Outcome, call.Visits.Count).ShouldBe((Bob, CallOutcome.Handled, 0));
    }

    [Theory]
    [InlineData(CallOutcome.Failed)]
    [InlineData(CallOutcome.Unknown)]
    public async Task A_visit_that_was_cut_short_has_no_known_end(CallOutcome outcome)
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var call = await ProjectAsync(center, new Story(Start).Received().Queued(0, Queue).Offered(1, Ann).Answered(2, Ann).Ended(9, outcome));
        (call.Outcome, call.LastVisit!.Outcome).ShouldBe((outcome, VisitOutcome.Unknown));
    }

    [Fact]
    public async Task Pages_are_newest_first_and_cursors_go_on_where_they_stopped()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var stories = Enumerable.Range(0, 7).Select(i => new Story(Start.AddMinutes(i / 2)).Received()).ToList();
        foreach (var story in stories)
        {
            await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        }

        await center.CatchUpAsync();
        var (seen, after) = (new List<CallView>(), (string?)null);
        do
        {
            var page = await center.Calls.PageAsync(new CallFilter(), 3, after, default);
            page.HasPrevious.ShouldBe(after is not null);
            seen.AddRange(page.Nodes);
            after = page.HasNext ? page.Cursors[^1] : null;
        }
        while (after is not null);

        seen.Select(c => c.Id).ShouldBe(stories.OrderByDescending(s => s.Events[0].OccurredAt).ThenByDescending(s => s.Id).Select(s => s.Id), ignoreOrder: false);
        (await center.Calls.CountAsync(new CallFilter(), default)).ShouldBe(7);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAA")]
    [InlineData("MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBtb25kYXk")]
    public async Task A_cursor_of_no_page_is_refused(string cursor)
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        await Should.ThrowAsync<BadCursorException>(() => center.Calls.PageAsync(new CallFilter(), 3, cursor, default));
    }

    [Fact]
    public async Task A_filter_keeps_what_it_names()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var handled = Whole();
        var left = new Story(Start.AddHours(1)).Received(0, "cards").Queued(0, Queue).Abandoned(3);
        foreach (var story in new[] { handled, left })
        {
            await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        }

        await center.CatchUpAsync();
        await ShouldFindAsync(new CallFilter(Outcome: CallOutcome.Abandoned), left);
        await ShouldFindAsync(new CallFilter(Agent: Bob), handled);
        await ShouldFindAsync(new CallFilter(Queue: Queue), left, handled);
        await ShouldFindAsync(new CallFilter(Queue: Guid.NewGuid()));
        await ShouldFindAsync(new CallFilter(MinWaitSeconds: 8.5), handled);
        await ShouldFindAsync(new CallFilter(MinWaitSeconds: 8.6));
        await ShouldFindAsync(new CallFilter(Topic: "cards"), left);
        await ShouldFindAsync(new CallFilter(From: Start.AddHours(1)), left);
        await ShouldFindAsync(new CallFilter(To: Start.AddHours(1)), handled);
        await ShouldFindAsync(new CallFilter(Number: "555"), left, handled);
        await ShouldFindAsync(new CallFilter(Number: "1000"), left, handled);
        await ShouldFindAsync(new CallFilter(Number: "556"));

        async Task ShouldFindAsync(CallFilter filter, params Story[] stories) =>
            (await center.Calls.PageAsync(filter, 10, null, default)).Nodes.Select(c => c.Id).ShouldBe(stories.Select(s => s.Id));
    }

    private static async Task<CallView> ProjectAsync(CenterHarness center, Story story)
    {
        await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        await center.CatchUpAsync();
        return (await center.Calls.GetAsync([story.Id], default))[story.Id];
    }
}
