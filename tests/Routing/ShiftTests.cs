using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>An agent's shift: statuses, wrap-up, seats, do-not-disturb, and what is left of it after a restart.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ShiftTests(PostgresFixture postgres)
{
    private const string Ann = DeskHarness.Ann;

    [Fact]
    public async Task A_pause_asked_for_in_a_call_begins_after_it_and_no_call_comes_in_it()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 1, wrapUpSeconds: 0);
        var (caller, _, _) = await floor.TalkAsync();
        await floor.Router.SetStatusAsync(floor.Agents[0], AgentStatus.NotReady, "lunch", Ann).ShouldBeDoneAsync();
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Busy);
        floor.End(caller);
        await floor.StatusAsync(0, AgentStatus.NotReady, "lunch");
        var next = floor.Switch.Call("1000");
        await floor.TellsAsync(next, "CallReceived", "CallQueued");
        await floor.Router.SetStatusAsync(floor.Agents[0], AgentStatus.Available, null, Ann).ShouldBeDoneAsync();
        await floor.TellsAsync(next, "CallReceived", "CallQueued", "CallOffered");
    }

    [Theory]
    [InlineData(AgentStatus.Busy)]
    [InlineData(AgentStatus.WrapUp)]
    [InlineData(AgentStatus.Offered)]
    public async Task A_status_that_follows_from_calls_is_not_set(AgentStatus status)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 1);
        await floor.Router.SetStatusAsync(floor.Agents[0], status, null, Ann).ShouldRefuseAsync("STATUS");
        await floor.Router.SetStatusAsync(floor.Agents[0], AgentStatus.Available, null, Ann).ShouldRefuseAsync("UNAVAILABLE");
        await floor.Router.SetStatusAsync(Guid.NewGuid(), AgentStatus.Available, null, Ann).ShouldRefuseAsync("AGENT_NOT_FOUND");
    }

    [Fact]
    public async Task A_wrap_up_is_made_longer_and_ended_by_being_ready()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 5);
        var (caller, _, _) = await floor.TalkAsync();
        floor.End(caller);
        await floor.AgentIsAsync(0, AgentStatus.WrapUp);
        await floor.Router.ExtendWrapUpAsync(floor.Agents[0], 600, Ann).ShouldBeDoneAsync();

        // Another wrap-up of the same length comes to its end; this one does not.
        await floor.RegisterAsync(1);
        var other = floor.Switch.Call("1000");
        var leg = await floor.OriginatedAsync(1);
        floor.Answer(leg);
        await floor.TellsAsync(other, "CallReceived", "CallQueued", "CallOffered", "CallAnswered");
        floor.End(other);
        await floor.TellsAsync(other, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallEnded", "WrapUpStarted", "WrapUpCompleted");
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.WrapUp);
        await floor.Router.SetStatusAsync(floor.Agents[0], AgentStatus.Available, null, Ann).ShouldBeDoneAsync();
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.EventsAsync(caller))[^1].ShouldBeOfType<WrapUpCompleted>();
    }

    [Fact]
    public async Task A_forced_sign_out_ends_the_call_and_the_agent_stays_out_until_it_signs_in()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0);
        var (caller, _, _) = await floor.TalkAsync();
        await floor.Router.SignOutAsync(floor.Agents[0], "fell ill", Ann).ShouldBeDoneAsync();
        await floor.StatusAsync(0, AgentStatus.SignedOut, "fell ill");
        await floor.VerbAsync($"HangUp {caller.Value}");
        (await floor.EventsAsync(caller)).OfType<CallEnded>().Single().Cause.ShouldBe("agent-signed-out");
        await floor.Router.SetStatusAsync(floor.Agents[0], AgentStatus.Available, null, Ann).ShouldBeDoneAsync();
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Fact]
    public async Task While_do_not_disturb_is_on_nothing_rings()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(0);
        await floor.RegisterAsync(1);
        var code = floor.CallFrom(0, "*55");
        await floor.VerbAsync($"Answer {code.Value}");
        var colleague = floor.CallFrom(1, "2001");
        await floor.VerbAsync($"Reject {colleague.Value} 486");
        floor.Switch.Call("1000");
        await floor.OriginatedAsync(1);
        floor.Switch.Verbs.ShouldNotContain(verb => verb.Contains(" 2001 from", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("*51", AgentStatus.NotReady, "not-ready")]
    [InlineData("*514", AgentStatus.NotReady, "training")]
    [InlineData("*54", AgentStatus.SignedOut, "by-hand")]
    public async Task Codes_change_the_status_and_the_phone_hears_that(string code, AgentStatus status, string reason)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 1);
        await floor.RegisterAsync(0);
        var leg = floor.CallFrom(0, code);
        await floor.StatusAsync(0, status, reason);
        await floor.VerbAsync($"Answer {leg.Value}");
        await floor.VerbAsync($"Play {leg.Value}");
        await floor.VerbAsync($"HangUp {leg.Value}");
        floor.CallFrom(0, "*50");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        var refused = floor.CallFrom(0, "*52");
        await floor.VerbAsync($"Reject {refused.Value} 603");
    }

    [Fact]
    public async Task An_agent_signs_in_at_any_phone_by_number_and_pin_and_has_it_for_the_shift()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        floor.Switch.Notify(new PhoneRegistered("3009"));
        var leg = floor.CallFrom(0, "*53");
        var seat = floor.Switch.Call("*53", "3009", new ExtensionSource("3009"));
        await floor.VerbAsync($"Answer {seat.Value}");
        floor.Press(leg, "77#9999#");
        floor.Press(seat, RoutingHarness.Login);
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.AgentAsync(0)).Extension.ShouldBe("3009");
        var caller = floor.Switch.Call("1000");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered");
        floor.Switch.Verbs.ShouldContain(verb => verb.Contains(" 3009 from 5551234", StringComparison.Ordinal));

        floor.Switch.Notify(new PhoneUnregistered("3009"));
        floor.End(caller, LegEndReason.Cancelled);
        await floor.AgentIsAsync(0, AgentStatus.SignedOut);
        (await floor.AgentAsync(0)).Extension.ShouldBe("2001");
    }

    [Fact]
    public async Task After_a_restart_a_pause_goes_on_with_its_reason_and_who_left_by_hand_stays_out()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 3);
        for (var i = 0; i < 3; i++)
        {
            await floor.RegisterAsync(i);
        }

        await floor.Router.SetStatusAsync(floor.Agents[0], AgentStatus.NotReady, "lunch", Ann).ShouldBeDoneAsync();
        await floor.Router.SetStatusAsync(floor.Agents[1], AgentStatus.SignedOut, null, Ann).ShouldBeDoneAsync();
        await floor.RestartAsync();
        for (var i = 0; i < 3; i++)
        {
            floor.Switch.Notify(new PhoneRegistered($"{2001 + i}"));
        }

        await floor.StatusAsync(0, AgentStatus.NotReady, "lunch");
        await floor.AgentIsAsync(2, AgentStatus.Available);
        (await floor.AgentAsync(1)).Reason.ShouldBe("by-hand");
    }
}
