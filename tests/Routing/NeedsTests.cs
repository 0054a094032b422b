using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>What calls need of whoever takes them, by their number or by a flow's step.</summary>
[Collection(PostgresCollection.Name)]
public sealed class NeedsTests(PostgresFixture postgres)
{
    private static readonly Destination Main = new(DestinationKind.Flow, "main");

    [Fact]
    public async Task A_busy_agent_whom_a_flow_names_is_waited_for_while_another_is_idle()
    {
        await using var floor = await StartAsync("a: {do: queue, queue: Support, agent: \"2001\", patience: 600}");
        await floor.RegisterAsync(0);
        var first = await TalkAsync(floor);
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("3000");
        await floor.TellsAsync(caller, "CallReceived", "CallEnteredIvr", "IvrStepTaken", "CallLeftIvr", "CallQueued");

        // Who comes after is nobody's in particular, and shows that the floor was looked at.
        floor.Switch.Call("1000");
        await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegEnded(first, LegEndReason.RemoteHangUp, null, null));
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(0, times: 2)));
        await floor.TellsAsync(caller, "CallReceived", "CallEnteredIvr", "IvrStepTaken", "CallLeftIvr", "CallQueued", "CallOffered", "CallAnswered");
        var needs = (await floor.EventsAsync(caller)).OfType<CallQueued>().Single().Needs.ShouldNotBeNull();
        (needs.AgentId, needs.AgentPatienceSeconds).ShouldBe((floor.Agents[0], 600));
    }

    [Fact]
    public async Task After_the_patience_anybody_has_the_call()
    {
        await using var floor = await StartAsync("a: {do: queue, queue: Support, agent: Agent 0, patience: 1}");
        await floor.RegisterAsync(0);
        await TalkAsync(floor);
        await floor.RegisterAsync(1);
        var caller = floor.Switch.Call("3000");
        await floor.OriginatedAsync(1);
        Waited(await floor.EventsAsync(caller)).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_skill_that_is_required_is_waited_for_until_it_is_relaxed()
    {
        await using var floor = await StartAsync("a: {do: queue, queue: Support, skills: [{skill: german, level: 5, relax: [{after: 1, level: 0}]}], priority: 7, segment: gold}");
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("3000");
        await floor.OriginatedAsync(0);
        var events = await floor.RevealedAsync(caller);
        Waited(events).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        events.OfType<CallQueued>().Single().Needs!.Skills.Single().ShouldSatisfyAllConditions(need => (need.Name, need.Minimum).ShouldBe(("german", 5)));
        events.OfType<CallAttributeSet>().Select(e => $"{e.Name}={e.Value}").ShouldBe(["priority=7", "segment=gold"]);
        events.OfType<CallClassified>().Single().ShouldSatisfyAllConditions(e => (e.Topic, e.Segment).ShouldBe((null, "gold")));
    }

    [Fact]
    public async Task What_a_number_needs_goes_with_its_calls_into_the_queue_and_into_a_callback()
    {
        await using var floor = await StartAsync("a: {do: hangUp}", with: settings => settings with { CallbackKey = "1" });
        var needs = new ContactNeeds { Skills = [new SkillNeed("german", 3)], AgentId = floor.Agents[1] };
        await ConfigureAsync(floor, "3001", new NumberSettings(new Destination(DestinationKind.Queue, "Support")) { Needs = needs, Attributes = new Dictionary<string, string> { ["segment"] = "gold" } });
        var caller = floor.Switch.Call("3001", from: "4930111");
        await floor.VerbAsync($"DetectDtmf {caller.Value}");
        floor.Switch.Notify(new DtmfReceived(caller, '1', null, DtmfMethod.TelephoneEvent));
        var asked = (await floor.HasCallbackAsync("CallbackRequested"))[0].ShouldBeOfType<Domain.Callbacks.CallbackRequested>();
        asked.Rank.Needs!.Skills.Single().Name.ShouldBe("german");
        asked.Rank.Needs.AgentId.ShouldBe(floor.Agents[1]);
        var events = await floor.RevealedAsync(caller);
        events.OfType<CallQueued>().Single().Needs!.AgentPatienceSeconds.ShouldBe(ContactNeeds.UsualPatienceSeconds);
        events.OfType<CallReceived>().Single().Segment.ShouldBe("gold");
    }

    [Fact]
    public async Task Who_is_named_by_what_a_caller_brings_and_is_nobody_is_not_waited_for()
    {
        await using var floor = await StartAsync("a: {do: queue, queue: Support, agent: \"{caller}\", patience: 3600}");
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("3000", from: "4930111");
        await floor.OriginatedAsync(0);
        (await floor.EventsAsync(caller)).OfType<CallQueued>().Single().Needs.ShouldBeNull();
    }

    [Fact]
    public async Task A_topic_of_a_flows_own_words_is_the_calls_and_one_with_a_callers_values_is_not()
    {
        await using var floor = await StartAsync("a: {do: set, values: {topic: loans}, next: b}\n  b: {do: set, values: {topic: \"{caller}\"}, next: c}\n  c: {do: queue, queue: Support}");
        var caller = floor.Switch.Call("3000", from: "4930111");
        await floor.TellsAsync(
            caller, "CallReceived", "CallEnteredIvr", "CallAttributeSet", "IvrStepTaken", "CallAttributeSet", "IvrStepTaken", "IvrStepTaken", "CallClassified", "CallLeftIvr", "CallQueued");
        (await floor.EventsAsync(caller)).OfType<CallClassified>().Single().Topic.ShouldBe("loans");
    }

    private static TimeSpan Waited(IReadOnlyList<CallEvent> events) => events.OfType<CallOffered>().First().OccurredAt - events.OfType<CallQueued>().First().OccurredAt;

    private static async Task<LegId> TalkAsync(RoutingHarness floor)
    {
        var caller = floor.Switch.Call("1000");
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(0)));
        await floor.AgentIsAsync(0, AgentStatus.Busy);
        return caller;
    }

    private static async Task ConfigureAsync(RoutingHarness floor, string number, NumberSettings settings)
    {
        await floor.AppendAsync(DialledNumber.IdOf(number), DialledNumber.StreamType, new NumberConfigured(DialledNumber.IdOf(number), number, settings, DateTimeOffset.UtcNow));
        await floor.Router.ConfigureAsync();
    }

    private async Task<RoutingHarness> StartAsync(string steps, Func<QueueSettings, QueueSettings>? with = null)
    {
        var flow = $"flow: main\nsteps:\n  {steps}\n";
        FlowParser.Parse(flow).Faults.ShouldBeEmpty();
        var floor = await RoutingHarness.StartAsync(postgres, wrapUpSeconds: 0, with: with);
        await floor.AppendAsync(Flow.IdOf("main"), Flow.StreamType, new FlowSaved(Flow.IdOf("main"), "main", 1, flow, DateTimeOffset.UtcNow), new FlowActivated(Flow.IdOf("main"), "main", 1, flow, DateTimeOffset.UtcNow));
        await ConfigureAsync(floor, "3000", new NumberSettings(Main));
        return floor;
    }
}
