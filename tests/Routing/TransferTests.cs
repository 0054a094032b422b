using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>Agents who call each other, and hand their callers over.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TransferTests(PostgresFixture postgres)
{
    private static readonly TransferId Asked = new(7);

    [Fact]
    public async Task An_agent_calls_another_who_rings_answers_and_hangs_up()
    {
        await using var floor = await TwoAgentsAsync();
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("2002", "2001", new ExtensionSource("2001"));
        var callee = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegRinging(callee));
        await floor.VerbAsync($"Ring {caller.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        floor.Switch.Notify(new LegAnswered(callee));
        await floor.VerbAsync($"Bridge {caller.Value} {callee.Value}");
        floor.Switch.Verbs.ShouldContain($"Answer {caller.Value}");
        floor.Switch.Notify(new LegEnded(callee, LegEndReason.RemoteHangUp, null, null));

        await floor.VerbAsync($"HangUp {caller.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallOffered", "CallAnswered", "CallEnded");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        await floor.AgentIsAsync(1, AgentStatus.Available);
        (await floor.EventsAsync(caller)).OfType<CallReceived>().ShouldHaveSingleItem().Direction.ShouldBe(CallDirection.Internal);
    }

    [Fact]
    public async Task Early_media_of_a_called_agents_phone_is_heard_by_the_caller()
    {
        await using var floor = await TwoAgentsAsync();
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("2002", "2001", new ExtensionSource("2001"));
        var callee = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegEarlyMedia(callee));

        await floor.VerbAsync($"Bridge {caller.Value} {callee.Value}");
        floor.Switch.Verbs.ShouldContain($"Progress {caller.Value}");
        floor.Switch.Verbs.ShouldNotContain($"Answer {caller.Value}");
    }

    [Theory]
    [InlineData(LegEndReason.Rejected, 486, "refused", 486)]
    [InlineData(LegEndReason.NoAnswer, null, "no-answer", 408)]
    [InlineData(LegEndReason.Unreachable, null, "no-answer", 480)]
    public async Task An_agent_who_does_not_take_a_colleagues_call_lets_both_free(LegEndReason reason, int? status, string cause, int told)
    {
        await using var floor = await TwoAgentsAsync();
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("2002", "2001", new ExtensionSource("2001"));
        floor.Switch.Notify(new LegEnded(await floor.OriginatedAsync(1), reason, status, "Busy Here"));

        await floor.VerbAsync($"Reject {caller.Value} {told}");
        await floor.TellsAsync(caller, "CallReceived", "CallOffered", "CallOfferNotAnswered", "CallEnded");
        (await floor.EventsAsync(caller)).OfType<CallEnded>().ShouldHaveSingleItem().Cause.ShouldBe(cause);
        await floor.AgentIsAsync(0, AgentStatus.Available);
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task A_colleague_who_is_away_or_talks_is_not_rung()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 3, wrapUpSeconds: 0);
        await floor.RegisterAsync(0);
        await floor.RegisterAsync(1);
        var away = floor.Switch.Call("2003", "2001", new ExtensionSource("2001"));
        await floor.VerbAsync($"Reject {away.Value} 480");
        var itself = floor.Switch.Call("2001", "2001", new ExtensionSource("2001"));
        await floor.VerbAsync($"Reject {itself.Value} 486");
        var fromOutside = floor.Switch.Call("2001");
        await floor.VerbAsync($"Reject {fromOutside.Value} 404");

        floor.Switch.Call("2002", "2001", new ExtensionSource("2001"));
        await floor.OriginatedAsync(1);
        var busy = floor.Switch.Call("2002", "2003", new ExtensionSource("2003"));
        await floor.VerbAsync($"Reject {busy.Value} 486");
    }

    [Fact]
    public async Task A_caller_who_gives_up_on_a_colleague_frees_both()
    {
        await using var floor = await TwoAgentsAsync();
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("2002", "2001", new ExtensionSource("2001"));
        var callee = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.Cancelled, null, null));

        await floor.VerbAsync($"HangUp {callee.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallOffered", "CallEnded");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task A_blind_transfer_rings_the_other_agent_and_ends_the_first_ones_part()
    {
        await using var floor = await TwoAgentsAsync(wrapUpSeconds: 1);
        var (caller, first) = await TalkAsync(floor);
        await floor.RegisterAsync(1);
        floor.Switch.Notify(new TransferRequested(first, Asked, "2002", "sip:2002@x", null));
        var second = await floor.OriginatedAsync(1);
        floor.Switch.Verbs.ShouldContain($"AcceptTransfer {first.Value} 7");
        floor.Switch.Notify(new LegRinging(second));
        await floor.VerbAsync($"ReportTransfer {first.Value} 7 180");
        floor.Switch.Notify(new LegAnswered(second));

        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        floor.Switch.Verbs.ShouldContain($"ReportTransfer {first.Value} 7 200");
        await floor.AgentIsAsync(1, AgentStatus.Busy);
        await floor.VerbAsync($"HangUp {first.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        floor.Switch.Notify(new LegEnded(first, LegEndReason.LocalHangUp, null, null));
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));

        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallTransferred", "CallEnded", "WrapUpStarted", "WrapUpCompleted");
        var events = await floor.EventsAsync(caller);
        events.OfType<CallTransferred>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => (e.FromAgentId, e.ToAgentId, e.ToQueueId, e.Kind).ShouldBe((floor.Agents[0], floor.Agents[1], null, TransferKind.Blind)));
        events.OfType<WrapUpStarted>().ShouldHaveSingleItem().AgentId.ShouldBe(floor.Agents[1]);
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task A_blind_transfer_that_is_not_answered_leaves_the_caller_with_the_first_agent()
    {
        await using var floor = await TwoAgentsAsync();
        var (caller, first) = await TalkAsync(floor);
        await floor.RegisterAsync(1);
        floor.Switch.Notify(new TransferRequested(first, Asked, "2002", "sip:2002@x", null));
        floor.Switch.Notify(new LegEnded(await floor.OriginatedAsync(1), LegEndReason.Rejected, 486, "Busy Here"));

        await floor.VerbAsync($"ReportTransfer {first.Value} 7 486");
        await floor.AgentIsAsync(1, AgentStatus.Available);
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Busy);
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_agent_who_leaves_before_the_other_answers_leaves_the_caller_to_that_one_or_to_the_queue(bool answers)
    {
        await using var floor = await TwoAgentsAsync();
        var (caller, first) = await TalkAsync(floor);
        await floor.RegisterAsync(1);
        floor.Switch.Notify(new TransferRequested(first, Asked, "2002", "sip:2002@x", null));
        var second = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegEnded(first, LegEndReason.RemoteHangUp, null, null));
        await floor.AgentIsAsync(0, AgentStatus.Available);

        if (answers)
        {
            floor.Switch.Notify(new LegAnswered(second));
            await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
            await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallHeld", "CallTransferred");
        }
        else
        {
            floor.Switch.Notify(new LegEnded(second, LegEndReason.NoAnswer, null, null));
            await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallHeld", "CallTransferred", "CallQueued", "CallOffered");
        }
    }

    [Fact]
    public async Task A_caller_who_leaves_while_the_other_agent_rings_ends_it_for_all()
    {
        await using var floor = await TwoAgentsAsync();
        var (caller, first) = await TalkAsync(floor);
        await floor.RegisterAsync(1);
        floor.Switch.Notify(new TransferRequested(first, Asked, "2002", "sip:2002@x", null));
        var second = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));

        await floor.VerbAsync($"HangUp {second.Value}");
        await floor.VerbAsync($"HangUp {first.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallEnded");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task A_blind_transfer_to_a_queue_begins_another_visit()
    {
        await using var floor = await TwoAgentsAsync(wrapUpSeconds: 5);
        var (caller, first) = await TalkAsync(floor);
        floor.Switch.Notify(new TransferRequested(first, Asked, "1000", "sip:1000@x", null));

        await floor.VerbAsync($"ReportTransfer {first.Value} 7 200");
        await floor.AgentIsAsync(0, AgentStatus.WrapUp);
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallTransferred", "CallQueued");
        floor.Switch.Notify(new LegEnded(first, LegEndReason.RemoteHangUp, null, null));
        floor.Switch.Notify(new PhoneRegistered("2002"));
        var second = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegAnswered(second));

        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attended_transfer_puts_the_caller_and_the_consulted_agent_together(bool otherWayRound)
    {
        await using var floor = await TwoAgentsAsync();
        var (caller, first) = await TalkAsync(floor);
        await floor.RegisterAsync(1);
        floor.Switch.Notify(new LegHeld(first));
        var consulting = floor.Switch.Call("2002", "2001", new ExtensionSource("2001"));
        var second = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegAnswered(second));
        await floor.VerbAsync($"Bridge {consulting.Value} {second.Value}");
        var (asking, replaced) = otherWayRound ? (consulting, first) : (first, consulting);
        floor.Switch.Notify(new TransferRequested(asking, Asked, "2002", "sip:2002@x", replaced));

        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        await floor.VerbAsync($"ReportTransfer {asking.Value} 7 200");
        await floor.VerbAsync($"HangUp {replaced.Value}");
        await floor.VerbAsync($"HangUp {asking.Value}");
        floor.Switch.Notify(new LegEnded(first, LegEndReason.RemoteHangUp, null, null));
        floor.Switch.Notify(new LegEnded(consulting, LegEndReason.LocalHangUp, null, null));
        await floor.TellsAsync(consulting, "CallReceived", "CallOffered", "CallAnswered", "CallEnded");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.AgentAsync(1)).Status.ShouldBe(AgentStatus.Busy);
        floor.Switch.Notify(new LegEnded(second, LegEndReason.RemoteHangUp, null, null));

        await floor.VerbAsync($"HangUp {caller.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallHeld", "CallTransferred", "CallEnded");
        (await floor.EventsAsync(caller)).OfType<CallTransferred>().ShouldHaveSingleItem().Kind.ShouldBe(TransferKind.Attended);
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task A_phone_that_calls_in_place_of_an_agents_leg_takes_the_caller_over()
    {
        await using var floor = await TwoAgentsAsync();
        var (caller, first) = await TalkAsync(floor);
        await floor.RegisterAsync(1);
        var leg = floor.Switch.NewLeg();
        floor.Switch.Notify(new IncomingCall(leg, "sip-x", "2002", null, "2001", new ExtensionSource("2002"), DateTimeOffset.UtcNow, first));

        await floor.VerbAsync($"Bridge {caller.Value} {leg.Value}");
        await floor.VerbAsync($"HangUp {first.Value}");
        floor.Switch.Verbs.ShouldContain($"Answer {leg.Value}");
        await floor.AgentIsAsync(1, AgentStatus.Busy);
        var stranger = floor.Switch.NewLeg();
        floor.Switch.Notify(new IncomingCall(stranger, "sip-y", "555", null, "2001", new TrunkSource("local"), DateTimeOffset.UtcNow, leg));
        await floor.VerbAsync($"Reject {stranger.Value} 603");
    }

    [Theory]
    [InlineData("2002", 480)]
    [InlineData("2001", 486)]
    [InlineData("9999", 404)]
    public async Task A_transfer_to_nobody_who_could_take_it_is_refused(string target, int status)
    {
        await using var floor = await TwoAgentsAsync();
        var (_, first) = await TalkAsync(floor);
        floor.Switch.Notify(new TransferRequested(first, Asked, target, $"sip:{target}@x", null));

        await floor.VerbAsync($"RefuseTransfer {first.Value} 7 {status}");
    }

    [Fact]
    public async Task A_caller_may_not_transfer_nor_may_legs_be_paired_that_are_not_the_same_agents()
    {
        await using var floor = await TwoAgentsAsync();
        var (caller, first) = await TalkAsync(floor);
        floor.Switch.Notify(new TransferRequested(caller, Asked, "1000", "sip:1000@x", null));
        await floor.VerbAsync($"RefuseTransfer {caller.Value} 7 603");
        floor.Switch.Notify(new TransferRequested(first, Asked, "1000", "sip:1000@x", caller));
        await floor.VerbAsync($"RefuseTransfer {first.Value} 7 603");
    }

    // Agent 1 registers with its phone only where a test wants it: until then agent 0 is the only one who can be offered a call.
    private async Task<RoutingHarness> TwoAgentsAsync(int wrapUpSeconds = 0)
    {
        var floor = await RoutingHarness.StartAsync(postgres, agents: 2, wrapUpSeconds);
        await floor.RegisterAsync(0);
        return floor;
    }

    private static async Task<(LegId Caller, LegId Agent)> TalkAsync(RoutingHarness floor)
    {
        var caller = floor.Switch.Call("1000");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.VerbAsync($"Bridge {caller.Value} {agent.Value}");
        return (caller, agent);
    }
}
