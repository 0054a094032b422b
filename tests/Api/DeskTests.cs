using System.Net.Http.Headers;
using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Api.Alarms;
using CallCenter.Domain.Alarms;
using CallCenter.Domain.Calls;
using CallCenter.Projections.Alarms;
using CallCenter.Telephony;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Api.Tests;

/// <summary>Agents' and supervisors' hands by GraphQL: who may, what is answered, and what the trail says.</summary>
[Collection(PostgresCollection.Name)]
public sealed class DeskTests(PostgresFixture postgres)
{
    [Fact]
    public async Task An_agent_acts_on_its_own_calls_a_supervisor_on_those_of_its_teams_and_nobody_else()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var agents = await AgentsAsync(api);
        await TeamAsync(api, agents["2001"], "loans");
        await TeamAsync(api, agents["2004"], "cards");
        await UserAsync(api, "ann", "AGENT", agents["2001"]);
        await UserAsync(api, "bob", "AGENT", agents["2002"]);
        await UserAsync(api, "sue", "SUPERVISOR", agents["2003"]);
        await UserAsync(api, "sam", "SUPERVISOR", agent: null);
        await DoneAsync(api, $"setSupervisedTeams(agentId: \"{agents["2003"]}\", teams: [\"loans\"])");
        var (call, caller, _) = await TalkAsync(api, "2001");

        foreach (var (user, mutation, code) in new[]
        {
            ("bob", $"holdCall(id: \"{call}\")", "FORBIDDEN"),
            ("sam", $"holdCall(id: \"{call}\")", "FORBIDDEN"),
            ("ann", $"holdCall(id: \"{call}\")", null),
            ("sue", $"retrieveCall(id: \"{call}\")", null),
            ("ann", $"superviseCall(id: \"{call}\", mode: LISTEN)", "FORBIDDEN"),
            ("sam", $"superviseCall(id: \"{call}\", mode: LISTEN)", "FORBIDDEN"),
            ("ann", $"permitAgent(agentId: \"{agents["2001"]}\", dialClass: INTERNATIONAL)", "FORBIDDEN"),
            ("sue", $"permitAgent(agentId: \"{agents["2001"]}\", dialClass: INTERNATIONAL)", null),
            ("sue", $"setAgentStatus(agentId: \"{agents["2004"]}\", status: NOT_READY)", "FORBIDDEN"),
            ("sue", $"setSupervisedTeams(agentId: \"{agents["2003"]}\", teams: [\"cards\"])", "FORBIDDEN"),
            ("ann", $"setAgentStatus(agentId: \"{agents["2001"]}\", status: NOT_READY, reason: \"lunch\")", null),
        })
        {
            await SignInAsAsync(api, user);
            var answer = await api.QueryAsync($"mutation {{ {mutation} {{ errors {{ code message }} }} }}");
            (answer.TryGetProperty("errors", out var errors) ? errors[0].GetProperty("extensions").GetProperty("code").GetString() : null).ShouldBe(code, $"{user}: {mutation}: {answer}");
        }

        await api.SignInAsync();
        var trail = (await api.DataAsync("query ($id: ID) { events(where: { stream: $id }) { nodes { type user } } }", new { id = call })).GetProperty("events").GetProperty("nodes");
        trail.EnumerateArray().Select(e => $"{e.GetProperty("type").GetString()} {e.GetProperty("user").GetString()}").ShouldBe(
            ["call_received routing", "call_queued routing", "call_offered routing", "call_answered routing", "call_held ann", "call_retrieved sue"]);
        var ann = (await api.DataAsync($"{{ agent(id: \"{agents["2001"]}\") {{ status pending {{ status reason }} }} }}")).GetProperty("agent");
        ann.ToString().ShouldBe("""{"status":"BUSY","pending":{"status":"NOT_READY","reason":"lunch"}}""");
        api.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
    }

    [Fact]
    public async Task An_agent_does_not_see_who_listens_where_that_is_not_to_be_shown()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var agents = await AgentsAsync(api);
        await UserAsync(api, "ann", "AGENT", agents["2001"]);
        var (call, _, _) = await TalkAsync(api, "2001");
        await RegisterAsync(api, "2003");
        api.Switch.Originated = (leg, _) => api.Switch.Notify(new LegAnswered(leg));
        await DoneAsync(api, $"superviseCall(id: \"{call}\", mode: WHISPER, supervisorId: \"{agents["2003"]}\")");
        await UntilAsync(async () => (await api.DataAsync($"{{ call(id: \"{call}\") {{ supervisions {{ mode supervisor {{ extension }} }} }} }}")).GetProperty("call").ToString()
            == """{"supervisions":[{"mode":"WHISPER","supervisor":{"extension":"2003"}}]}""", "nobody is seen to listen");
        await SignInAsAsync(api, "ann");
        (await api.DataAsync($"mutation {{ muteCall(id: \"{call}\") {{ call {{ supervisions {{ mode }} }} }} }}")).GetProperty("muteCall").GetProperty("call").ToString().ShouldBe("""{"supervisions":[]}""");
    }

    [Fact]
    public async Task A_refused_command_is_data_and_the_call_is_shown_as_it_is()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (call, _, _) = await TalkAsync(api, "2001");
        var refused = (await api.DataAsync($"mutation {{ transferCall(id: \"{call}\", to: \"2002\") {{ call {{ state }} errors {{ code message }} }} }}")).GetProperty("transferCall");
        refused.GetProperty("call").GetProperty("state").GetString().ShouldBe("CONNECTED");
        refused.GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("UNAVAILABLE");
        var muted = (await api.DataAsync($"mutation {{ muteCall(id: \"{call}\") {{ call {{ isMuted parties {{ id }} parkedSlot }} errors {{ code }} }} }}")).GetProperty("muteCall");
        muted.GetProperty("call").ToString().ShouldBe("""{"isMuted":true,"parties":[],"parkedSlot":null}""");
    }

    [Fact]
    public async Task An_offer_is_shown_before_the_phone_rings_with_what_is_known_of_the_caller_and_moves_with_a_transfer()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var agents = await AgentsAsync(api);
        var (call, _, _) = await TalkAsync(api, "2001");
        await RegisterAsync(api, "2002");
        await DoneAsync(api, $"transferCall(id: \"{call}\", to: \"2002\")");
        var offer = (await api.DataAsync($"{{ agent(id: \"{agents["2002"]}\") {{ offer {{ call {{ id from to }} attributes ivrPath expiresAt }} }} }}")).GetProperty("agent").GetProperty("offer");
        offer.GetProperty("call").ToString().ShouldBe($$"""{"id":"{{call}}","from":"5551234","to":"1000"}""");
        offer.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow);
        offer.GetProperty("ivrPath").GetArrayLength().ShouldBe(0);
        (await api.DataAsync($"{{ agent(id: \"{agents["2001"]}\") {{ offer {{ expiresAt }} }} }}")).GetProperty("agent").GetProperty("offer").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Numbers_and_pins_are_kept_apart_from_the_trail_and_of_one_agent_each()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var agents = await AgentsAsync(api);
        await DoneAsync(api, $"setAgentLogin(agentId: \"{agents["2001"]}\", number: \"77\", pin: \"86420\")");
        var logins = new AgentLogins(api.Center.Source);
        (await logins.VerifyAsync("77", "86420", default)).ShouldBe(Guid.Parse(agents["2001"]));
        (await logins.VerifyAsync("77", "86421", default)).ShouldBeNull();
        (await logins.VerifyAsync("78", "86420", default)).ShouldBeNull();
        (await ErrorOfAsync(api, $"setAgentLogin(agentId: \"{agents["2002"]}\", number: \"77\", pin: \"1234\")")).ShouldBe("AGENT_NUMBER");
        (await ErrorOfAsync(api, $"setAgentLogin(agentId: \"{agents["2002"]}\", number: \"78\", pin: \"12\")")).ShouldBe("PIN");
        (await ErrorOfAsync(api, $"setAgentLogin(agentId: \"{agents["2002"]}\", number: \"78\")")).ShouldBe("PIN");
        (await api.DataAsync("{ events(first: 1000) { nodes { data } } }")).ToString().ShouldNotContain("86420");
        await DoneAsync(api, $"setAgentLogin(agentId: \"{agents["2001"]}\")");
        (await logins.VerifyAsync("77", "86420", default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_dial_plan_is_changed_as_a_whole_and_refused_as_a_whole()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        await DoneAsync(api, "changeDialPlan(rules: [{ prefix: \"0\", dialClass: LOCAL, trunk: \"local\", strip: 1 }])");
        (await ErrorOfAsync(api, "changeDialPlan(rules: [{ prefix: \"0\", dialClass: LOCAL, trunk: \"local\", strip: 2 }])")).ShouldBe("DIAL_PLAN");
        (await api.DataAsync("{ dialPlan { prefix dialClass trunk strip prepend } }")).GetProperty("dialPlan").ToString().ShouldBe("""[{"prefix":"0","dialClass":"LOCAL","trunk":"local","strip":1,"prepend":""}]""");
    }

    [Fact]
    public async Task Alarms_are_raised_and_cleared_once_each_in_a_stream_of_their_own()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var queue = (await api.DataAsync("{ queues { id number } }")).GetProperty("queues").EnumerateArray().Single(q => q.GetProperty("number").GetString() == "1000").GetProperty("id").GetGuid();
        (await ErrorOfAsync(api, $"configureAlarms(queueId: \"{queue}\", thresholds: {{ waiting: 0 }})")).ShouldBe("ALARM_THRESHOLDS");
        (await ErrorOfAsync(api, $"configureAlarms(queueId: \"{Guid.NewGuid()}\", thresholds: {{ waiting: 1 }})")).ShouldBe("QUEUE_NOT_FOUND");
        await DoneAsync(api, $"configureAlarms(queueId: \"{queue}\", thresholds: {{ waiting: 1, nobodySignedIn: true }})");
        await using var watch = new AlarmWatch(api.Center, TimeProvider.System, NullLogger<AlarmWatch>.Instance);
        await RaisedAsync(api, "NOBODY_SIGNED_IN");
        var caller = api.Switch.Call("1000");
        await RaisedAsync(api, "WAITING", "NOBODY_SIGNED_IN");
        api.Switch.Notify(new LegEnded(caller, LegEndReason.Cancelled, null, null));
        await RegisterAsync(api, "2001");
        await RaisedAsync(api);
        var events = (await api.DataAsync("query ($id: ID) { events(where: { stream: $id }) { nodes { type user } } }", new { id = QueueAlarms.IdOf(queue) })).GetProperty("events").GetProperty("nodes");
        events.EnumerateArray().Select(e => e.GetProperty("type").GetString()).Order(StringComparer.Ordinal).ShouldBe(["alarm_cleared", "alarm_cleared", "alarm_raised", "alarm_raised", "alarms_configured"]);
        events[0].GetProperty("user").GetString().ShouldBe("admin");
    }

    [Fact]
    public async Task The_service_level_of_the_last_quarter_of_an_hour_is_that_of_what_was_answered_or_given_up()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var (queue, agent, now) = (Guid.CreateVersion7(), Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        await center.AppendAsync(QueueAlarms.IdOf(queue), QueueAlarms.StreamType, new AlarmsConfigured(queue, new AlarmThresholds { ServiceLevelPercent = 80 }, now));
        await VisitAsync(now.AddMinutes(-5), 10, answered: true);
        await VisitAsync(now.AddMinutes(-5), 30, answered: true);
        await VisitAsync(now.AddMinutes(-4), 5, answered: false);
        await VisitAsync(now.AddMinutes(-40), 10, answered: true);
        await center.CatchUpAsync();
        (await new AlarmQueries(center.Source, TimeProvider.System).FiguresAsync(default)).ShouldHaveSingleItem().ServiceLevelPercent!.Value.ShouldBe(100.0 / 3, 0.1);

        async Task VisitAsync(DateTimeOffset at, int wait, bool answered)
        {
            var call = Guid.CreateVersion7();
            await center.AppendAsync(call, Call.StreamType, [new CallReceived(call, CallDirection.Inbound, "5551234", "1000", at), new CallQueued(call, queue, at), .. answered
                ? new CallEvent[] { new CallOffered(call, agent, at.AddSeconds(wait)), new CallAnswered(call, agent, at.AddSeconds(wait)) }
                : [new CallAbandoned(call, at.AddSeconds(wait)), new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.Abandoned, at.AddSeconds(wait))]]);
        }
    }

    private static async Task<Dictionary<string, string>> AgentsAsync(ApiHarness api) => (await api.DataAsync("{ agents { nodes { id extension } } }")).GetProperty("agents").GetProperty("nodes")
        .EnumerateArray().ToDictionary(agent => agent.GetProperty("extension").GetString()!, agent => agent.GetProperty("id").GetString()!);

    private static async Task RegisterAsync(ApiHarness api, string extension)
    {
        api.Switch.Notify(new PhoneRegistered(extension));
        await UntilAsync(async () => (await api.DataAsync("{ agents { nodes { extension status } } }")).ToString().Contains($$"""{"extension":"{{extension}}","status":"AVAILABLE"}""", StringComparison.Ordinal), $"{extension} is not available");
    }

    // A caller whom the agent has answered, with both legs.
    private static async Task<(string CallId, LegId Caller, LegId Agent)> TalkAsync(ApiHarness api, string extension)
    {
        await RegisterAsync(api, extension);
        var answered = new TaskCompletionSource<LegId>(TaskCreationOptions.RunContinuationsAsynchronously);
        api.Switch.Originated = (leg, to) =>
        {
            if (to == extension && answered.TrySetResult(leg))
            {
                api.Switch.Notify(new LegAnswered(leg));
            }
        };
        var caller = api.Switch.Call("1000");
        var agent = await answered.Task;
        JsonElement call = default;
        await UntilAsync(async () => (call = (await api.DataAsync("{ calls { nodes { id state } } }")).GetProperty("calls").GetProperty("nodes").EnumerateArray().FirstOrDefault()).ValueKind == JsonValueKind.Object
            && call.GetProperty("state").GetString() == "CONNECTED", "nobody talks");
        return (call.GetProperty("id").GetString()!, caller, agent);
    }

    private static async Task TeamAsync(ApiHarness api, string agent, string team)
    {
        var known = (await api.DataAsync($"{{ agent(id: \"{agent}\") {{ name extension queues {{ id }} }} }}")).GetProperty("agent");
        var input = new { name = known.GetProperty("name").GetString(), extension = known.GetProperty("extension").GetString(), queues = known.GetProperty("queues").EnumerateArray().Select(q => q.GetProperty("id").GetString()).ToArray(), team };
        (await api.DataAsync("mutation ($id: ID!, $input: AgentInput!) { changeAgent(id: $id, input: $input) { errors { code message } } }", new { id = agent, input }))
            .GetProperty("changeAgent").GetProperty("errors").GetArrayLength().ShouldBe(0);
    }

    private static async Task UserAsync(ApiHarness api, string name, string role, string? agent)
    {
        var made = (await api.DataAsync("mutation ($name: String!, $password: String!, $agent: ID) { setUser(userName: $name, displayName: $name, password: $password, roles: [" + role + "], agentId: $agent) { user { roles } errors { code message } } }",
            new { name, password = ApiHarness.Password, agent })).GetProperty("setUser");
        made.GetProperty("errors").GetArrayLength().ShouldBe(0, $"{made}");
    }

    private static async Task SignInAsAsync(ApiHarness api, string name)
    {
        var answer = await api.QueryAsync($"mutation {{ signIn(userName: \"{name}\", password: \"{ApiHarness.Password}\") {{ token }} }}");
        api.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("data").GetProperty("signIn").GetProperty("token").GetString());
    }

    private static async Task DoneAsync(ApiHarness api, string mutation) => (await ErrorOfAsync(api, mutation)).ShouldBeNull();

    private static async Task<string?> ErrorOfAsync(ApiHarness api, string mutation)
    {
        var errors = (await api.DataAsync($"mutation {{ done: {mutation} {{ errors {{ code message }} }} }}")).GetProperty("done").GetProperty("errors");
        return errors.GetArrayLength() == 0 ? null : errors[0].GetProperty("code").GetString();
    }

    private static Task RaisedAsync(ApiHarness api, params string[] kinds) => UntilAsync(
        async () => (await api.DataAsync("{ alarms { raised { kind } } }")).GetProperty("alarms").EnumerateArray().SelectMany(a => a.GetProperty("raised").EnumerateArray())
            .Select(a => a.GetProperty("kind").GetString()).SequenceEqual(kinds, StringComparer.Ordinal), $"raised is not: {string.Join(", ", kinds)}");

    private static async Task UntilAsync(Func<Task<bool>> condition, string complaint)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await condition())
        {
            System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30), complaint);
            await Task.Delay(20);
        }
    }
}
