using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Floor;
using CallCenter.Projections.Tests.Calls;
using CallCenter.Testing;

namespace CallCenter.Projections.Tests.Floor;

/// <summary>The floor of the past against what its events say when each stream is folded up to that instant.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FloorQueriesTests(PostgresFixture postgres)
{
    private static readonly Guid Support = Guid.CreateVersion7();
    private static readonly Guid Sales = Guid.CreateVersion7();
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task At_any_instant_queues_agents_and_calls_are_as_their_events_say()
    {
        var random = new Random(11);
        await using var center = await CenterHarness.CreateAsync(postgres);
        await center.AppendAsync(Support, Queue.StreamType, new QueueCreated(Support, new QueueSettings("Support", "1000"), Nine.AddHours(-1)));
        await center.AppendAsync(Sales, Queue.StreamType, new QueueCreated(Sales, new QueueSettings("Sales", "1001"), Nine.AddMinutes(20)), new QueueChanged(Sales, new QueueSettings("Sellers", "1001"), Nine.AddMinutes(40)));
        var agents = Enumerable.Range(0, 6).Select(i => (Id: Guid.CreateVersion7(), Events: Shift(random, i))).ToList();
        foreach (var (id, events) in agents)
        {
            await center.AppendAsync(id, Agent.StreamType, events(id));
        }

        var stories = Enumerable.Range(0, 80).Select(_ => Told(random, agents[random.Next(agents.Count)].Id)).ToList();
        stories.Add(new Story(Nine.AddHours(-6)).Received().Queued(0, Support).Answered(60, agents[0].Id).Ended(8 * 3600, CallOutcome.Handled));
        foreach (var story in stories)
        {
            await center.AppendAsync(story.Id, Call.StreamType, story.Events);
        }

        await center.CatchUpAsync();
        var trail = new EventTrail(center.Source, center.Types);
        var (floors, streams) = (new FloorQueries(center.Source, trail), await trail.StreamsAsync([.. stories.Select(s => s.Id)]));
        for (var minute = -3.5; minute < 70; minute += 1.37)
        {
            var at = Nine.AddMinutes(minute);
            var floor = await floors.AtAsync(at, default);

            var calls = streams.GroupBy(e => e.StreamId).Select(stream => CallView.At(stream, at)).OfType<CallView>().Where(call => call.State != CallState.Ended).ToList();
            floor.Calls.Select(c => (c.Id, c.State, c.Version, c.AgentId)).ShouldBe(calls.Select(c => (c.Id, c.State, c.Version, c.AgentId)), ignoreOrder: true, $"at minute {minute}");

            var folded = agents.Select(a => a.Events(a.Id).Where(e => e.OccurredAt <= at).Aggregate(Agent.Initial, Agent.Evolve)).Where(a => a.Exists).ToList();
            floor.Agents.Select(a => (a.Id, a.Name, a.Status, a.StatusSince, a.Reason, string.Join(' ', a.Queues))).ShouldBe(
                folded.Select(a => (a.Id, a.Name, a.Status, a.Since, a.Reason, string.Join(' ', a.Queues))), ignoreOrder: true, $"at minute {minute}");

            floor.Queues.Select(q => q.Name).ShouldBe(minute < 20 ? ["Support"] : minute < 40 ? ["Sales", "Support"] : ["Sellers", "Support"]);
            foreach (var queue in floor.Queues)
            {
                var waiting = calls.Where(c => c.State is CallState.Queued or CallState.Offered && c.LastVisit!.QueueId == queue.Id).Select(c => (at - c.LastVisit!.QueuedAt).TotalSeconds).ToList();
                (queue.Waiting, queue.LongestWaitSeconds).ShouldBe((waiting.Count, waiting.Count == 0 ? 0 : Math.Round(waiting.Max(), 3)));
                queue.AgentsAvailable.ShouldBe(folded.Count(a => a.Status == AgentStatus.Available && a.Queues.Contains(queue.Id)));
            }
        }
    }

    private static Func<Guid, List<AgentEvent>> Shift(Random random, int number)
    {
        var steps = new List<Func<Guid, AgentEvent>>();
        var at = Nine.AddMinutes(number == 0 ? -2 : random.Next(10));
        Add((id, when) => new AgentCreated(id, $"Agent {number}", null, [Support], when));
        Add((id, when) => new AgentSignedIn(id, when));
        for (var i = 0; i < 30; i++)
        {
            var (status, call) = (random.Next(5), Guid.CreateVersion7());
            Add(status switch
            {
                0 => (id, when) => new AgentSignedOut(id, "by-hand", when),
                1 => (id, when) => new AgentStatusChanged(id, AgentStatus.Busy, when, call),
                2 => (id, when) => new AgentStatusChanged(id, AgentStatus.NotReady, when, null, "lunch"),
                3 => (id, when) => new AgentChanged(id, $"Agent {number}b", "2001", [Support, Sales], when),
                _ => (id, when) => new AgentStatusChanged(id, AgentStatus.Available, when),
            });
        }

        return id => steps.ConvertAll(step => step(id));

        void Add(Func<Guid, DateTimeOffset, AgentEvent> step)
        {
            at = at.AddMilliseconds(random.Next(0, 240_000));
            var when = at;
            steps.Add(id => step(id, when));
        }
    }

    private static Story Told(Random random, Guid agent)
    {
        var story = new Story(Nine.AddSeconds(random.Next(3_600))).Received().Queued(1, random.Next(2) == 0 ? Support : Sales);
        var wait = 1 + random.Next(120);
        if (random.Next(3) == 0)
        {
            return story.Abandoned(wait);
        }

        var end = wait + 10 + random.Next(600);
        story.Offered(wait, agent).Answered(wait + 5, agent).Ended(end, CallOutcome.Handled);
        return random.Next(2) == 0 ? story.WrappedUp(end, end + random.Next(1, 60), agent) : story;
    }
}
