using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Domain.Flows;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>What an agent does with a call, by command: hold, mute, transfers, conference.</summary>
[Collection(PostgresCollection.Name)]
public sealed class DeskTests(PostgresFixture postgres)
{
    private const string Ann = DeskHarness.Ann;
    private static readonly string[] Talk = ["CallReceived", "CallQueued", "CallOffered", "CallAnswered"];

    [Fact]
    public async Task Hold_and_retrieve_by_command_are_what_the_phones_are_and_bear_the_users_name()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, agent, call) = await floor.TalkAsync();
        await floor.Router.HoldAsync(call, Ann).ShouldBeDoneAsync();
        floor.Switch.Verbs.TakeLast(2).ShouldBe([$"Unbridge {caller.Value}", $"Play {caller.Value}"]);
        await floor.Router.HoldAsync(call, Ann).ShouldRefuseAsync("CALL_STATE");
        await floor.Router.RetrieveAsync(call, Ann).ShouldBeDoneAsync();
        floor.Switch.Verbs[^1].ShouldBe($"Bridge {caller.Value} {agent.Value}");
        await floor.TellsAsync(caller, [.. Talk, "CallHeld", "CallRetrieved"]);
        (await floor.ReadAllAsync()).Single(e => e.Data is CallHeld).Metadata.UserName.ShouldBe(Ann);
        await floor.Router.HoldAsync(Guid.NewGuid(), Ann).ShouldRefuseAsync("CALL_NOT_FOUND");
    }

    [Fact]
    public async Task A_muted_agent_only_hears_the_caller()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, agent, call) = await floor.TalkAsync();
        await floor.Router.MuteAsync(call, true, Ann).ShouldBeDoneAsync();
        floor.Switch.Verbs[^1].ShouldBe($"Supervise {agent.Value} {caller.Value} Listen");
        await floor.Router.MuteAsync(call, false, Ann).ShouldBeDoneAsync();
        floor.Switch.Verbs[^1].ShouldBe($"Bridge {caller.Value} {agent.Value}");
        await floor.TellsAsync(caller, [.. Talk, "CallMuted", "CallUnmuted"]);
    }

    [Theory]
    [InlineData("2002", "BUSY")]
    [InlineData("2003", "UNAVAILABLE")]
    [InlineData("2001", "BUSY")]
    [InlineData("0555", "NOT_PERMITTED")]
    [InlineData("nobody", "NUMBER")]
    [InlineData("flow nothing", "NO_TARGET")]
    public async Task A_transfer_to_what_cannot_take_it_is_refused_and_changes_nothing(string to, string code)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 3);
        await floor.AllowAsync(DialClass.Internal);
        var (caller, _, call) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        floor.Switch.Call("1000");
        await floor.OriginatedAsync(1);
        await floor.Router.TransferAsync(call, to, TransferKind.Blind, Ann).ShouldRefuseAsync(code);
        await floor.TellsAsync(caller, Talk);
    }

    [Fact]
    public async Task A_blind_transfer_by_command_to_an_agent_by_id_leaves_the_first_agent_when_the_other_answers()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0);
        var (caller, first, call) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        await floor.Router.TransferAsync(call, $"{floor.Agents[1]}", TransferKind.Blind, Ann).ShouldBeDoneAsync();
        await floor.Router.TransferAsync(call, "2002", TransferKind.Blind, Ann).ShouldRefuseAsync("TRANSFER_UNDER_WAY");
        var second = await floor.OriginatedAsync(1);

        // Told to the other agent before it rings.
        (await floor.AgentAsync(1)).ShouldSatisfyAllConditions(a => a.Status.ShouldBe(AgentStatus.Offered), a => a.CallId.ShouldBe(call));
        floor.Answer(second);
        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        await floor.VerbAsync($"HangUp {first.Value}");
        await floor.TellsAsync(caller, [.. Talk, "CallTransferred"]);
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Theory]
    [InlineData("1000")]
    [InlineData("Support")]
    public async Task A_transfer_to_a_queue_by_number_or_name_begins_another_visit(string to)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 30);
        var (caller, first, call) = await floor.TalkAsync();
        await floor.Router.TransferAsync(call, to, TransferKind.Blind, Ann).ShouldBeDoneAsync();
        await floor.VerbAsync($"HangUp {first.Value}");
        await floor.AgentIsAsync(0, AgentStatus.WrapUp);
        (await floor.EventsAsync(caller)).Select(e => e.GetType().Name).Take(6).ShouldBe([.. Talk, "CallTransferred", "CallQueued"]);
    }

    [Fact]
    public async Task A_transfer_to_a_flow_sends_the_caller_through_it_and_frees_the_agent()
    {
        const string Source = "flow: main\nsteps: {a: {do: say, say: Goodbye., next: b}, b: {do: hangUp, completed: true}}";
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0);
        floor.Switch.Playing = (leg, playlist, id) =>
        {
            if (playlist.Loop.Count == 0)
            {
                floor.Switch.Notify(new PlaybackFinished(leg, id));
            }
        };
        var (flow, now) = (Flow.IdOf("main"), DateTimeOffset.UtcNow);
        await floor.AppendAsync(flow, Flow.StreamType, new FlowSaved(flow, "main", 1, Source, now), new FlowActivated(flow, "main", 1, Source, now));
        await floor.Router.ConfigureAsync();
        var (caller, first, call) = await floor.TalkAsync();
        await floor.Router.TransferAsync(call, "flow main", TransferKind.Blind, Ann).ShouldBeDoneAsync();
        await floor.VerbAsync($"HangUp {first.Value}");
        await floor.VerbAsync($"HangUp {caller.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        await floor.TellsAsync(caller, [.. Talk, "CallTransferred", "CallEnteredIvr", "IvrStepTaken", "IvrStepTaken", "SelfServiceCompleted", "CallEnded"]);
        (await floor.EventsAsync(caller)).OfType<CallTransferred>().Single().ToFlow.ShouldBe("flow main");
    }

    [Fact]
    public async Task A_transfer_to_a_number_outside_leaves_the_caller_with_that_and_ends_with_either()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0);
        await floor.AllowAsync(DialClass.National);
        var (caller, first, call) = await floor.TalkAsync();
        await floor.Router.TransferAsync(call, "00 30 555-1", TransferKind.Blind, Ann).ShouldBeDoneAsync();
        var outside = await floor.DialledAsync("+49305551");
        floor.Switch.Verbs.ShouldContain(verb => verb.Contains("+49305551 over far from 5551234", StringComparison.Ordinal));
        floor.Answer(outside);
        await floor.VerbAsync($"Bridge {caller.Value} {outside.Value}");
        await floor.VerbAsync($"HangUp {first.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        floor.End(outside);
        await floor.VerbAsync($"HangUp {caller.Value}");
        await floor.TellsAsync(caller, [.. Talk, "CallTransferred", "CallEnded"]);
        (await floor.EventsAsync(caller)).OfType<CallEnded>().Single().EndedBy.ShouldBe(CallParty.Outside);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_consultation_is_completed_by_command_or_by_hanging_up(bool byCommand)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0);
        var (caller, first, call) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        await floor.Router.TransferAsync(call, "2002", TransferKind.Attended, Ann).ShouldBeDoneAsync();
        var second = await floor.OriginatedAsync(1);
        floor.Switch.Verbs.ShouldContain($"Play {first.Value}", "ringing");
        await floor.Router.CompleteTransferAsync(call, Ann).ShouldRefuseAsync("NO_CONSULTATION");
        floor.Answer(second);
        await floor.VerbAsync($"Bridge {first.Value} {second.Value}");
        if (byCommand)
        {
            await floor.Router.CompleteTransferAsync(call, Ann).ShouldBeDoneAsync();
            await floor.VerbAsync($"HangUp {first.Value}");
        }
        else
        {
            floor.End(first);
        }

        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        await floor.TellsAsync(caller, [.. Talk, "CallHeld", "CallTransferred"]);
        (await floor.EventsAsync(caller)).OfType<CallTransferred>().Single().Kind.ShouldBe(TransferKind.Attended);
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.AgentAsync(1)).Status.ShouldBe(AgentStatus.Busy);
        floor.End(caller);
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("refused")]
    [InlineData("hung up")]
    public async Task A_consultation_that_comes_to_nothing_gives_the_caller_back(string end)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, first, call) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        await floor.Router.TransferAsync(call, "2002", TransferKind.Attended, Ann).ShouldBeDoneAsync();
        var second = await floor.OriginatedAsync(1);
        switch (end)
        {
            case "cancelled":
                await floor.Router.CancelTransferAsync(call, Ann).ShouldBeDoneAsync();
                await floor.VerbAsync($"HangUp {second.Value}");
                break;
            case "refused":
                floor.End(second, LegEndReason.Rejected, 486);
                break;
            default:
                floor.Answer(second);
                await floor.VerbAsync($"Bridge {first.Value} {second.Value}");
                floor.End(second);
                break;
        }

        await floor.TellsAsync(caller, [.. Talk, "CallHeld", "CallRetrieved"]);
        await RoutingHarness.UntilAsync(() => Task.FromResult(floor.Switch.Verbs.Count(v => v == $"Bridge {caller.Value} {first.Value}") == 2), () => "the caller is not given back");
        await floor.AgentIsAsync(1, AgentStatus.Available);
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Busy);
    }

    [Fact]
    public async Task A_conference_of_five_goes_on_when_one_leaves_and_ends_with_the_caller()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 4, wrapUpSeconds: 0);
        await floor.AllowAsync(DialClass.Local);
        var (caller, first, call) = await floor.TalkAsync();
        var legs = new List<LegId>();
        for (var i = 1; i < 4; i++)
        {
            await floor.RegisterAsync(i);
            await floor.Router.ConferenceAsync(call, $"{2001 + i}", Ann).ShouldBeDoneAsync();
            legs.Add(await floor.OriginatedAsync(i));
            floor.Answer(legs[^1]);
            await floor.VerbAsync($"Join {legs[^1].Value}");
        }

        await floor.Router.ConferenceAsync(call, "0555", Ann).ShouldBeDoneAsync();
        var outside = await floor.DialledAsync("555");
        floor.Answer(outside);
        await floor.VerbAsync($"Join {outside.Value}");
        floor.Switch.Verbs.ShouldContain($"Join {caller.Value}");
        floor.Switch.Verbs.ShouldContain($"Join {first.Value}");

        floor.End(legs[0]);
        await floor.AgentIsAsync(1, AgentStatus.Available);
        floor.End(first);
        await floor.AgentIsAsync(0, AgentStatus.Available);
        await floor.TellsAsync(caller, [.. Talk, "PartyJoined", "PartyJoined", "PartyJoined", "PartyJoined", "PartyLeft", "PartyLeft", "CallTransferred"]);
        (await floor.EventsAsync(caller)).OfType<CallTransferred>().Single().ToAgentId.ShouldBe(floor.Agents[2]);
        floor.End(caller);
        foreach (var leg in new[] { legs[1], legs[2], outside })
        {
            await floor.VerbAsync($"HangUp {leg.Value}");
        }

        await floor.AgentIsAsync(2, AgentStatus.Available);
        await floor.AgentIsAsync(3, AgentStatus.Available);
    }

    [Fact]
    public async Task Who_is_consulted_joins_and_when_the_last_third_leaves_the_two_talk_on()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, first, call) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        await floor.Router.ConferenceAsync(call, null, Ann).ShouldRefuseAsync("NO_CONSULTATION");
        await floor.Router.TransferAsync(call, "2002", TransferKind.Attended, Ann).ShouldBeDoneAsync();
        var second = await floor.OriginatedAsync(1);
        floor.Answer(second);
        await floor.VerbAsync($"Bridge {first.Value} {second.Value}");
        await floor.Router.ConferenceAsync(call, null, Ann).ShouldBeDoneAsync();
        floor.Switch.Verbs.TakeLast(3).ShouldBe([$"Join {caller.Value}", $"Join {second.Value}", $"Join {first.Value}"]);
        floor.End(second);
        await floor.TellsAsync(caller, [.. Talk, "CallHeld", "PartyJoined", "CallRetrieved", "PartyLeft"]);
        await RoutingHarness.UntilAsync(() => Task.FromResult(floor.Switch.Verbs[^1] == $"Bridge {caller.Value} {first.Value}"), () => "the two do not talk");
        await floor.AgentIsAsync(1, AgentStatus.Available);
    }

    [Fact]
    public async Task An_agent_presses_codes_in_a_call_which_count_once_however_they_come()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, agent, _) = await floor.TalkAsync();
        await floor.RegisterAsync(1);
        floor.Press(agent, "12*78#");
        await floor.TellsAsync(caller, [.. Talk, "CallMuted"]);
        floor.Press(agent, "*76*762002#");
        var second = await floor.OriginatedAsync(1);
        floor.Answer(second);
        await floor.TellsAsync(caller, [.. Talk, "CallMuted", "PartyJoined"]);
        floor.Press(agent, "*512#");
        await RoutingHarness.UntilAsync(async () => (await floor.AgentAsync(0)).Pending == new AgentPause(AgentStatus.NotReady, "lunch"), () => "no pause is asked for");
        (await floor.ReadAllAsync()).Single(e => e.Data is CallMuted).Metadata.UserName.ShouldBe("Agent 0");
    }

    [Fact]
    public async Task A_call_that_nears_its_longest_time_is_warned_on_both_sides()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0);
        (await floor.Router.ChangeDeskAsync(floor.Agents[0], desk => desk with { MaxCallSeconds = 60 }, Ann)).ShouldBeNull();
        var (caller, agent, _) = await floor.TalkAsync();
        await floor.TellsAsync(caller, [.. Talk, "CallLengthWarned"]);
        await floor.VerbAsync($"Play {caller.Value}");
        await floor.VerbAsync($"Play {agent.Value}");
    }

    [Fact]
    public async Task A_call_is_ended_by_command_and_wrapped_up_with_what_the_agent_says()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 60);
        var (caller, agent, call) = await floor.TalkAsync();
        await floor.Router.CompleteWrapUpAsync(call, "sold", true, null, Ann).ShouldRefuseAsync("CALL_NOT_IN_WRAP_UP");
        await floor.Router.EndAsync(call, Ann).ShouldBeDoneAsync();
        await floor.VerbAsync($"HangUp {caller.Value}");
        await floor.VerbAsync($"HangUp {agent.Value}");
        await floor.Router.CompleteWrapUpAsync(call, "sold", true, "will call again", Ann).ShouldBeDoneAsync();
        await floor.TellsAsync(caller, [.. Talk, "CallEnded", "WrapUpStarted", "WrapUpCompleted"]);
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.EventsAsync(caller)).OfType<WrapUpCompleted>().Single().ShouldSatisfyAllConditions(e => (e.Disposition, e.Resolved).ShouldBe(("sold", true)), e => e.Notes.ShouldNotBeNull());
    }
}
