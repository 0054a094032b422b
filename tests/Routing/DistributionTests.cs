using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>Offers by the queue's settings: whom it rings, when it gives up, where it sends callers.</summary>
[Collection(PostgresCollection.Name)]
public sealed class DistributionTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly QueueSettings Support = new("Support", "1000", WrapUpSeconds: 0);

    [Fact]
    public async Task Ring_all_rings_every_idle_agent_and_the_first_to_answer_has_the_call()
    {
        await using var floor = await StartAsync(Support with { Method = DistributionMethod.RingAll }, agents: 3);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(floor.RegisterAsync));
        var caller = floor.Switch.Call("1000");
        var legs = await Task.WhenAll(Enumerable.Range(0, 3).Select(agent => floor.OriginatedAsync(agent)));
        floor.Switch.Notify(new LegAnswered(legs[1]));
        await floor.VerbAsync($"Bridge {caller.Value} {legs[1].Value}");
        await floor.VerbAsync($"HangUp {legs[0].Value}");
        await floor.VerbAsync($"HangUp {legs[2].Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallOffered", "CallOffered", "CallAnswered");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        await floor.AgentIsAsync(1, AgentStatus.Busy);
        await floor.AgentIsAsync(2, AgentStatus.Available);
    }

    [Fact]
    public async Task Of_ring_all_one_who_refuses_leaves_the_others_ringing_and_who_answers_second_is_hung_up()
    {
        await using var floor = await StartAsync(Support with { Method = DistributionMethod.RingAll }, agents: 3);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(floor.RegisterAsync));
        var caller = floor.Switch.Call("1000");
        var legs = await Task.WhenAll(Enumerable.Range(0, 3).Select(agent => floor.OriginatedAsync(agent)));
        floor.Switch.Notify(new LegEnded(legs[0], LegEndReason.Rejected, 486, "Busy Here"));
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.EventsAsync(caller))[^1].ShouldBeOfType<CallOfferNotAnswered>();

        // Both answer before we could cancel either.
        floor.Switch.Notify(new LegAnswered(legs[2]));
        floor.Switch.Notify(new LegAnswered(legs[1]));
        await floor.VerbAsync($"Bridge {caller.Value} {legs[2].Value}");
        await floor.VerbAsync($"HangUp {legs[1].Value}");
        (await floor.EventsAsync(caller)).OfType<CallAnswered>().ShouldHaveSingleItem().AgentId.ShouldBe(floor.Agents[2]);
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task A_caller_who_leaves_while_all_ring_stops_all_of_them()
    {
        await using var floor = await StartAsync(Support with { Method = DistributionMethod.RingAll });
        await floor.RegisterAsync(0);
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("1000");
        var (one, other) = (await floor.OriginatedAsync(0), await floor.OriginatedAsync(1));
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        await floor.VerbAsync($"HangUp {one.Value}");
        await floor.VerbAsync($"HangUp {other.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallOffered", "CallAbandoned", "CallEnded");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task An_agent_who_misses_offers_in_a_row_is_made_not_ready_and_an_answer_in_between_counts_anew()
    {
        await using var floor = await StartAsync(Support with { RonaAfter = 2 }, agents: 1);
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        floor.Switch.Notify(new LegEnded(await floor.OriginatedAsync(0, times: 1), LegEndReason.NoAnswer, null, null));
        var second = await floor.OriginatedAsync(0, times: 2);
        floor.Switch.Notify(new LegAnswered(second));
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        await floor.AgentIsAsync(0, AgentStatus.Available);

        floor.Switch.Call("1000");
        floor.Switch.Notify(new LegEnded(await floor.OriginatedAsync(0, times: 3), LegEndReason.NoAnswer, null, null));
        floor.Switch.Notify(new LegEnded(await floor.OriginatedAsync(0, times: 4), LegEndReason.NoAnswer, null, null));
        await floor.AgentIsAsync(0, AgentStatus.NotReady);
        (await floor.ReadAllAsync()).Select(e => e.Data).OfType<AgentStatusChanged>().Last().Reason.ShouldBe("rona");
    }

    [Fact]
    public async Task An_agent_who_calls_its_own_queue_is_not_offered_that_call()
    {
        await using var floor = await StartAsync(Support, agents: 2);
        await floor.RegisterAsync(0);
        var phone = floor.Switch.Call("1000", "2001", new ExtensionSource("2001"));
        await floor.TellsAsync(phone, "CallReceived", "CallQueued");
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        floor.Switch.Notify(new PhoneRegistered("2002"));
        await floor.OriginatedAsync(1);
        await floor.TellsAsync(phone, "CallReceived", "CallQueued", "CallOffered");
        floor.Switch.Notify(new LegEnded(phone, LegEndReason.RemoteHangUp, null, null));
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Fact]
    public async Task Phones_are_asked_to_answer_by_themselves_where_the_queue_says_so()
    {
        await using var floor = await StartAsync(Support with { AutoAnswer = true });
        await floor.RegisterAsync(0);
        floor.Switch.Call("1000");
        await floor.OriginatedAsync(0);
        var headers = floor.Switch.Options.ShouldHaveSingleItem().ExtraHeaders;
        headers["Answer-Mode"].ShouldBe("Auto");
        headers["Call-Info"].ShouldEndWith(";answer-after=0");
        headers["Alert-Info"].ShouldContain("info=alert-autoanswer");
    }

    [Theory]
    [InlineData(false, "CallReceived", "CallQueued", "CallOverflowed", "CallQueued")]
    [InlineData(true, "CallReceived", "CallQueued")]
    public async Task A_call_that_comes_to_a_closed_queue_goes_on_at_once(bool open, params string[] story)
    {
        var sales = Guid.CreateVersion7();
        var calendar = Guid.CreateVersion7();
        await using var floor = await StartAsync(Support with { CalendarId = calendar, Overflow = [new(OverflowCause.Closed, 0, new(DestinationKind.Queue, "Sales"))] });
        await floor.AppendAsync(sales, Queue.StreamType, new QueueCreated(sales, new QueueSettings("Sales", "1001"), Now));
        var week = open ? Enum.GetValues<DayOfWeek>().Select(day => new WeekdayHours(day, new OpenHours(TimeOnly.MinValue, TimeOnly.MinValue))).ToArray() : [];
        await floor.AppendAsync(calendar, Calendar.StreamType, new CalendarConfigured(calendar, new CalendarSettings("Office", "UTC", week, []), Now));
        await floor.Router.ConfigureAsync();
        var caller = floor.Switch.Call("1000");
        await floor.TellsAsync(caller, story);
        (await floor.EventsAsync(caller)).OfType<CallQueued>().Last().QueueId.ShouldBe(open ? floor.QueueId : sales);
        await floor.VerbAsync($"Answer {caller.Value}");
        await floor.VerbAsync($"Play {caller.Value}");
    }

    [Fact]
    public async Task A_call_for_which_there_is_no_room_is_refused_as_blocked_and_enters_no_queue()
    {
        await using var floor = await StartAsync(Support with { Overflow = [new(OverflowCause.QueueLength, 1, new(DestinationKind.HangUp))] });
        var first = floor.Switch.Call("1000");
        await floor.VerbAsync($"Play {first.Value}");
        var second = floor.Switch.Call("1000");
        await floor.VerbAsync($"Reject {second.Value} 480");
        await floor.TellsAsync(second, "CallReceived", "CallEnded");
        (await floor.EventsAsync(second))[^1].ShouldBeOfType<CallEnded>().ShouldSatisfyAllConditions(e => (e.Outcome, e.Cause).ShouldBe((CallOutcome.Blocked, "queue-length")));
    }

    [Fact]
    public async Task A_call_that_has_waited_long_enough_goes_to_another_queue_and_is_served_there()
    {
        var sales = Guid.CreateVersion7();
        await using var floor = await StartAsync(Support with { Overflow = [new(OverflowCause.AfterSeconds, 1, new(DestinationKind.Queue, sales.ToString()))] });
        await floor.AppendAsync(sales, Queue.StreamType, new QueueCreated(sales, new QueueSettings("Sales", "1001"), Now));
        (await floor.Router.ChangeAgentAsync(floor.Agents[0], new ChangeAgent("Agent 0", "2001", [sales], Now), "admin")).ShouldBeNull();
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(0)));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOverflowed", "CallQueued", "CallOffered", "CallAnswered");
        var overflow = (await floor.EventsAsync(caller)).OfType<CallOverflowed>().Single();
        (overflow.QueueId, overflow.Cause).ShouldBe((floor.QueueId, "after-seconds"));
        (overflow.OccurredAt - (await floor.EventsAsync(caller)).OfType<CallQueued>().First().OccurredAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_call_leaves_when_the_last_agent_of_its_queue_signs_out()
    {
        await using var floor = await StartAsync(Support with { Overflow = [new(OverflowCause.NoAgents, 0, new(DestinationKind.HangUp))] }, agents: 1);
        await floor.RegisterAsync(0);
        var talking = floor.Switch.Call("1000");
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(0)));
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        var waiting = floor.Switch.Call("1000");
        await floor.TellsAsync(waiting, "CallReceived", "CallQueued");

        floor.Switch.Notify(new PhoneUnregistered("2001"));
        floor.Switch.Notify(new LegEnded(talking, LegEndReason.RemoteHangUp, null, null));
        await floor.TellsAsync(waiting, "CallReceived", "CallQueued", "CallOverflowed", "CallEnded");
        (await floor.EventsAsync(waiting))[^1].ShouldBeOfType<CallEnded>().Outcome.ShouldBe(CallOutcome.Blocked);
        await floor.VerbAsync($"HangUp {waiting.Value}");
    }

    [Fact]
    public async Task Queues_that_send_callers_round_keep_them_in_the_end()
    {
        var sales = Guid.CreateVersion7();
        await using var floor = await StartAsync(Support with { Overflow = [new(OverflowCause.QueueLength, 0, new(DestinationKind.Queue, "Sales"))] });
        await floor.AppendAsync(sales, Queue.StreamType, new QueueCreated(sales, new QueueSettings("Sales", "1001") { Overflow = [new(OverflowCause.QueueLength, 0, new(DestinationKind.Queue, "Support"))] }, Now));
        await floor.Router.ConfigureAsync();
        var caller = floor.Switch.Call("1000");
        await floor.VerbAsync($"Play {caller.Value}");
        var events = await floor.EventsAsync(caller);
        (events.OfType<CallOverflowed>().Count(), events.OfType<CallQueued>().Count()).ShouldBe((8, 9));
    }

    [Fact]
    public async Task A_rule_that_leads_to_nobody_costs_no_caller_the_place()
    {
        await using var floor = await StartAsync(Support with { Overflow = [new(OverflowCause.AfterSeconds, 1, new(DestinationKind.Queue, "Nowhere")), new(OverflowCause.QueueLength, 0, new(DestinationKind.Agent, Guid.NewGuid().ToString()))] });
        var caller = floor.Switch.Call("1000");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued");
        var late = floor.Switch.Call("1000");
        await floor.TellsAsync(late, "CallReceived", "CallQueued");
        floor.Switch.Notify(new PhoneRegistered("2001"));
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(0)));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered");
    }

    [Fact]
    public async Task A_second_tier_is_asked_when_its_time_has_come_and_nothing_else_happens()
    {
        await using var floor = await StartAsync(Support with { Tiers = [new(["first"], 0), new(["second"], 1)] });
        (await floor.Router.ChangeAgentAsync(floor.Agents[1], new ChangeAgent("Agent 1", "2002", [floor.QueueId], Now, new AgentAttributes { Groups = ["second"] }), "admin")).ShouldBeNull();
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("1000");
        await floor.OriginatedAsync(1);
        var events = await floor.EventsAsync(caller);
        (events.OfType<CallOffered>().Single().OccurredAt - events.OfType<CallQueued>().Single().OccurredAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_method_that_changes_while_callers_wait_decides_who_is_asked_next()
    {
        await using var floor = await StartAsync(Support);
        var caller = floor.Switch.Call("1000");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued");
        await floor.AppendAsync(floor.QueueId, Queue.StreamType, new QueueChanged(floor.QueueId, Support with { Tiers = [new(["nobody"], 0)] }, Now));
        await floor.Router.ConfigureAsync();
        await floor.RegisterAsync(0);
        await floor.RegisterAsync(1);
        floor.Switch.Verbs.ShouldNotContain(verb => verb.StartsWith("Originate", StringComparison.Ordinal));
        await floor.AppendAsync(floor.QueueId, Queue.StreamType, new QueueChanged(floor.QueueId, Support with { Method = DistributionMethod.TopDown, Order = [floor.Agents[1]] }, Now));
        await floor.Router.ConfigureAsync();
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(1)));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered");
    }

    [Fact]
    public async Task A_caller_who_calls_again_waits_for_the_agent_of_the_last_time()
    {
        await using var floor = await StartAsync(Support with { LastAgentPatienceSeconds = 2 });
        await floor.RegisterAsync(0);
        var first = floor.Switch.Call("1000", from: "4930111");
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(0)));
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        floor.Switch.Notify(new LegEnded(first, LegEndReason.RemoteHangUp, null, null));
        await floor.AgentIsAsync(0, AgentStatus.Available);

        // The other agent has been idle for longer, and is not asked.
        await floor.RegisterAsync(1);
        var again = floor.Switch.Call("1000", from: "4930111");
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(0, times: 2)));
        await floor.AgentIsAsync(0, AgentStatus.Busy);

        // And while the agent talks, only until patience ends.
        var other = floor.Switch.Call("1000", from: "4930111");
        await floor.OriginatedAsync(1);
        var events = await floor.EventsAsync(other);
        (events.OfType<CallOffered>().Single().OccurredAt - events.OfType<CallQueued>().Single().OccurredAt).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
        floor.Switch.Notify(new LegEnded(again, LegEndReason.RemoteHangUp, null, null));
    }

    [Fact]
    public async Task The_agent_of_the_last_time_is_waited_for_after_a_restart_too()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, settings: Support with { LastAgentPatienceSeconds = 600 }, run: false);
        floor.Served = [("4930111", floor.Agents[1]), ("4930111", floor.Agents[0]), ("", floor.Agents[0])];
        await floor.RunAsync(floor.Floor);
        await floor.RegisterAsync(0);
        await floor.RegisterAsync(1);
        floor.Switch.Call("1000", from: "4930111");
        await floor.OriginatedAsync(1);
        floor.Switch.Call("1000", from: "");
        await floor.OriginatedAsync(0);
    }

    private Task<RoutingHarness> StartAsync(QueueSettings settings, int agents = 2) => RoutingHarness.StartAsync(postgres, agents, settings: settings);
}
