using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>Calls to numbers outside, and calls that go where an agent forwards them.</summary>
[Collection(PostgresCollection.Name)]
public sealed class OutsideTests(PostgresFixture postgres)
{
    private const string Ann = DeskHarness.Ann;

    [Fact]
    public async Task An_agent_dials_out_over_the_trunk_that_the_plan_names()
    {
        await using var floor = await DiallingAsync(DialClass.National);
        var phone = floor.CallFrom(0, "0030555");
        var outside = await floor.DialledAsync("+4930555");
        floor.Switch.Notify(new LegRinging(outside));
        await floor.VerbAsync($"Ring {phone.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        floor.Answer(outside);
        await floor.VerbAsync($"Bridge {outside.Value} {phone.Value}");
        floor.Switch.Verbs.ShouldContain($"Answer {phone.Value}");

        // The agent's hands are those of any call.
        floor.Switch.Notify(new LegHeld(phone));
        await floor.VerbAsync($"Play {outside.Value}");
        floor.Switch.Notify(new LegRetrieved(phone));
        floor.End(phone);
        await floor.VerbAsync($"HangUp {outside.Value}");
        await floor.TellsAsync(phone, "CallReceived", "CallDialled", "CallAnswered", "CallHeld", "CallRetrieved", "CallEnded");
        (await floor.EventsAsync(phone)).OfType<CallReceived>().Single().Direction.ShouldBe(CallDirection.Outbound);
        (await floor.EventsAsync(phone)).OfType<CallEnded>().Single().ShouldSatisfyAllConditions(e => (e.EndedBy, e.Outcome).ShouldBe((CallParty.Agent, CallOutcome.Handled)));
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Theory]
    [InlineData("0030555", 403, "not-permitted")]
    [InlineData("555", 404, "no-such-number")]
    public async Task What_the_agent_may_not_dial_is_refused_and_told(string number, int status, string cause)
    {
        await using var floor = await DiallingAsync(DialClass.Local);
        var phone = floor.CallFrom(0, number);
        await floor.VerbAsync($"Reject {phone.Value} {status}");
        (await floor.EventsAsync(phone)).OfType<CallEnded>().Single().Cause.ShouldBe(cause);
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Available);
    }

    [Theory]
    [InlineData(LegEndReason.Rejected, 486, 486, "busy")]
    [InlineData(LegEndReason.Rejected, 404, 404, "refused")]
    [InlineData(LegEndReason.NoAnswer, null, 408, "no-answer")]
    [InlineData(LegEndReason.Unreachable, null, 503, "unreachable")]
    public async Task The_phone_is_told_why_the_other_side_is_not_reached(LegEndReason reason, int? status, int told, string cause)
    {
        await using var floor = await DiallingAsync(DialClass.Local);
        var phone = floor.CallFrom(0, "0555");
        floor.End(await floor.DialledAsync("555"), reason, status);
        await floor.VerbAsync($"Reject {phone.Value} {told}");
        (await floor.EventsAsync(phone)).OfType<CallEnded>().Single().Cause.ShouldBe(cause);
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Fact]
    public async Task An_agent_who_gives_up_before_the_answer_stops_the_ringing()
    {
        await using var floor = await DiallingAsync(DialClass.Local);
        var phone = floor.CallFrom(0, "0555");
        var outside = await floor.DialledAsync("555");
        floor.End(phone, LegEndReason.Cancelled);
        await floor.VerbAsync($"HangUp {outside.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Fact]
    public async Task Dialling_by_command_rings_the_agents_phone_first_also_in_a_pause()
    {
        await using var floor = await DiallingAsync(DialClass.Local);
        await floor.Router.SetStatusAsync(floor.Agents[0], AgentStatus.NotReady, "back-office", Ann).ShouldBeDoneAsync();
        (await floor.Router.DialOutAsync(floor.Agents[0], "00555", Ann)).Refusal!.Code.ShouldBe("NOT_PERMITTED");
        (await floor.Router.DialOutAsync(floor.Agents[0], "0 555", Ann)).Refusal.ShouldBeNull();
        var phone = await floor.OriginatedAsync(0);
        floor.Answer(phone);
        var outside = await floor.DialledAsync("555");
        floor.Answer(outside);
        await floor.VerbAsync($"Bridge {outside.Value} {phone.Value}");
        floor.End(outside);
        await floor.VerbAsync($"HangUp {phone.Value}");
        await floor.StatusAsync(0, AgentStatus.NotReady, "back-office");
    }

    [Fact]
    public async Task A_speed_dial_dials_its_number()
    {
        await using var floor = await DiallingAsync(DialClass.Local);
        await floor.Router.ChangeDeskAsync(floor.Agents[0], desk => desk with { SpeedDials = new Dictionary<string, string>(StringComparer.Ordinal) { ["1"] = "0555" } }, Ann).ShouldBeDoneAsync();
        floor.CallFrom(0, "*571");
        await floor.DialledAsync("555");
        var unknown = floor.CallFrom(0, "*572");
        await floor.VerbAsync($"Reject {unknown.Value} 404");
    }

    [Theory]
    [InlineData("*72", false)]
    [InlineData("*73", true)]
    public async Task A_colleagues_call_is_forwarded_always_or_when_busy(string code, bool busy)
    {
        await using var floor = await DiallingAsync(DialClass.Local, agents: 3);
        floor.CallFrom(0, $"{code}2003");
        await RoutingHarness.UntilAsync(async () => (await floor.AgentAsync(0)).Desk is { ForwardAlways: not null } or { ForwardBusy: not null }, () => "no forward");
        if (busy)
        {
            floor.Switch.Call("1000");
            await floor.OriginatedAsync(0);
        }

        await floor.RegisterAsync(1);
        await floor.RegisterAsync(2);
        var phone = floor.CallFrom(1, "2001");
        await floor.OriginatedAsync(2);
        await floor.TellsAsync(phone, "CallReceived", "CallForwarded", "CallOffered");
    }

    [Fact]
    public async Task A_call_that_is_not_answered_is_forwarded_to_a_number_outside_within_the_callees_class()
    {
        await using var floor = await DiallingAsync(DialClass.Local);
        await floor.RegisterAsync(1);
        await floor.Router.ForwardAsync(floor.Agents[0], ForwardKind.NoAnswer, "0555", Ann).ShouldBeDoneAsync();
        var phone = floor.CallFrom(1, "2001");
        floor.End(await floor.OriginatedAsync(0), LegEndReason.NoAnswer);
        var outside = await floor.DialledAsync("555");
        floor.Answer(outside);
        await floor.VerbAsync($"Bridge {phone.Value} {outside.Value}");
        floor.Switch.Verbs.ShouldContain($"Answer {phone.Value}");
        await floor.TellsAsync(phone, "CallReceived", "CallOffered", "CallOfferNotAnswered", "CallForwarded", "CallDialled", "CallAnswered");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        floor.End(phone);
        await floor.VerbAsync($"HangUp {outside.Value}");
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Theory]
    [InlineData("0055599999")]
    [InlineData("2003")]
    public async Task Who_calls_a_colleague_that_forwards_to_where_nobody_can_be_reached_is_free_again(string to)
    {
        await using var floor = await DiallingAsync(DialClass.Local, agents: 3);
        await floor.RegisterAsync(1);
        await floor.Router.ForwardAsync(floor.Agents[0], ForwardKind.NoAnswer, to, Ann).ShouldBeDoneAsync();
        var phone = floor.CallFrom(1, "2001");
        var ringing = await floor.OriginatedAsync(0);
        await floor.AgentIsAsync(1, AgentStatus.Busy);
        floor.End(ringing, LegEndReason.NoAnswer);
        await floor.TellsAsync(phone, "CallReceived", "CallOffered", "CallOfferNotAnswered", "CallForwarded", "CallEnded");
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task Two_who_forward_to_each_other_do_not_forward_for_ever()
    {
        await using var floor = await DiallingAsync(DialClass.Local, agents: 3);
        await floor.RegisterAsync(1);
        await floor.RegisterAsync(2);
        await floor.Router.ForwardAsync(floor.Agents[0], ForwardKind.Always, "2002", Ann).ShouldBeDoneAsync();
        await floor.Router.ForwardAsync(floor.Agents[1], ForwardKind.Always, "2001", Ann).ShouldBeDoneAsync();
        var phone = floor.CallFrom(2, "2001");
        await floor.OriginatedAsync(1);
        (await floor.EventsAsync(phone)).Count(e => e is CallForwarded).ShouldBe(5);
    }

    // Agent 0 is there.
    private async Task<RoutingHarness> DiallingAsync(DialClass allowed, int agents = 2)
    {
        var floor = await RoutingHarness.StartAsync(postgres, agents, wrapUpSeconds: 0);
        await floor.AllowAsync(allowed);
        await floor.RegisterAsync(0);
        return floor;
    }
}
