using System.Text.Json;
using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Callers who keep their place, and are called back over a trunk.</summary>
public sealed class CallbackTests : IAsyncLifetime
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;
    private readonly ServerProcess _server = new();

    [Fact]
    public async Task Who_asks_by_key_is_called_back_when_an_agent_is_there_says_so_by_key_and_talks_with_the_agent()
    {
        const string Caller = "49309001";
        using var center = await ConnectAsync();
        await using var home = new AudioProbe(G711.Pcmu, CallersTone);
        await using var taking = Sipp.TakeAndPress(home.Port, '1');
        await TrunkAsync(center, taking.Port);
        await AskAsync(center, Caller);
        (await CallbackAsync(center, "WAITING")).GetProperty("number").GetString().ShouldBe(Caller);

        await using var desk = new AudioProbe(G711.Pcma, AgentsTone);
        await using var answering = Sipp.Take("agent-answer", calls: 1, desk.Port, G711.Pcma);
        await center.RegisterAsync(answering.Port, "2001");
        await Task.WhenAll(home.HearsToneAsync(AgentsTone), desk.HearsToneAsync(CallersTone));
        var done = await EndAsync(center);
        done.GetProperty("attempts").GetInt32().ShouldBe(1);
        await Task.WhenAll(taking.ShouldSucceedAsync(), answering.ShouldSucceedAsync());

        // The first visit overflowed; the later call is a contact of its own. Nobody abandoned.
        var kpis = await center.KpisAsync(CenterClient.Support, DateTimeOffset.UtcNow.AddHours(-1));
        (kpis.ContactsHandled, kpis.ContactsAbandoned).ShouldBe((1, 0));
        var second = done.GetProperty("lastCall");
        (second.GetProperty("direction").GetString(), second.GetProperty("to").GetString(), second.GetProperty("outcome").GetString()).ShouldBe(("OUTBOUND", Caller, "HANDLED"));
        (await center.CallAsync(Caller)).Outcome.ShouldBe("OVERFLOWED");
    }

    [Fact]
    public async Task After_a_crash_callbacks_are_there_with_their_place_and_are_dialled()
    {
        const string Caller = "49309101";
        using (var center = await ConnectAsync())
        {
            await AskAsync(center, Caller);
            await CallbackAsync(center, "WAITING");
        }

        await _server.KillWithPostgresAsync();
        await _server.StartAsync();
        using var again = await CenterClient.ConnectAsync(_server);
        await using var home = new AudioProbe(G711.Pcmu, CallersTone);
        await using var taking = Sipp.TakeAndPress(home.Port, '1');
        await TrunkAsync(again, taking.Port);
        await using var desk = new AudioProbe(G711.Pcmu, AgentsTone);
        await using var answering = Sipp.Take("agent-answer", calls: 1, desk.Port);
        await again.RegisterAsync(answering.Port, "2001");
        await Task.WhenAll(home.HearsToneAsync(AgentsTone), desk.HearsToneAsync(CallersTone));
        await EndAsync(again);
    }

    [Fact]
    public async Task An_appointment_is_kept_by_the_agent_whom_it_is_with_and_one_that_is_cancelled_is_not_dialled()
    {
        using var center = await ConnectAsync();
        await using var home = new AudioProbe(G711.Pcmu, CallersTone);
        await using var taking = Sipp.TakeAndPress(home.Port, '1');
        await TrunkAsync(center, taking.Port);
        await using var idle = new AudioProbe();
        await using var other = Sipp.Take("agent-silent", calls: 1, idle.Port);
        await using var desk = new AudioProbe(G711.Pcmu, AgentsTone);
        await using var answering = Sipp.Take("agent-answer", calls: 1, desk.Port);
        await center.RegisterAsync(other.Port, "2001");
        await center.RegisterAsync(answering.Port, "2002");
        var queue = (await center.GraphQL.AskAsync("{ queues { id number } }")).GetProperty("queues").EnumerateArray().Single(q => q.GetProperty("number").GetString() == CenterClient.Support).GetProperty("id").GetString();
        var agent = (await center.AgentsAsync()).Single(a => a.Extension == "2002").Id;
        const string Request = "mutation($input: RequestCallbackInput!) { requestCallback(input: $input) { callback { id state } errors { code message } } }";
        var later = await center.GraphQL.AskAsync(Request, new { input = new { number = "49309202", queue, dueAt = DateTimeOffset.UtcNow.AddDays(1) } });
        var cancelled = later.GetProperty("requestCallback").GetProperty("callback").GetProperty("id").GetString();
        (await center.GraphQL.AskAsync("mutation($id: ID!) { cancelCallback(id: $id) { callback { state } } }", new { id = cancelled }))
            .GetProperty("cancelCallback").GetProperty("callback").GetProperty("state").GetString().ShouldBe("CANCELLED");

        // The other agent has been idle longer.
        var due = DateTimeOffset.UtcNow.AddSeconds(2);
        await center.GraphQL.AskAsync(Request, new { input = new { number = "49309201", queue, agent, dueAt = due } });
        await Task.WhenAll(home.HearsToneAsync(AgentsTone), desk.HearsToneAsync(CallersTone));
        var done = await EndAsync(center);
        done.GetProperty("agent").GetProperty("id").GetString().ShouldBe(agent);
        (await center.EventsAsync()).Single(e => e.Type == "callback_dialled").At.ShouldBeGreaterThanOrEqualTo(due.AddMilliseconds(-1));
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private async Task<CenterClient> ConnectAsync()
    {
        var center = await CenterClient.ConnectAsync(_server);
        await QueueConfiguration.ChangeAsync(_server, center, CenterClient.Support, settings => settings with { CallbackKey = "2", WrapUpSeconds = 0 });
        return center;
    }

    /// <summary>Waits, asks for a callback by key, and is hung up.</summary>
    private async Task AskAsync(CenterClient center, string caller)
    {
        await using var phone = new AudioProbe();
        await using var calling = Sipp.CallAndPress(_server.Sip, CenterClient.Support, caller, phone.Port, '2', '2');
        await calling.ShouldSucceedAsync();
        (await center.CallBecomesAsync(caller, "ENDED")).Story.ShouldBe(["call_received", "call_queued", "call_overflowed", "call_left_for_callback", "call_ended"]);
    }

    private static async Task TrunkAsync(CenterClient center, int port)
    {
        var answer = await center.GraphQL.AskAsync(
            "mutation($port: Int!) { configureTrunk(input: { name: \"provider\", gateways: [{ host: \"127.0.0.1\", port: $port }], probeSeconds: null }) { errors { code message } } }", new { port });
        answer.GetProperty("configureTrunk").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{answer}");
        answer = await center.GraphQL.AskAsync("mutation { changeDialPlan(rules: [{ prefix: \"\", dialClass: INTERNATIONAL, trunk: \"provider\" }]) { errors { code message } } }");
        answer.GetProperty("changeDialPlan").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{answer}");
    }

    /// <summary>Ends the call that an agent has with the one who was called back.</summary>
    private static async Task<JsonElement> EndAsync(CenterClient center)
    {
        var call = (await CallbackAsync(center, "COMPLETED")).GetProperty("lastCall").GetProperty("id").GetString();
        var answer = await center.GraphQL.AskAsync("mutation($call: ID!) { endCall(id: $call) { errors { code } } }", new { call });
        answer.GetProperty("endCall").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{answer}");
        return await CallbackAsync(center, "COMPLETED", over: true);
    }

    private static async Task<JsonElement> CallbackAsync(CenterClient center, string state, bool over = false)
    {
        var seen = await Eventually.BecomesAsync(
            async () => (await center.GraphQL.AskAsync($"{{ callbacks(where: {{ state: {state} }}) {{ nodes {{ id state number attempts agent {{ id }} lastCall {{ id direction to outcome state }} }} }} }}")).GetProperty("callbacks").GetProperty("nodes"),
            callbacks => callbacks.GetArrayLength() == 1 && (!over || callbacks[0].GetProperty("lastCall").GetProperty("state").GetString() == "ENDED"),
            $"one callback is {state}{(over ? ", and its call over" : "")}");
        return seen[0];
    }
}
