using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>A queue's rules for who enters hold for callers whom agents send there; and ring-all takes in who gets free.</summary>
[Collection(PostgresCollection.Name)]
public sealed class EntryTests(PostgresFixture postgres)
{
    private static readonly TransferId Asked = new(7);

    [Fact]
    public async Task A_transfer_to_a_queue_where_a_rule_would_end_the_call_is_refused_and_the_agent_keeps_the_caller()
    {
        await using var floor = await StartAsync(new(OverflowCause.NoAgents, 0, new(DestinationKind.HangUp)));
        var (caller, first) = await TalkAsync(floor);
        floor.Switch.Notify(new TransferRequested(first, Asked, "1001", "sip:1001@x", null));
        await floor.VerbAsync($"RefuseTransfer {first.Value} 7 480");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallAnswered");
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Busy);
        floor.Switch.Verbs.ShouldNotContain($"HangUp {caller.Value}");
    }

    [Theory]
    [InlineData(DestinationKind.Voicemail, null, "CallVoicemailStarted")]
    [InlineData(DestinationKind.Callback, null, "CallLeftForCallback")]
    [InlineData(DestinationKind.Queue, "Support", "CallQueued")]
    public async Task A_transferred_caller_goes_on_by_the_rule_of_a_queue_that_takes_nobody(DestinationKind kind, string? target, string then)
    {
        await using var floor = await StartAsync(new(OverflowCause.NoAgents, 0, new(kind, target)));
        var (caller, first) = await TalkAsync(floor);
        floor.Switch.Notify(new TransferRequested(first, Asked, "1001", "sip:1001@x", null));
        await floor.VerbAsync($"ReportTransfer {first.Value} 7 200");
        string[] story = ["CallReceived", "CallQueued", "CallOffered", "CallAnswered", "CallTransferred", "CallQueued", "CallOverflowed", then];
        await RoutingHarness.UntilAsync(
            async () => (await floor.EventsAsync(caller)).Select(e => e.GetType().Name).Take(story.Length).SequenceEqual(story), () => $"the caller does not come to {then}");
        var overflowed = (await floor.EventsAsync(caller)).OfType<CallOverflowed>().Single();
        (overflowed.Cause, (Guid?)overflowed.QueueId).ShouldBe(("no-agents", (await floor.EventsAsync(caller)).OfType<CallTransferred>().Single().ToQueueId));
        floor.Switch.Verbs.ShouldNotContain($"HangUp {caller.Value}");
    }

    [Fact]
    public async Task A_caller_whose_queue_sends_on_to_a_number_outside_is_put_through_there()
    {
        await using var floor = await RoutingHarness.StartAsync(
            postgres, agents: 1, dialsOut: true, with: support => support with { Overflow = [new(OverflowCause.NoAgents, 0, new(DestinationKind.Number, "0049301234"))] });
        var caller = floor.Switch.Call("1000");
        string? Originated() => floor.Switch.Verbs.FirstOrDefault(verb => verb.StartsWith("Originate", StringComparison.Ordinal));
        await RoutingHarness.UntilAsync(() => Task.FromResult(Originated() is not null), () => "nobody was called outside");
        var outside = new LegId(long.Parse(Originated()!.Split(' ')[1]));
        floor.Switch.Notify(new LegAnswered(outside));
        await floor.VerbAsync($"Bridge {caller.Value} {outside.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOverflowed", "CallDialled", "CallAnswered");
        floor.Switch.Notify(new LegEnded(outside, LegEndReason.RemoteHangUp, null, null));
        await floor.VerbAsync($"HangUp {caller.Value}");
        (await floor.EventsAsync(caller)).OfType<CallEnded>().Single().EndedBy.ShouldBe(CallParty.Outside);
    }

    [Fact]
    public async Task An_agent_who_gets_free_while_all_ring_rings_too_and_may_be_the_one_who_answers()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 2, wrapUpSeconds: 0, with: support => support with { Method = DistributionMethod.RingAll });
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000");
        var first = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new PhoneRegistered("2002"));
        var second = await floor.OriginatedAsync(1);
        floor.Switch.Notify(new LegAnswered(second));
        await floor.VerbAsync($"Bridge {caller.Value} {second.Value}");
        await floor.VerbAsync($"HangUp {first.Value}");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered", "CallOffered", "CallAnswered");
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    private static async Task<(LegId Caller, LegId Agent)> TalkAsync(RoutingHarness floor)
    {
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("1000", from: "4930111");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.VerbAsync($"Bridge {caller.Value} {agent.Value}");
        return (caller, agent);
    }

    /// <summary>Beside the usual queue there is one at 1001 that nobody serves, with this rule.</summary>
    private async Task<RoutingHarness> StartAsync(OverflowRule rule)
    {
        var floor = await RoutingHarness.StartAsync(postgres, agents: 1, wrapUpSeconds: 0);
        var sales = Guid.CreateVersion7();
        await floor.AppendAsync(sales, Queue.StreamType, new QueueCreated(sales, new QueueSettings("Sales", "1001") { Overflow = [rule] }, DateTimeOffset.UtcNow));
        await floor.Router.ConfigureAsync();
        return floor;
    }
}
