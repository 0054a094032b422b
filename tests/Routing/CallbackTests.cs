using CallCenter.Domain.Agents;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>Callers who keep their place and are called back.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CallbackTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task Who_presses_the_key_is_let_go_and_called_back_when_an_agent_is_free_before_those_who_came_later()
    {
        await using var floor = await StartAsync();
        var caller = await AskedAsync(floor, "5551234");
        await floor.VerbAsync($"HangUp {caller.Value}");
        (await floor.EventsAsync(caller)).OfType<CallEnded>().Single().Outcome.ShouldBe(CallOutcome.Overflowed);

        await floor.RegisterAsync(0);
        var leg = await DialledAsync(floor, "5551234");
        floor.Switch.Notify(new LegAnswered(leg));
        await floor.VerbAsync($"DetectDtmf {leg.Value}");
        floor.Switch.Notify(new LegEnded(await LaterCallerIsServedAsync(floor), LegEndReason.RemoteHangUp, null, null));
        await floor.AgentIsAsync(0, AgentStatus.Available);

        floor.Switch.Notify(new DtmfReceived(leg, '1', null, DtmfMethod.TelephoneEvent));
        var agent = await floor.OriginatedAsync(0, times: 2);
        floor.Switch.Verbs.ShouldContain($"Originate {agent.Value} 2001 from 5551234", "the agent sees who it is");
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.VerbAsync($"Bridge {leg.Value} {agent.Value}");
        await floor.HasCallbackAsync("CallbackRequested", "CallbackDialled", "CallbackConfirmed", "CallbackCompleted");
        var call = (await floor.ReadAllAsync()).Select(e => e.Data).OfType<CallbackDialled>().Single().CallId;
        (await floor.Store.FetchStreamAsync(call)).Select(e => e.Data.GetType().Name).ShouldBe(["CallReceived", "CallQueued", "CallOffered", "CallAnswered"]);
    }

    [Fact]
    public async Task A_place_that_is_kept_comes_before_who_came_later()
    {
        await using var floor = await StartAsync(agents: 1);
        await AskedAsync(floor, "5551234");
        var later = floor.Switch.Call("1000", "5559999");
        await floor.TellsAsync(later, "CallReceived", "CallQueued");
        floor.Switch.Notify(new PhoneRegistered("2001"));

        // The agent is not held idle: the later caller is served while the phone of the first rings.
        var leg = await DialledAsync(floor, "5551234");
        var first = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegAnswered(first));
        floor.Switch.Notify(new LegAnswered(leg));
        await floor.VerbAsync($"DetectDtmf {leg.Value}");
        var last = floor.Switch.Call("1000", "5558888");
        await floor.TellsAsync(last, "CallReceived", "CallQueued");
        floor.Switch.Notify(new DtmfReceived(leg, '1', null, DtmfMethod.TelephoneEvent));
        await floor.HasCallbackAsync("CallbackRequested", "CallbackDialled", "CallbackConfirmed");
        floor.Switch.Notify(new LegEnded(first, LegEndReason.RemoteHangUp, null, null));
        var second = await floor.OriginatedAsync(0, times: 2);
        floor.Switch.Verbs.ShouldContain($"Originate {second.Value} 2001 from 5551234");
    }

    [Theory]
    [InlineData(LegEndReason.NoAnswer, "NoAnswer")]
    [InlineData(LegEndReason.Rejected, "Refused")]
    [InlineData(LegEndReason.Unreachable, "Unreachable")]
    public async Task Who_is_not_reached_is_called_again_later(LegEndReason reason, string told)
    {
        await using var floor = await StartAsync();
        await AskedAsync(floor, "5551234");
        await floor.RegisterAsync(0);
        var leg = await DialledAsync(floor, "5551234");
        floor.Switch.Notify(new LegEnded(leg, reason, null, null));
        var missed = (await floor.HasCallbackAsync("CallbackRequested", "CallbackDialled", "CallbackNotReached")).OfType<CallbackNotReached>().Single();
        missed.Reason.ToString().ShouldBe(told);
        missed.RetryAt.ShouldBe(missed.OccurredAt.AddSeconds(300));
        var call = await floor.Store.FetchStreamAsync(missed.CallId);
        call.Select(e => e.Data).OfType<CallEnded>().Single().Outcome.ShouldBe(CallOutcome.Failed);
    }

    [Fact]
    public async Task Who_presses_three_is_not_called_any_more()
    {
        await using var floor = await StartAsync();
        await AskedAsync(floor, "5551234");
        await floor.RegisterAsync(0);
        var leg = await DialledAsync(floor, "5551234");
        floor.Switch.Notify(new LegAnswered(leg));
        await floor.VerbAsync($"DetectDtmf {leg.Value}");
        floor.Switch.Notify(new DtmfReceived(leg, '3', null, DtmfMethod.TelephoneEvent));
        await floor.HasCallbackAsync("CallbackRequested", "CallbackDialled", "CallbackCancelled");
        await floor.VerbAsync($"HangUp {leg.Value}");
    }

    [Fact]
    public async Task Who_hangs_up_instead_of_pressing_the_key_was_not_reached()
    {
        await using var floor = await StartAsync();
        await AskedAsync(floor, "5551234");
        await floor.RegisterAsync(0);
        var leg = await DialledAsync(floor, "5551234");
        floor.Switch.Notify(new LegAnswered(leg));
        floor.Switch.Notify(new LegEnded(leg, LegEndReason.RemoteHangUp, null, null));
        (await floor.HasCallbackAsync("CallbackRequested", "CallbackDialled", "CallbackNotReached")).OfType<CallbackNotReached>().Single().Reason.ShouldBe(CallbackMiss.NotConfirmed);
    }

    [Fact]
    public async Task Whose_number_is_withheld_is_asked_for_a_message_instead()
    {
        await using var floor = await StartAsync();
        var caller = floor.Switch.Call("1000", from: "");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued");
        floor.Switch.Notify(new DtmfReceived(caller, '2', null, DtmfMethod.Info));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOverflowed", "CallVoicemailStarted");
    }

    [Fact]
    public async Task A_scheduled_callback_is_dialled_at_its_time_for_the_agent_it_is_for()
    {
        await using var floor = await StartAsync();
        await floor.RegisterAsync(0);
        var due = DateTimeOffset.UtcNow.AddSeconds(1);
        var request = new RequestCallback(Guid.CreateVersion7(), floor.QueueId, "5551234", new CallbackRank(Now), new CallbackRules(), Now, due, floor.Agents[1], By: "ann");
        (await floor.Router.RequestCallbackAsync(request, "ann")).ShouldBeNull();
        (await floor.Store.FetchStreamAsync(request.CallbackId))[0].Metadata.UserName.ShouldBe("ann");

        // The agent whom it is for is signed in, and busy; the other is idle and is not asked.
        await floor.RegisterAsync(1);
        var other = floor.Switch.Call("2002", "2001", new ExtensionSource("2001"));
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(1)));
        await floor.AgentIsAsync(1, AgentStatus.Busy);
        await RoutingHarness.UntilAsync(() => Task.FromResult(DateTimeOffset.UtcNow > due), () => "time stands still");
        floor.Switch.Notify(new LegEnded(other, LegEndReason.RemoteHangUp, null, null));
        var leg = await DialledAsync(floor, "5551234");
        floor.Switch.Notify(new LegAnswered(leg));
        await floor.VerbAsync($"DetectDtmf {leg.Value}");
        floor.Switch.Notify(new DtmfReceived(leg, '1', null, DtmfMethod.TelephoneEvent));
        await floor.OriginatedAsync(1, times: 2);
        var dialled = (await floor.Store.FetchStreamAsync(request.CallbackId)).Select(e => e.Data).OfType<CallbackDialled>().Single();
        dialled.OccurredAt.ShouldBeGreaterThanOrEqualTo(due.AddMilliseconds(-1));
    }

    [Fact]
    public async Task A_callback_is_cancelled_by_command_and_what_makes_no_sense_is_refused()
    {
        await using var floor = await StartAsync();
        var request = new RequestCallback(Guid.CreateVersion7(), floor.QueueId, "5551234", new CallbackRank(Now), new CallbackRules(), Now, By: "ann");
        (await floor.Router.RequestCallbackAsync(request with { QueueId = Guid.NewGuid() }, "ann")).ShouldNotBeNull().Code.ShouldBe("QUEUE_NOT_FOUND");
        (await floor.Router.RequestCallbackAsync(request with { AgentId = Guid.NewGuid() }, "ann")).ShouldNotBeNull().Code.ShouldBe("AGENT_NOT_FOUND");
        (await floor.Router.RequestCallbackAsync(request with { Number = "" }, "ann")).ShouldNotBeNull().Code.ShouldBe("CALLBACK_NUMBER");
        (await floor.Router.RequestCallbackAsync(request, "ann")).ShouldBeNull();
        (await floor.Router.CancelCallbackAsync(request.CallbackId, "joe")).ShouldBeNull();
        (await floor.Router.CancelCallbackAsync(request.CallbackId, "joe")).ShouldNotBeNull().Code.ShouldBe("CALLBACK_NOT_FOUND");
        (await floor.HasCallbackAsync("CallbackRequested", "CallbackCancelled")).OfType<CallbackCancelled>().Single().By.ShouldBe("joe");
    }

    [Fact]
    public async Task What_the_last_process_dialled_is_dialled_again_at_the_cost_of_no_attempt()
    {
        await using var floor = await StartAsync(run: false);
        var (id, call) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        CallbackEvent[] history = [new CallbackRequested(id, floor.QueueId, "5551234", new CallbackRank(Now), new CallbackRules(Attempts: 1), Now), new CallbackDialled(id, call, 1, Now)];
        await floor.AppendAsync(id, Callback.StreamType, history);
        await floor.RunAsync(floor.Floor with { Callbacks = [new CallbackSnapshot(history.Aggregate(Callback.Initial, Callback.Evolve), 2)] });
        await floor.RegisterAsync(0);
        await DialledAsync(floor, "5551234");
        var told = await floor.HasCallbackAsync("CallbackRequested", "CallbackDialled", "CallbackNotReached", "CallbackDialled");
        told.OfType<CallbackNotReached>().Single().Reason.ShouldBe(CallbackMiss.SystemRestart);
        told.OfType<CallbackDialled>().Last().Attempt.ShouldBe(1);
    }

    private async Task<RoutingHarness> StartAsync(int agents = 2, bool run = true)
    {
        var floor = await RoutingHarness.StartAsync(postgres, agents, wrapUpSeconds: 0, with: settings => settings with { CallbackKey = "2" }, run: run, dialsOut: true);
        floor.Switch.PlaysAtOnce = true;
        return floor;
    }

    private static async Task<LegId> AskedAsync(RoutingHarness floor, string from)
    {
        var caller = floor.Switch.Call("1000", from);
        await floor.TellsAsync(caller, "CallReceived", "CallQueued");
        floor.Switch.Notify(new DtmfReceived(caller, '2', null, DtmfMethod.TelephoneEvent));
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOverflowed", "CallLeftForCallback", "CallEnded");
        return caller;
    }

    private static async Task<LegId> DialledAsync(RoutingHarness floor, string number)
    {
        string? Verb() => floor.Switch.Verbs.FirstOrDefault(v => v.StartsWith("Originate", StringComparison.Ordinal) && v.Contains($" {number} over provider from 1000", StringComparison.Ordinal));
        await RoutingHarness.UntilAsync(() => Task.FromResult(Verb() is not null), () => $"{number} was not called: {string.Join("; ", floor.Switch.Verbs)}");
        return new LegId(long.Parse(Verb()!.Split(' ')[1]));
    }

    /// <returns>The agent's leg.</returns>
    private static async Task<LegId> LaterCallerIsServedAsync(RoutingHarness floor)
    {
        floor.Switch.Call("1000", "5559999");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        return agent;
    }
}
