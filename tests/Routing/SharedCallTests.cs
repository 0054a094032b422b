using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;
using CallCenter.Testing;

using SupervisionMode = CallCenter.Domain.Calls.SupervisionMode;

namespace CallCenter.Routing.Tests;

/// <summary>Calls that others have a hand in: parked, picked up, supervised, called back.</summary>
[Collection(PostgresCollection.Name)]
public sealed class SharedCallTests(PostgresFixture postgres)
{
    private const string Ann = DeskHarness.Ann;
    private static readonly string[] Talk = ["CallReceived", "CallQueued", "CallOffered", "CallAnswered"];

    [Fact]
    public async Task A_parked_caller_hears_music_and_is_fetched_by_code_from_another_phone()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, first, _) = await floor.TalkAsync();
        floor.Switch.Notify(new TransferRequested(first, new TransferId(7), "*70", "sip:*70@x", null));
        await floor.VerbAsync($"ReportTransfer {first.Value} 7 200");
        await floor.VerbAsync($"Play {caller.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        var nothing = floor.CallFrom(0, "*712");
        await floor.VerbAsync($"Reject {nothing.Value} 404");

        await floor.RegisterAsync(1);
        var second = floor.CallFrom(1, "*711");
        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        floor.Switch.Verbs.ShouldContain($"Answer {second.Value}");
        await floor.TellsAsync(caller, [.. Talk, "CallParked", "ParkedCallRetrieved"]);
        await floor.AgentIsAsync(1, AgentStatus.Busy);
        floor.End(second);
        await floor.VerbAsync($"HangUp {caller.Value}");
    }

    [Fact]
    public async Task Who_parks_by_a_code_hears_the_slot_and_is_let_go()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, agent, _) = await floor.TalkAsync();
        floor.Press(agent, "*709#");
        await floor.VerbAsync($"Play {agent.Value}");
        await floor.VerbAsync($"HangUp {agent.Value}");
        await floor.TellsAsync(caller, [.. Talk, "CallParked"]);
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.EventsAsync(caller)).OfType<CallParked>().Single().Slot.ShouldBe(9);
    }

    [Fact]
    public async Task A_slot_is_one_callers_and_fetching_by_command_rings_the_phone()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 1);
        var (caller, _, call) = await floor.TalkAsync();
        await floor.Router.ParkAsync(call, 7, Ann).ShouldBeDoneAsync();
        var other = floor.Switch.Call("1000");
        var leg = await floor.OriginatedAsync(0, times: 2);
        floor.Answer(leg);
        await floor.VerbAsync($"Bridge {other.Value} {leg.Value}");
        var otherCall = (await floor.EventsAsync(other))[0].CallId;
        await floor.Router.ParkAsync(otherCall, 7, Ann).ShouldRefuseAsync("PARK_SLOT");
        await floor.Router.RetrieveParkedAsync(otherCall, floor.Agents[0], Ann).ShouldRefuseAsync("CALL_NOT_PARKED");
        await floor.Router.ParkAsync(otherCall, null, Ann).ShouldBeDoneAsync();
        (await floor.EventsAsync(other)).OfType<CallParked>().Single().Slot.ShouldBe(1);

        await floor.Router.RetrieveParkedAsync(call, floor.Agents[0], Ann).ShouldBeDoneAsync();
        var again = await floor.OriginatedAsync(0, times: 3);
        floor.Answer(again);
        await floor.VerbAsync($"Bridge {caller.Value} {again.Value}");
        floor.End(other, LegEndReason.RemoteHangUp);
        await floor.TellsAsync(other, [.. Talk, "CallParked", "CallEnded"]);
    }

    [Theory]
    [InlineData("*70*5")]
    [InlineData("*700")]
    [InlineData("*7099999999999")]
    [InlineData("*512")]
    public async Task A_transfer_to_a_code_that_is_none_or_no_slot_is_refused_and_the_two_talk_on(string code)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, first, _) = await floor.TalkAsync();
        floor.Switch.Notify(new TransferRequested(first, new TransferId(7), code, $"sip:{code}@x", null));
        await RoutingHarness.UntilAsync(() => Task.FromResult(floor.Switch.Verbs.Any(verb => verb.StartsWith($"RefuseTransfer {first.Value} 7", StringComparison.Ordinal))), () => "it is not refused");
        await floor.TellsAsync(caller, Talk);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_parked_too_long_rings_at_who_parked_it_and_then_waits_in_its_queue(bool takesBack)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 1, parkTime: TimeSpan.FromMilliseconds(300));
        var (caller, _, call) = await floor.TalkAsync();
        await floor.Router.ParkAsync(call, null, Ann).ShouldBeDoneAsync();
        var back = await floor.OriginatedAsync(0, times: 2);
        if (takesBack)
        {
            floor.Answer(back);
            await floor.VerbAsync($"Bridge {caller.Value} {back.Value}");
            await floor.TellsAsync(caller, [.. Talk, "CallParked", "ParkTimedOut", "ParkedCallRetrieved"]);
        }
        else
        {
            floor.End(back, LegEndReason.NoAnswer);
            await floor.OriginatedAsync(0, times: 3);
            await floor.TellsAsync(caller, [.. Talk, "CallParked", "ParkTimedOut", "CallTransferred", "CallQueued", "CallOffered"]);
        }
    }

    [Fact]
    public async Task Who_takes_a_call_back_whose_caller_has_gone_meanwhile_is_let_go()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 1, parkTime: TimeSpan.FromMilliseconds(300));
        var (caller, _, call) = await floor.TalkAsync();
        await floor.Router.ParkAsync(call, null, Ann).ShouldBeDoneAsync();
        var back = await floor.OriginatedAsync(0, times: 2);
        floor.End(caller);
        await floor.TellsAsync(caller, [.. Talk, "CallParked", "ParkTimedOut", "CallEnded"]);
        floor.Answer(back);
        await floor.VerbAsync($"HangUp {back.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Fact]
    public async Task A_pick_up_that_is_refused_leaves_the_call_where_it_rings()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 600);
        var (first, _, _) = await floor.TalkAsync();
        floor.End(first);
        await floor.AgentIsAsync(0, AgentStatus.WrapUp);
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("1000");
        var ringing = await floor.OriginatedAsync(1);
        var late = floor.CallFrom(0, "*82002");
        await RoutingHarness.UntilAsync(() => Task.FromResult(floor.Switch.Verbs.Any(verb => verb.StartsWith($"Reject {late.Value} ", StringComparison.Ordinal))), () => "it is not refused");
        floor.Answer(ringing);
        await floor.VerbAsync($"Bridge {caller.Value} {ringing.Value}");
    }

    [Theory]
    [InlineData("*82002")]
    [InlineData("command")]
    public async Task One_of_several_who_are_rung_may_pick_the_call_up_from_another_phone(string how)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, with: settings => settings with { Method = Domain.Queues.DistributionMethod.RingAll });
        await floor.RegisterAsync(0);
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("1000");
        var (own, other) = (await floor.OriginatedAsync(0), await floor.OriginatedAsync(1));
        LegId second;
        if (how == "command")
        {
            await floor.Router.PickUpAsync((await floor.EventsAsync(caller))[0].CallId, floor.Agents[0], Ann).ShouldBeDoneAsync();
            second = await floor.OriginatedAsync(0, times: 2);
            floor.Answer(second);
        }
        else
        {
            second = floor.CallFrom(0, how);
        }

        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        await floor.VerbAsync($"HangUp {own.Value}");
        await floor.VerbAsync($"HangUp {other.Value}");
        await floor.AgentIsAsync(1, AgentStatus.Available);
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Busy);
    }

    [Theory]
    [InlineData("*8")]
    [InlineData("*82001")]
    [InlineData("command")]
    public async Task A_call_that_rings_at_a_colleague_is_picked_up(string how)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        var ringing = await floor.OriginatedAsync(0);
        await floor.RegisterAsync(1);
        LegId second;
        if (how == "command")
        {
            await floor.Router.PickUpAsync((await floor.EventsAsync(caller))[0].CallId, floor.Agents[1], Ann).ShouldBeDoneAsync();
            second = await floor.OriginatedAsync(1);
            floor.Answer(second);
        }
        else
        {
            second = floor.CallFrom(1, how);
        }

        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        await floor.VerbAsync($"HangUp {ringing.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallPickedUp", "CallAnswered");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.AgentAsync(1)).Status.ShouldBe(AgentStatus.Busy);
        var late = floor.CallFrom(0, "*82002");
        await floor.VerbAsync($"Reject {late.Value} 404");
    }

    [Theory]
    [InlineData("*33", SupervisionMode.Listen)]
    [InlineData("*34", SupervisionMode.Whisper)]
    [InlineData("*35", SupervisionMode.Barge)]
    public async Task A_supervisor_of_the_agents_team_hears_its_call_by_code(string code, SupervisionMode mode)
    {
        await using var floor = await SupervisedAsync();
        var (caller, agent, _) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        await floor.RegisterAsync(2);
        var stranger = floor.CallFrom(2, $"{code}2001");
        await floor.VerbAsync($"Reject {stranger.Value} 403");
        var supervisor = floor.CallFrom(1, $"{code}2001");
        await floor.VerbAsync($"Supervise {supervisor.Value} {agent.Value} {mode}");
        floor.Switch.Verbs.ShouldContain($"Answer {supervisor.Value}");
        await floor.AgentIsAsync(1, AgentStatus.Busy);
        floor.End(supervisor);
        await floor.TellsAsync(caller, [.. Talk, "SupervisionStarted", "SupervisionEnded"]);
        (await floor.ReadAllAsync()).Single(e => e.Data is SupervisionStarted).Metadata.UserName.ShouldBe("Agent 1");
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task Supervision_by_command_changes_its_mode_follows_the_call_and_ends_with_it()
    {
        await using var floor = await SupervisedAsync();
        var (caller, agent, call) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        await floor.Router.SuperviseAsync(call, floor.Agents[0], SupervisionMode.Listen, Ann).ShouldRefuseAsync("CALL_STATE");
        await floor.Router.SuperviseAsync(call, floor.Agents[1], SupervisionMode.Listen, Ann).ShouldBeDoneAsync();
        var supervisor = await floor.OriginatedAsync(1);
        floor.Answer(supervisor);
        await floor.VerbAsync($"Supervise {supervisor.Value} {agent.Value} Listen");
        await floor.Router.SuperviseAsync(call, floor.Agents[1], SupervisionMode.Whisper, Ann).ShouldBeDoneAsync();
        floor.Switch.Verbs[^1].ShouldBe($"Supervise {supervisor.Value} {agent.Value} Whisper");
        await floor.Router.HoldAsync(call, Ann).ShouldBeDoneAsync();
        await floor.Router.RetrieveAsync(call, Ann).ShouldBeDoneAsync();
        floor.Switch.Verbs[^1].ShouldBe($"Supervise {supervisor.Value} {agent.Value} Whisper");
        floor.End(caller);
        await floor.VerbAsync($"HangUp {supervisor.Value}");
        await floor.AgentIsAsync(1, AgentStatus.Available);
        await floor.TellsAsync(caller, [.. Talk, "SupervisionStarted", "SupervisionStarted", "CallHeld", "CallRetrieved", "SupervisionEnded", "CallEnded", "WrapUpStarted", "WrapUpCompleted"]);
    }

    [Fact]
    public async Task A_supervisor_takes_over_or_leaves()
    {
        await using var floor = await SupervisedAsync();
        var (caller, agent, call) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        await floor.Router.TakeOverAsync(call, floor.Agents[1], Ann).ShouldRefuseAsync("SUPERVISION");
        await floor.Router.SuperviseAsync(call, floor.Agents[1], SupervisionMode.Listen, Ann).ShouldBeDoneAsync();
        floor.Answer(await floor.OriginatedAsync(1));
        await floor.TellsAsync(caller, [.. Talk, "SupervisionStarted"]);
        await floor.Router.StopSupervisingAsync(call, floor.Agents[1], Ann).ShouldBeDoneAsync();
        await floor.AgentIsAsync(1, AgentStatus.Available);

        var supervisor = floor.CallFrom(1, "*362001");
        await floor.VerbAsync($"TakeOver {supervisor.Value}");
        await floor.VerbAsync($"HangUp {agent.Value}");
        await floor.TellsAsync(caller, [.. Talk, "SupervisionStarted", "SupervisionEnded", "SupervisionStarted", "SupervisionEnded", "CallTakenOver"]);
        await floor.AgentWasAsync(0, AgentStatus.WrapUp);
        floor.End(supervisor);
        await floor.VerbAsync($"HangUp {caller.Value}");
        (await floor.EventsAsync(caller)).OfType<CallEnded>().Single().EndedBy.ShouldBe(CallParty.Agent);
    }

    [Fact]
    public async Task Who_found_a_colleague_busy_is_rung_when_both_are_free()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0);
        var (caller, _, _) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        var wish = floor.CallFrom(1, "*372001");
        await floor.VerbAsync($"Answer {wish.Value}");
        floor.End(caller);
        var back = await floor.OriginatedAsync(1);
        floor.Answer(back);
        var called = await floor.OriginatedAsync(0, times: 2);
        floor.Answer(called);
        await floor.VerbAsync($"Bridge {back.Value} {called.Value}");
    }

    // Agent 0 is of team loans, which agent 1 supervises; agent 2 supervises another one.
    private async Task<RoutingHarness> SupervisedAsync()
    {
        var floor = await RoutingHarness.StartAsync(postgres, agents: 3, wrapUpSeconds: 1);
        var attributes = new AgentAttributes { Team = "loans" };
        (await floor.Router.ChangeAgentAsync(floor.Agents[0], new ChangeAgent("Agent 0", "2001", [floor.QueueId], DateTimeOffset.UtcNow) { Attributes = attributes }, Ann)).ShouldBeNull();
        await floor.Router.ChangeDeskAsync(floor.Agents[1], desk => desk with { Supervises = ["loans"] }, Ann).ShouldBeDoneAsync();
        await floor.Router.ChangeDeskAsync(floor.Agents[2], desk => desk with { Supervises = ["cards"] }, Ann).ShouldBeDoneAsync();
        return floor;
    }
}
