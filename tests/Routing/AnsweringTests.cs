using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>What the phone that rings is told to do, and what it tells to do with the call.</summary>
[Collection(PostgresCollection.Name)]
public sealed class AnsweringTests(PostgresFixture postgres)
{
    private const string Ann = DeskHarness.Ann;

    [Fact]
    public async Task A_phone_that_rings_is_told_to_answer_where_it_can_be()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        var leg = await floor.OriginatedAsync(0);
        var call = (await floor.EventsAsync(caller))[0].CallId;
        await floor.Router.AnswerAsync(call, floor.Agents[0], Ann).ShouldRefuseAsync("PHONE_UNABLE");
        floor.Switch.Notify(new LegRinging(leg) { CanBeTold = true });
        await floor.Router.AnswerAsync(call, floor.Agents[1], Ann).ShouldRefuseAsync("CALL_STATE");
        await floor.Router.AnswerAsync(call, Guid.NewGuid(), Ann).ShouldRefuseAsync("AGENT_NOT_FOUND");
        await AnswersAsync(floor, call, 0);
        floor.Switch.Verbs[^1].ShouldBe($"TellToAnswer {leg.Value}");
        floor.Answer(leg);
        await floor.VerbAsync($"Bridge {caller.Value} {leg.Value}");
        await floor.Router.AnswerAsync(call, floor.Agents[0], Ann).ShouldRefuseAsync("CALL_STATE");
    }

    [Fact]
    public async Task A_phone_to_which_a_call_is_handed_over_is_told_too()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (_, _, call) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        await floor.Router.TransferAsync(call, "2002", TransferKind.Blind, Ann).ShouldBeDoneAsync();
        var leg = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegRinging(leg) { CanBeTold = true });
        await AnswersAsync(floor, call, 1);
        floor.Switch.Verbs[^1].ShouldBe($"TellToAnswer {leg.Value}");
    }

    [Fact]
    public async Task Where_a_phone_sends_a_call_it_goes_as_a_forward_of_the_agent()
    {
        await using var floor = await StartAsync();
        var phone = floor.CallFrom(1, "2001");
        Redirect(floor, await floor.OriginatedAsync(0), "2003");
        var third = await floor.OriginatedAsync(2);
        await floor.TellsAsync(phone, "CallReceived", "CallOffered", "CallOfferNotAnswered", "CallForwarded", "CallOffered");
        var forwarded = (await floor.EventsAsync(phone)).OfType<CallForwarded>().Single();
        (forwarded.AgentId, forwarded.Kind, forwarded.To.Target).ShouldBe((floor.Agents[0], ForwardKind.Redirected, $"{floor.Agents[2]}"));
        await floor.AgentIsAsync(0, AgentStatus.Available);
        floor.Answer(third);
        await floor.VerbAsync($"Bridge {phone.Value} {third.Value}");
    }

    [Theory]
    [InlineData("0555", true, "403", "not-permitted")]
    [InlineData("*722009", true, "480", "redirect-refused")]
    [InlineData("ann", true, "480", "redirect-refused")]
    [InlineData("2003", false, "480", "redirect-refused")]
    public async Task A_phone_sends_no_call_where_its_agent_may_not_dial_nor_to_another_host(string target, bool isHere, string status, string cause)
    {
        await using var floor = await StartAsync();
        var phone = floor.CallFrom(1, "2001");
        Redirect(floor, await floor.OriginatedAsync(0), target, isHere);
        await floor.VerbAsync($"Reject {phone.Value} {status}");
        await RoutingHarness.UntilAsync(async () => (await floor.EventsAsync(phone)).OfType<CallEnded>().Any(), () => "the call goes on");
        (await floor.EventsAsync(phone)).OfType<CallEnded>().Single().Cause.ShouldBe(cause);
        await floor.AgentIsAsync(0, AgentStatus.Available);
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task A_number_outside_is_called_in_the_class_of_the_agent_whose_phone_names_it()
    {
        await using var floor = await StartAsync();
        await floor.Router.ChangeDeskAsync(floor.Agents[0], desk => desk with { DialClass = DialClass.Local }, Ann).ShouldBeDoneAsync();
        var phone = floor.CallFrom(1, "2001");
        Redirect(floor, await floor.OriginatedAsync(0), "0555");
        var outside = await floor.DialledAsync("555");
        floor.Answer(outside);
        await floor.VerbAsync($"Bridge {phone.Value} {outside.Value}");
    }

    [Fact]
    public async Task Phones_that_send_a_call_to_each_other_do_not_do_so_for_ever()
    {
        await using var floor = await StartAsync();
        var phone = floor.CallFrom(1, "2001");
        for (var i = 1; i <= 3; i++)
        {
            Redirect(floor, await floor.OriginatedAsync(0, i), "2003");
            Redirect(floor, await floor.OriginatedAsync(2, i), "2001");
        }

        await floor.VerbAsync($"Reject {phone.Value} 480");
        (await floor.EventsAsync(phone)).Count(e => e is CallForwarded).ShouldBe(5);
    }

    [Fact]
    public async Task A_phone_sends_no_call_of_a_queue_elsewhere()
    {
        await using var floor = await StartAsync();
        await floor.Router.SetStatusAsync(floor.Agents[1], AgentStatus.NotReady, null, Ann).ShouldBeDoneAsync();
        await floor.Router.SetStatusAsync(floor.Agents[2], AgentStatus.NotReady, null, Ann).ShouldBeDoneAsync();
        var caller = floor.Switch.Call("1000");
        Redirect(floor, await floor.OriginatedAsync(0), "2003");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallOfferNotAnswered");
        (await floor.EventsAsync(caller)).OfType<CallOfferNotAnswered>().Single().Reason.ShouldBe(NonResponse.Refused);
    }

    [Fact]
    public async Task Where_phones_send_calls_is_no_setting_of_the_desk()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.Router.ForwardAsync(floor.Agents[0], ForwardKind.Redirected, "2002", Ann).ShouldRefuseAsync("DESK");
    }

    /// <summary>What a phone tells comes to the router by another way than commands.</summary>
    private static Task AnswersAsync(RoutingHarness floor, Guid call, int agent) =>
        RoutingHarness.UntilAsync(async () => await floor.Router.AnswerAsync(call, floor.Agents[agent], Ann) is null, () => $"agent {agent} does not answer");

    private static void Redirect(RoutingHarness floor, LegId leg, string target, bool isHere = true) =>
        floor.Switch.Notify(new LegEnded(leg, LegEndReason.Failed, 302, "Moved Temporarily") { Redirect = new Redirection(target, $"sip:{target}@127.0.0.1", isHere) });

    private async Task<RoutingHarness> StartAsync()
    {
        var floor = await RoutingHarness.StartAsync(postgres, agents: 3, wrapUpSeconds: 0);
        await floor.AllowAsync(DialClass.Internal);
        await floor.RegisterAsync(0);
        await floor.RegisterAsync(1);
        await floor.RegisterAsync(2);
        return floor;
    }
}
