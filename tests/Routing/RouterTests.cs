using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.EventStore;
using CallCenter.Telephony;
using CallCenter.Testing;

using Npgsql;

namespace CallCenter.Routing.Tests;

[Collection(PostgresCollection.Name)]
public sealed class RouterTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_call_is_answered_queued_offered_bridged_and_wrapped_up()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.VerbAsync($"Bridge {caller.Value} {agent.Value}");
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        await floor.VerbAsync($"HangUp {agent.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallEnded", "WrapUpStarted", "WrapUpCompleted");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.EventsAsync(caller)).OfType<CallEnded>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => (e.EndedBy, e.Outcome, e.Cause).ShouldBe((CallParty.Caller, CallOutcome.Handled, "hang-up")));
        floor.Switch.Verbs.ShouldContain($"Originate {agent.Value} 2001 from 5551234");
    }

    [Fact]
    public async Task Nothing_is_done_before_its_event_is_durable()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(0);
        await using var blocker = await floor.Source.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("lock table mt_events in exclusive mode", blocker, transaction))
        {
            await command.ExecuteNonQueryAsync();
        }

        var caller = floor.Switch.Call("1000");
        await RoutingHarness.UntilAsync(() => IsWaitedForAsync(floor), () => "nobody waits for the lock");
        floor.Switch.Verbs.ShouldBeEmpty();

        await transaction.RollbackAsync();
        await floor.VerbAsync($"Answer {caller.Value}");
        await floor.OriginatedAsync(0);
    }

    [Fact]
    public async Task A_waiting_caller_hears_something_and_the_next_free_agent_is_offered_the_call()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var caller = floor.Switch.Call("1000");
        await floor.VerbAsync($"Play {caller.Value}");
        floor.Switch.Notify(new PhoneRegistered("2002"));
        await floor.OriginatedAsync(1);
    }

    [Theory]
    [InlineData(LegEndReason.Rejected, NonResponse.Refused)]
    [InlineData(LegEndReason.NoAnswer, NonResponse.TimedOut)]
    [InlineData(LegEndReason.Unreachable, NonResponse.Unreachable)]
    [InlineData(LegEndReason.Failed, NonResponse.Unreachable)]
    public async Task An_offer_that_is_not_answered_goes_to_the_next_agent(LegEndReason reason, NonResponse recorded)
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(0);
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("1000");
        var first = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegEnded(first, reason, null, null));
        var second = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegAnswered(second));
        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        (await floor.EventsAsync(caller)).OfType<CallOfferNotAnswered>().ShouldHaveSingleItem().Reason.ShouldBe(recorded);
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Available);
    }

    [Fact]
    public async Task An_agent_alone_who_refused_is_asked_again_after_a_pause()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 1);
        await floor.RegisterAsync(0);
        floor.Switch.Call("1000");
        floor.Switch.Notify(new LegEnded(await floor.OriginatedAsync(0), LegEndReason.Rejected, 486, "Busy Here"));
        await floor.OriginatedAsync(0, times: 2);
    }

    [Fact]
    public async Task A_caller_who_leaves_while_an_agents_phone_rings_abandons_and_the_phone_stops()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.Cancelled, null, null));
        await floor.VerbAsync($"HangUp {agent.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAbandoned", "CallEnded");
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Fact]
    public async Task An_agent_who_answers_a_caller_already_gone_is_hung_up_and_no_answer_is_recorded()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.VerbAsync($"HangUp {agent.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAbandoned", "CallEnded");
    }

    [Fact]
    public async Task An_agent_who_hangs_up_ends_the_call_for_the_caller()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0);
        var (caller, agent) = await ConnectAsync(floor);
        floor.Switch.Notify(new LegEnded(agent, LegEndReason.RemoteHangUp, null, null));
        await floor.VerbAsync($"HangUp {caller.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallEnded");
        (await floor.EventsAsync(caller)).OfType<CallEnded>().Single().EndedBy.ShouldBe(CallParty.Agent);
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Fact]
    public async Task A_held_caller_hears_music_and_is_bridged_again()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, agent) = await ConnectAsync(floor);
        floor.Switch.Notify(new LegHeld(agent));
        await floor.VerbAsync($"Unbridge {caller.Value}");
        floor.Switch.Notify(new LegRetrieved(agent));
        await RoutingHarness.UntilAsync(
            () => Task.FromResult(floor.Switch.Verbs.Count(v => string.Equals(v, $"Bridge {caller.Value} {agent.Value}", StringComparison.Ordinal)) == 2), () => "not bridged again");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallHeld", "CallRetrieved");
    }

    [Fact]
    public async Task A_number_that_leads_nowhere_is_refused_and_recorded()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var caller = floor.Switch.Call("9999");
        await floor.VerbAsync($"Reject {caller.Value} 404");
        await floor.TellsAsync(caller, "CallReceived", "CallEnded");
    }

    [Fact]
    public async Task A_call_from_one_of_our_phones_is_internal()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var caller = floor.Switch.Call("1000", "2002", new ExtensionSource("2002"));
        await floor.VerbAsync($"Answer {caller.Value}");
        (await floor.EventsAsync(caller)).OfType<CallReceived>().Single().Direction.ShouldBe(CallDirection.Internal);
    }

    [Fact]
    public async Task An_agent_whose_phone_goes_is_signed_out_at_once_when_free_and_after_the_call_when_not()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(1);
        floor.Switch.Notify(new PhoneUnregistered("2002"));
        await floor.AgentIsAsync(1, AgentStatus.SignedOut);
        var (caller, _) = await ConnectAsync(floor);
        floor.Switch.Notify(new PhoneUnregistered("2001"));
        floor.Switch.Notify(new LegHeld(floor.Switch.NewLeg()));
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Busy);
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        await floor.AgentIsAsync(0, AgentStatus.SignedOut);
    }

    [Fact]
    public async Task After_a_crash_live_calls_end_at_their_last_event_and_agents_are_signed_out_when_the_process_was_last_seen()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 0);
        var (call, agent, then) = (Guid.CreateVersion7(), Guid.CreateVersion7(), new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));
        await floor.AppendAsync(call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, "1", "1000", then), new CallQueued(call, floor.QueueId, then.AddSeconds(1)));
        AgentEvent[] history = [new AgentCreated(agent, "Ann", "2001", [], then), new AgentSignedIn(agent, then.AddSeconds(2))];
        await floor.AppendAsync(agent, Agent.StreamType, history);
        await floor.StopAsync();

        await floor.RunAsync(new FloorSnapshot([], [new AgentSnapshot(history.Aggregate(Agent.Initial, Agent.Evolve), 2)], [call], 0, then.AddSeconds(3)));

        (await floor.Store.FetchStreamAsync(call))[^1].Data.ShouldBe(new CallEnded(call, CallParty.System, "system-restart", CallOutcome.Failed, then.AddSeconds(1)));
        (await floor.Store.FetchStreamAsync(agent))[^1].Data.ShouldBe(new AgentSignedOut(agent, "system-restart", then.AddSeconds(3)));
    }

    [Fact]
    public async Task An_orderly_stop_ends_every_call_and_signs_every_agent_out()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (talking, _) = await ConnectAsync(floor);
        var waiting = floor.Switch.Call("1000");
        await floor.VerbAsync($"Play {waiting.Value}");
        await floor.StopAsync();
        (await floor.EventsAsync(talking)).OfType<CallEnded>().Single().ShouldSatisfyAllConditions(e => e.Outcome.ShouldBe(CallOutcome.Handled), e => e.Cause.ShouldBe("system-shutdown"));
        (await floor.EventsAsync(waiting)).OfType<CallEnded>().Single().Outcome.ShouldBe(CallOutcome.Failed);
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.SignedOut);
    }

    [Fact]
    public async Task When_somebody_else_wrote_to_a_stream_the_call_is_ended_and_the_floor_goes_on()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var (caller, agent) = await ConnectAsync(floor);
        await floor.Store.AppendAsync(
            new StreamAppend(floor.Agents[0], Agent.StreamType, ExpectedVersion.Any, [EventData.Of(new AgentChanged(floor.Agents[0], "Renamed", "2001", [floor.QueueId], DateTimeOffset.UtcNow))]),
            EventMetadata.None);
        floor.Switch.Notify(new LegHeld(agent));
        floor.Switch.Notify(new LegEnded(agent, LegEndReason.RemoteHangUp, null, null));
        await floor.VerbAsync($"HangUp {caller.Value}");
        await RoutingHarness.UntilAsync(async () => (await floor.EventsAsync(caller)).OfType<CallEnded>().Any(), () => "the call has not ended");
        await floor.AgentIsAsync(0, AgentStatus.Available);
        (await floor.AgentAsync(0)).Name.ShouldBe("Renamed");
        floor.Switch.Call("1000");
        await floor.OriginatedAsync(0, times: 2);
    }

    private static async Task<(LegId Caller, LegId Agent)> ConnectAsync(RoutingHarness floor)
    {
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.VerbAsync($"Bridge {caller.Value} {agent.Value}");
        return (caller, agent);
    }

    private static async Task<bool> IsWaitedForAsync(RoutingHarness floor)
    {
        await using var command = floor.Source.CreateCommand("select exists (select from pg_locks where relation = 'mt_events'::regclass and not granted)");
        return await command.ExecuteScalarAsync() is true;
    }

    [Fact]
    public async Task How_the_legs_sounded_is_written_with_the_end_and_after_it()
    {
        await using var center = await RoutingHarness.StartAsync(postgres);
        await center.RegisterAsync(0);
        var caller = center.Switch.Call("1000");
        var agent = await center.OriginatedAsync(0);
        center.Switch.Notify(new LegAnswered(agent));
        await center.VerbAsync($"Bridge {caller.Value} {agent.Value}");
        center.Switch.Notify(new LegMeasured(caller, Quality(4.1)));
        center.Switch.Notify(new LegEnded(caller, LegEndReason.MediaTimeout, null, "neither audio nor RTCP for 120 s"));
        await center.VerbAsync($"HangUp {agent.Value}");
        center.Switch.Notify(new LegMeasured(agent, Quality(3.9)));
        center.Switch.Notify(new LegEnded(agent, LegEndReason.LocalHangUp, null, null));
        await center.AgentIsAsync(0, AgentStatus.Available);
        var events = await center.EventsAsync(caller);
        events.OfType<CallEnded>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Cause.ShouldBe("media-timeout"), e => e.EndedBy.ShouldBe(CallParty.System));
        events.OfType<CallMediaMeasured>().Select(m => (m.Party, m.AgentId, m.Figures.Codec, m.Figures.Mos, m.Figures.RoundTripMs)).ShouldBe(
            [(CallParty.Caller, (Guid?)null, "PCMU", 4.1, 31.5), (CallParty.Agent, center.Agents[0], "PCMU", 3.9, 31.5)]);

        static Telephony.Media.MediaQuality Quality(double mos) => new(
            "PCMU", 10, 11, 1, null, TimeSpan.FromMilliseconds(2), null, TimeSpan.FromMilliseconds(31.5), mos, null, TimeSpan.Zero);
    }

    [Fact]
    public async Task A_call_that_found_no_media_port_leaves_its_two_events()
    {
        await using var center = await RoutingHarness.StartAsync(postgres);
        var leg = center.Switch.NewLeg();
        center.Switch.Notify(new CallTurnedAway(new IncomingCall(leg, $"sip-{leg.Value}", "5551234", null, "1000", new TrunkSource("local"), DateTimeOffset.UtcNow), "no-media-port"));
        await center.TellsAsync(leg, "CallReceived", "CallEnded");
        ((CallEnded)(await center.EventsAsync(leg))[1]).ShouldSatisfyAllConditions(e => e.Cause.ShouldBe("no-media-port"), e => e.Outcome.ShouldBe(CallOutcome.Failed));
    }
}
