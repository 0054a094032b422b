using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>A colleague calls an agent who talks already.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CallWaitingTests(PostgresFixture postgres)
{
    private const string Ann = DeskHarness.Ann;
    private static readonly string[] Knocked = ["CallReceived", "CallOffered", "CallWaitingSignalled"];

    [Fact]
    public async Task An_agent_hears_a_tone_and_takes_the_second_call_on_the_second_line_while_the_first_is_on_hold()
    {
        await using var floor = await StartAsync();
        var (caller, talk, second, knocking) = await KnockAsync(floor);
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Busy, "still in the first call");
        floor.Switch.Verbs.ShouldContain($"Ring {second.Value}");
        floor.Answer(knocking);
        await floor.VerbAsync($"Bridge {second.Value} {knocking.Value}");
        floor.Switch.Verbs.ShouldContain($"Play {caller.Value}", "music");

        // The phone says afterwards what it has done itself; then it is the phone that takes the first call back.
        floor.Switch.Notify(new LegHeld(talk));
        floor.End(second);
        await floor.VerbAsync($"HangUp {knocking.Value}");
        floor.Switch.Notify(new LegRetrieved(talk));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallHeld", "CallRetrieved");
        await floor.TellsAsync(second, [.. Knocked, "CallAnswered", "CallEnded"]);
        var signalled = (await floor.EventsAsync(second)).OfType<CallWaitingSignalled>().Single();
        (signalled.AgentId, signalled.TalkId).ShouldBe((floor.Agents[0], (await floor.EventsAsync(caller))[0].CallId));
        floor.End(caller);
        await floor.AgentIsAsync(0, AgentStatus.WrapUp);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Off_or_with_one_line_only_the_agent_is_busy(bool on)
    {
        await using var floor = await StartAsync(on);
        var (caller, _, _) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        var second = floor.CallFrom(1, "2001");
        if (on)
        {
            floor.End(await floor.OriginatedAsync(0, times: 2), LegEndReason.Rejected, 486);
        }

        await floor.VerbAsync($"Reject {second.Value} 486");
        await floor.TellsAsync(second, on ? ["CallReceived", "CallOffered", "CallOfferNotAnswered", "CallEnded"] : ["CallReceived", "CallEnded"]);
        (await floor.EventsAsync(second)).OfType<CallEnded>().Single().Cause.ShouldBe("busy");
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Busy);
        await floor.AgentIsAsync(1, AgentStatus.Available);
        floor.End(caller);
        await floor.AgentIsAsync(0, AgentStatus.WrapUp);
    }

    [Theory]
    [InlineData(LegEndReason.NoAnswer, null)]
    [InlineData(LegEndReason.Rejected, 603)]
    public async Task A_waiting_call_that_is_not_taken_is_forwarded_as_from_a_busy_agent(LegEndReason reason, int? status)
    {
        await using var floor = await StartAsync();
        await floor.RegisterAsync(2);
        await floor.Router.SetStatusAsync(floor.Agents[2], AgentStatus.NotReady, null, Ann).ShouldBeDoneAsync();
        await floor.Router.ForwardAsync(floor.Agents[0], ForwardKind.Busy, "2003", Ann).ShouldBeDoneAsync();
        await floor.Router.ForwardAsync(floor.Agents[0], ForwardKind.NoAnswer, "2009", Ann).ShouldBeDoneAsync();
        var (_, _, second, knocking) = await KnockAsync(floor);
        await floor.Router.SetStatusAsync(floor.Agents[2], AgentStatus.Available, null, Ann).ShouldBeDoneAsync();
        floor.End(knocking, reason, status);
        await floor.OriginatedAsync(2);
        await floor.TellsAsync(second, [.. Knocked, "CallOfferNotAnswered", "CallForwarded", "CallOffered"]);
        (await floor.EventsAsync(second)).OfType<CallForwarded>().Single().Kind.ShouldBe(ForwardKind.Busy);
    }

    [Fact]
    public async Task By_a_code_the_agent_changes_between_two_calls_on_one_line()
    {
        await using var floor = await StartAsync();
        var (caller, talk, second, knocking) = await KnockAsync(floor);
        var call = (await floor.EventsAsync(caller))[0].CallId;
        floor.Press(talk, "*59#");
        await floor.VerbAsync($"Bridge {second.Value} {talk.Value}");
        floor.Switch.Verbs.ShouldContain($"HangUp {knocking.Value}");
        floor.End(knocking, LegEndReason.LocalHangUp);
        await floor.Router.ParkAsync((await floor.EventsAsync(second))[0].CallId, null, Ann).ShouldRefuseAsync("CALL_STATE");

        await floor.Router.RetrieveAsync(call, Ann).ShouldBeDoneAsync();
        floor.Switch.Verbs[^1].ShouldBe($"Bridge {caller.Value} {talk.Value}");
        floor.Press(talk, "*59#");
        await floor.TellsAsync(second, [.. Knocked, "CallAnswered", "CallHeld", "CallRetrieved"]);

        // Who waited hangs up, and the agent's line is the first caller's again.
        floor.End(second);
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallHeld", "CallRetrieved", "CallHeld", "CallRetrieved");
        floor.Switch.Verbs[^1].ShouldBe($"Bridge {caller.Value} {talk.Value}");
        floor.Switch.Verbs.ShouldNotContain($"HangUp {talk.Value}");
        floor.Press(talk, "*59#");
        await floor.VerbAsync($"Play {talk.Value}");
        floor.End(talk);
        await floor.AgentIsAsync(0, AgentStatus.WrapUp);
    }

    [Fact]
    public async Task An_agent_who_hangs_up_with_a_caller_on_hold_is_rung_for_that_one()
    {
        await using var floor = await StartAsync();
        var (caller, talk, second, knocking) = await KnockAsync(floor);
        floor.Press(talk, "*59#");
        await floor.VerbAsync($"Bridge {second.Value} {talk.Value}");
        floor.End(knocking, LegEndReason.LocalHangUp);
        floor.End(talk);
        var back = await floor.OriginatedAsync(0, times: 3);
        floor.Answer(back);
        await floor.VerbAsync($"Bridge {caller.Value} {back.Value}");
        await floor.TellsAsync(second, [.. Knocked, "CallAnswered", "CallEnded"]);
        await floor.AgentIsAsync(1, AgentStatus.Available);
        floor.End(caller);
        await floor.VerbAsync($"HangUp {back.Value}");
        await floor.AgentIsAsync(0, AgentStatus.WrapUp);
    }

    [Fact]
    public async Task A_caller_on_hold_to_whom_the_agent_does_not_come_back_waits_in_the_queue_again()
    {
        await using var floor = await StartAsync();
        var (caller, talk, second, knocking) = await KnockAsync(floor);
        floor.Press(talk, "*59#");
        await floor.VerbAsync($"Bridge {second.Value} {talk.Value}");
        floor.End(knocking, LegEndReason.LocalHangUp);
        floor.End(talk);
        floor.End(await floor.OriginatedAsync(0, times: 3), LegEndReason.NoAnswer);
        await RoutingHarness.UntilAsync(async () => (await floor.EventsAsync(caller)).Count(e => e is CallQueued) == 2, () => "the call is in no queue");
        await floor.OriginatedAsync(1);
    }

    [Fact]
    public async Task When_the_first_call_ends_the_agent_is_offered_or_goes_on_in_the_second()
    {
        await using var floor = await StartAsync();
        var (caller, _, second, knocking) = await KnockAsync(floor);
        floor.End(caller);
        await floor.AgentIsAsync(0, AgentStatus.Offered);
        floor.Answer(knocking);
        await floor.VerbAsync($"Bridge {second.Value} {knocking.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        await floor.RegisterAsync(2);

        var third = floor.CallFrom(2, "2001");
        var knockingToo = await floor.OriginatedAsync(0, times: 3);
        floor.Switch.Notify(new LegRinging(knockingToo));
        floor.Answer(knockingToo);
        await floor.VerbAsync($"Bridge {third.Value} {knockingToo.Value}");
        floor.End(second);
        await RoutingHarness.UntilAsync(async () => (await floor.AgentAsync(0)).CallId == (await floor.EventsAsync(third))[0].CallId, () => "the agent is not in the third call");
        floor.End(third);
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Fact]
    public async Task A_code_switches_it_on_and_one_who_wants_to_pause_is_busy()
    {
        await using var floor = await StartAsync(on: false);
        var (_, talk, _) = await floor.TalkAsync();
        floor.Press(talk, "*58#");
        await RoutingHarness.UntilAsync(async () => (await floor.AgentAsync(0)).Desk.CallWaiting, () => "call waiting is off");
        await floor.Router.SetStatusAsync(floor.Agents[0], AgentStatus.NotReady, "lunch", Ann).ShouldBeDoneAsync();
        await floor.RegisterAsync(1);
        await floor.VerbAsync($"Reject {floor.CallFrom(1, "2001").Value} 486");
    }

    private async Task<RoutingHarness> StartAsync(bool on = true)
    {
        var floor = await RoutingHarness.StartAsync(postgres, agents: 3, wrapUpSeconds: 60);
        if (on)
        {
            await floor.Router.ChangeDeskAsync(floor.Agents[0], desk => desk with { CallWaiting = true }, Ann).ShouldBeDoneAsync();
        }

        return floor;
    }

    /// <summary>Agent 0 talks with a caller of the queue, and agent 1 calls: the second line rings, and a tone is heard.</summary>
    private static async Task<(LegId Caller, LegId Talk, LegId Second, LegId Knocking)> KnockAsync(RoutingHarness floor)
    {
        var (caller, talk, _) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        var second = floor.CallFrom(1, "2001");
        var knocking = await floor.OriginatedAsync(0, times: 2);
        floor.Switch.Notify(new LegRinging(knocking));
        await floor.VerbAsync($"Play {talk.Value}");
        return (caller, talk, second, knocking);
    }
}
