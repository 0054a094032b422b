using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Queues;
using CallCenter.Projections.Tests.Calls;
using CallCenter.Testing;

namespace CallCenter.Projections.Tests;

/// <summary>Queues and agents as they are now.</summary>
[Collection(PostgresCollection.Name)]
public sealed class LiveQueriesTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly Dictionary<AgentStatus, int> NoAgents = [];

    [Fact]
    public async Task A_queue_shows_who_waits_how_long_and_who_is_there()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var settings = new QueueSettings("Support", "1000") { Method = DistributionMethod.Hunting, Tiers = [new(["first"], 0)] };
        var (queue, ann, bob, zoe) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await center.AppendAsync(queue, Queue.StreamType, new QueueCreated(queue, settings, Now.AddHours(-1)));
        await SignInAsync(center, ann, "Ann", queue);
        await SignInAsync(center, bob, "Bob", queue, new AgentStatusChanged(bob, AgentStatus.Busy, Now.AddMinutes(-5)));
        await SignInAsync(center, zoe, "Zoe", queue, new AgentStatusChanged(zoe, AgentStatus.NotReady, Now.AddMinutes(-5), Reason: "lunch"));
        var earlier = new Story(Now.AddMinutes(-30)).Received().Queued(0, queue).Offered(1, bob).Answered(2, bob).Ended(62, CallOutcome.Handled);
        var first = new Story(Now.AddSeconds(-30)).Received().Queued(0, queue);
        var second = new Story(Now.AddSeconds(-10)).Received().Queued(0, queue).Offered(1, ann);
        var gone = new Story(Now.AddSeconds(-50)).Received().Queued(0, queue).Abandoned(20);
        foreach (var story in new[] { earlier, first, second, gone })
        {
            await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        }

        await center.CatchUpAsync();

        var view = (await new QueueQueries(center.Source, new FixedClock(Now)).GetAsync(null, default)).ShouldHaveSingleItem();

        // One contact was answered, after 2 s: there is nothing else to go by.
        (view with { Settings = settings, Agents = NoAgents }).ShouldBe(new QueueView(queue, "Support", "1000", 2, 30, 2, 1) { Settings = settings, Agents = NoAgents });
        view.Agents.ShouldBe(new Dictionary<AgentStatus, int> { [AgentStatus.Available] = 1, [AgentStatus.Busy] = 1, [AgentStatus.NotReady] = 1 }, ignoreOrder: true);
        (view.Settings.Method, view.Settings.Tiers.Single().Groups.Single()).ShouldBe((DistributionMethod.Hunting, "first"));
        var pace = (await new QueueQueries(center.Source, TimeProvider.System).PacesAsync(default)).ShouldHaveSingleItem();
        (pace.Key, pace.Value.MeanWaitSeconds).ShouldBe((queue, 2));
    }

    [Fact]
    public async Task An_agent_shows_status_since_when_and_why()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var ann = Guid.CreateVersion7();
        await SignInAsync(center, ann, "Ann", Guid.NewGuid(), new AgentStatusChanged(ann, AgentStatus.NotReady, Now.AddMinutes(-5), Reason: "lunch"));
        await center.CatchUpAsync();
        await center.AppendAsync(ann, Agent.StreamType, new AgentChanged(ann, "Ann", null, [], Now.AddMinutes(-4), new AgentAttributes { Skills = new Dictionary<string, int> { ["german"] = 7 }, Team = "north" }));
        await center.CatchUpAsync();
        var view = (await new AgentQueries(center.Source).PageAsync(10, null, default)).Nodes.ShouldHaveSingleItem();
        (view.Attributes.Skills["german"], view.Attributes.Team).ShouldBe((7, "north"));
        (view.Name, view.Status, view.Reason, view.Version).ShouldBe(("Ann", AgentStatus.NotReady, "lunch", 4L));
        view.StatusSince.ShouldBe(Now.AddMinutes(-5), TimeSpan.FromMilliseconds(1));
        await center.AppendAsync(ann, Agent.StreamType, new AgentSignedOut(ann, "phone-unregistered", Now));
        await center.CatchUpAsync();
        (await new AgentQueries(center.Source).GetAsync([ann], default))[ann].Status.ShouldBe(AgentStatus.SignedOut);
    }

    private static Task SignInAsync(CenterHarness center, Guid id, string name, Guid queue, params AgentEvent[] more) => center.AppendAsync(
        id, Agent.StreamType, [new AgentCreated(id, name, null, [queue], Now.AddHours(-1)), new AgentSignedIn(id, Now.AddMinutes(-40)), .. more]);

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
