using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

/// <summary>Figures of now, and of a floor of the past.</summary>
[Collection(PostgresCollection.Name)]
public sealed class LiveFiguresTests(PostgresFixture postgres)
{
    // 00:20 in Berlin, 23:20 of the day before in UTC.
    private static readonly DateTimeOffset Then = new(2026, 1, 5, 23, 20, 0, TimeSpan.Zero);

    [Fact]
    public async Task Queue_and_floor_show_service_level_waits_and_agents_by_status()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var (lines, other, ann, bob) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var (id, name) in new[] { (lines, "Lines"), (other, "Other") })
        {
            await api.AppendAsync(id, Queue.StreamType, new QueueCreated(id, new QueueSettings(name, null), Then.AddDays(-9)));
        }

        await api.AppendAsync(ann, Agent.StreamType, new AgentCreated(ann, "Ann", null, [lines], Then.AddDays(-9)), new AgentSignedIn(ann, Then.AddHours(-5)));
        await api.AppendAsync(bob, Agent.StreamType, new AgentCreated(bob, "Bob", null, [lines, other], Then.AddDays(-9)), new AgentSignedIn(bob, Then.AddHours(-5)), new AgentStatusChanged(bob, AgentStatus.NotReady, Then.AddHours(-1)));

        await CallAsync(Then.AddHours(-23), 30);
        await CallAsync(Then.AddHours(-2), 30);
        await CallAsync(Then.AddMinutes(-10), 10);
        await CallAsync(Then.AddMinutes(-5), 30);
        var waiting = Guid.CreateVersion7();
        await api.AppendAsync(waiting, Call.StreamType, new CallReceived(waiting, CallDirection.Inbound, "", "1000", Then.AddSeconds(-40)), new CallQueued(waiting, lines, Then.AddSeconds(-40)));
        await api.SignInAsync();

        const string Figures = "half: serviceLevel day: serviceLevel(over: DAY) berlin: serviceLevel(over: DAY, timeZone: \"Europe/Berlin\") slow: serviceLevel(withinSeconds: 30) longestWaitSeconds waiting agentsByStatus { status count }";
        var floor = (await api.DataAsync($$"""{ floor(at: "{{Then:O}}") { {{Figures}} queues { name {{Figures}} estimatedWaitSeconds } } }""")).GetProperty("floor");
        var linesThen = floor.GetProperty("queues").EnumerateArray().Single(queue => queue.GetProperty("name").GetString() == "Lines");
        foreach (var shown in new[] { floor, linesThen })
        {
            shown.GetProperty("half").GetDouble().ShouldBe(0.5);
            shown.GetProperty("day").GetDouble().ShouldBe(0.25);
            shown.GetProperty("berlin").GetDouble().ShouldBe(0.5, "only what came after 23:00");
            shown.GetProperty("slow").GetDouble().ShouldBe(1);
            (shown.GetProperty("longestWaitSeconds").GetDouble(), shown.GetProperty("waiting").GetInt32()).ShouldBe((40, 1));
        }

        linesThen.GetProperty("agentsByStatus").ToString().ShouldBe("""[{"status":"AVAILABLE","count":1},{"status":"NOT_READY","count":1}]""");
        var otherThen = floor.GetProperty("queues").EnumerateArray().Single(queue => queue.GetProperty("name").GetString() == "Other");
        otherThen.GetProperty("agentsByStatus").ToString().ShouldBe("""[{"status":"NOT_READY","count":1}]""");
        otherThen.GetProperty("half").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        // Now: nothing but one call of the last half hour, and who waits still.
        await CallAsync(DateTimeOffset.UtcNow.AddMinutes(-5), 25);
        var now = (await api.DataAsync($$"""{ queues { name {{Figures}} } }""")).GetProperty("queues").EnumerateArray().Single(queue => queue.GetProperty("name").GetString() == "Lines");
        (now.GetProperty("half").GetDouble(), now.GetProperty("slow").GetDouble(), now.GetProperty("waiting").GetInt32()).ShouldBe((0, 1, 1));
        now.GetProperty("agentsByStatus").ToString().ShouldBe("""[{"status":"AVAILABLE","count":1},{"status":"NOT_READY","count":1}]""");
        (await api.ErrorAsync("{ floor { serviceLevel(timeZone: \"Mars/Olympus\") } }")).Message.ShouldBe("\"Mars/Olympus\" is not an IANA time zone.");
        (await api.ErrorAsync("{ floor { serviceLevel(withinSeconds: -1) } }")).Message.ShouldBe("withinSeconds is 0 or more, not -1.");

        async Task CallAsync(DateTimeOffset at, int wait)
        {
            var id = Guid.CreateVersion7();
            await api.AppendAsync(
                id, Call.StreamType, new CallReceived(id, CallDirection.Inbound, "", "1000", at), new CallQueued(id, lines, at), new CallAnswered(id, ann, at.AddSeconds(wait)),
                new CallEnded(id, CallParty.Caller, "hang-up", CallOutcome.Handled, at.AddSeconds(wait + 20)));
        }
    }
}
