using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

[Collection(PostgresCollection.Name)]
public sealed class GraphQLTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_right_password_signs_in_and_the_token_says_who_it_is()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        (await api.DataAsync("{ me { userName displayName roles } }")).ToString().ShouldBe("""{"me":{"userName":"admin","displayName":"Administrator","roles":["ADMINISTRATOR"]}}""");
    }

    [Theory]
    [InlineData("admin", "wrong")]
    [InlineData("nobody", ApiHarness.Password)]
    public async Task A_wrong_name_or_password_is_told_as_data_and_in_the_same_words(string name, string password)
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var answer = await api.DataAsync("mutation ($n: String!, $p: String!) { signIn(userName: $n, password: $p) { token expiresAt errors { code message } } }", new { n = name, p = password });
        answer.ToString().ShouldBe("""{"signIn":{"token":null,"expiresAt":null,"errors":[{"code":"INVALID_CREDENTIALS","message":"The user name or the password is wrong."}]}}""");
    }

    [Fact]
    public async Task Without_a_token_or_with_a_forged_one_nothing_is_told()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        (await api.ErrorAsync("{ queues { name } }")).Code.ShouldBe("UNAUTHENTICATED");
        var (forged, _) = new Tokens(new byte[32], TimeProvider.System).Issue(new User(Guid.NewGuid(), "admin", "Administrator", [Role.Administrator]));
        api.Http.DefaultRequestHeaders.Authorization = new("Bearer", forged);
        (await api.ErrorAsync("{ queues { name } }")).Code.ShouldBe("UNAUTHENTICATED");
        (await api.DataAsync("{ __typename }")).ToString().ShouldBe("""{"__typename":"Query"}""");
    }

    [Theory]
    [InlineData(Role.Agent, "{ calls { totalCount } }", false)]
    [InlineData(Role.Agent, "{ queues { name } }", true)]
    [InlineData(Role.Supervisor, "{ calls { totalCount } }", true)]
    [InlineData(Role.Supervisor, "{ events { totalCount } }", false)]
    [InlineData(Role.Auditor, "{ events { totalCount } }", true)]
    [InlineData(Role.Analyst, "{ floor { at } }", true)]
    [InlineData(Role.Analyst, "{ verifyTrail { intact } }", false)]
    [InlineData(Role.Auditor, "{ verifyTrail { intact } }", true)]
    public async Task A_role_sees_what_is_its_own(Role role, string query, bool allowed)
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(role);
        if (allowed)
        {
            await api.DataAsync(query);
        }
        else
        {
            (await api.ErrorAsync(query)).Code.ShouldBe("FORBIDDEN");
        }
    }

    [Fact]
    public async Task A_call_is_told_whole_and_as_it_was()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (call, _, _) = await HandledCallAsync(api);
        var now = await api.DataAsync($$"""
            { call(id: "{{call}}") { direction state from to queue { name } agent { name status } receivedAt queuedAt answeredAt endedAt waitSeconds talkSeconds holdSeconds
              afterCallWorkSeconds outcome disposition resolved version timeline { type version at streamType user correlationId data } } }
            """);
        await Snapshot.VerifyAsync(JsonSerializer.Serialize(Redact(now, call), new JsonSerializerOptions { WriteIndented = true }), "json");
        var then = await api.DataAsync($$"""{ call(id: "{{call}}", at: "2026-01-05T09:00:05Z") { state version answeredAt waitSeconds } }""");
        then.ToString().ShouldBe("""{"call":{"state":"QUEUED","version":2,"answeredAt":null,"waitSeconds":null}}""");
        (await api.DataAsync($$"""{ call(id: "{{call}}", at: "2026-01-05T08:59:59Z") { state } }""")).ToString().ShouldBe("""{"call":null}""");
    }

    [Fact]
    public async Task The_trail_is_proved_and_the_first_broken_position_named()
    {
        const string Verify = "{ verifyTrail { intact unsealedEvents firstBrokenPosition detail } }";
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Auditor);
        await HandledCallAsync(api);
        var sealedEvents = await api.Center.Sealer.SealAsync();
        (await api.DataAsync(Verify)).ToString().ShouldBe("""{"verifyTrail":{"intact":true,"unsealedEvents":0,"firstBrokenPosition":null,"detail":null}}""");
        (await api.DataAsync("{ verifyTrail { sealedEvents } }")).GetProperty("verifyTrail").GetProperty("sealedEvents").GetInt64().ShouldBe(sealedEvents);
        (await api.DataAsync("""{ verifyTrail(to: "2026-01-01T00:00:00Z") { sealedEvents } }""")).ToString().ShouldBe("""{"verifyTrail":{"sealedEvents":0}}""");

        await using (var tampering = api.Center.Source.CreateCommand("update mt_events set user_name = 'somebody else' where seq_id = 2"))
        {
            await tampering.ExecuteNonQueryAsync();
        }

        (await api.DataAsync(Verify)).ToString().ShouldBe(
            """{"verifyTrail":{"intact":false,"unsealedEvents":0,"firstBrokenPosition":"2","detail":"Position 2 (seal 1): the event is not as it was sealed."}}""");
    }

    [Fact]
    public async Task A_call_is_replayed_event_by_event_with_what_it_was_before_and_after()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (call, _, _) = await HandledCallAsync(api);
        var steps = (await api.DataAsync("query($id: ID!) { call(id: $id) { replay { event { type } secondsIn before { state } after { state version talkSeconds } recording { id } recordingSeconds } } }", new { id = call }))
            .GetProperty("call").GetProperty("replay").EnumerateArray().ToList();
        steps.Select(s => s.GetProperty("after").GetProperty("state").GetString()).ShouldBe(["RECEIVED", "QUEUED", "OFFERED", "CONNECTED", "ENDED", "WRAP_UP", "ENDED"]);
        steps.Select(s => s.GetProperty("secondsIn").GetDouble()).ShouldBe([0, 0, 6, 10, 70.5, 70.5, 75]);
        steps.Skip(1).Select(s => s.GetProperty("before").GetRawText()).ShouldBe(steps.SkipLast(1).Select(s => $$"""{"state":"{{s.GetProperty("after").GetProperty("state")}}"}"""));
        steps[0].GetProperty("before").ValueKind.ShouldBe(JsonValueKind.Null);
        steps[^1].ToString().ShouldBe("""{"event":{"type":"wrap_up_completed"},"secondsIn":75,"before":{"state":"WRAP_UP"},"after":{"state":"ENDED","version":7,"talkSeconds":60.5},"recording":null,"recordingSeconds":null}""");
    }

    [Fact]
    public async Task The_floor_is_shown_as_it_was()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (call, _, _) = await HandledCallAsync(api);
        (await FloorAsync("2026-01-05T09:00:08Z")).ShouldBe($$$"""{"at":"2026-01-05T09:00:08Z","queues":[],"agents":[],"calls":[{"id":"{{{call}}}","state":"OFFERED","queue":{"name":"Support"}}]}""", "queues and agents came later");
        (await FloorAsync("2026-01-05T09:01:12Z")).ShouldContain("\"state\":\"WRAP_UP\"");
        (await FloorAsync("2026-01-05T09:02:00Z")).ShouldContain("\"calls\":[]");
        (await FloorAsync("2026-01-05T08:59:59Z")).ShouldContain("\"calls\":[]");

        async Task<string> FloorAsync(string at) =>
            (await api.DataAsync("query($at: DateTime) { floor(at: $at) { at queues { name waiting } agents { name } calls { id state queue { name } } } }", new { at })).GetProperty("floor").ToString();
    }

    [Fact]
    public async Task A_report_answers_every_figure_with_its_arguments()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (call, queue, agent) = await HandledCallAsync(api);
        var report = await api.DataAsync("""
            query ($queue: [ID!]) { kpis(where: { from: "2026-01-05T00:00:00Z", to: "2026-01-06T00:00:00Z", interval: HALF_HOUR, timeZone: "Asia/Kolkata", queues: $queue }, groupBy: [INTERVAL, QUEUE]) {
              provisional
              total { contactsOffered contactsHandled averageSpeedOfAnswerSeconds at10: serviceLevel(withinSeconds: 10) at9: serviceLevel(withinSeconds: 9) serviceLevel median: waitPercentileSeconds(p: 0.5) }
              rows { intervalStart queue { name } topic contactsHandled at10: serviceLevel(withinSeconds: 10) waitPercentileSeconds(p: 1) contacts { totalCount nodes { id } pageInfo { hasNextPage } } } } }
            """, new { queue = new[] { queue } });
        report.GetProperty("kpis").GetProperty("total").ToString().ShouldBe(
            """{"contactsOffered":1,"contactsHandled":1,"averageSpeedOfAnswerSeconds":10,"at10":1,"at9":0,"serviceLevel":1,"median":10}""");
        report.GetProperty("kpis").GetProperty("rows").EnumerateArray().ShouldHaveSingleItem().ToString().ShouldBe($$$"""
            {"intervalStart":"2026-01-05T09:00:00Z","queue":{"name":"Support"},"topic":null,"contactsHandled":1,"at10":1,"waitPercentileSeconds":10,"contacts":{"totalCount":1,"nodes":[{"id":"{{{call}}}"}],"pageInfo":{"hasNextPage":false} } }
            """.Replace(" ", "", StringComparison.Ordinal));

        await api.AppendAsync(
            agent, Agent.StreamType,
            new AgentSignedIn(agent, Nine), new AgentStatusChanged(agent, AgentStatus.Busy, Nine.AddSeconds(10), call), new AgentStatusChanged(agent, AgentStatus.WrapUp, Nine.AddSeconds(70.5), call),
            new AgentStatusChanged(agent, AgentStatus.Available, Nine.AddSeconds(75)), new AgentSignedOut(agent, "by-hand", Nine.AddSeconds(100)));
        report = await api.DataAsync("""
            { kpis(where: { from: "2026-01-05T00:00:00Z", to: "2026-01-06T00:00:00Z", firstContactDays: 3 }, groupBy: [TEAM]) { firstContactsProvisional
              total { firstContactResolutionRate repeatContactRate uniqueCustomers blockageRate occupancy utilization contactsPerAgentHour averageSatisfaction satisfactionResponses netPromoterScore
                serviceLevel(withinSeconds: 5, shortAbandons: COUNT_AS_MET) }
              rows { team contactsHandled blockageRate } } }
            """);
        report.GetProperty("kpis").ToString().ShouldBe("""
            {"firstContactsProvisional":false,"total":{"firstContactResolutionRate":1,"repeatContactRate":0,"uniqueCustomers":1,"blockageRate":0,"occupancy":0.65,"utilization":0.65,"contactsPerAgentHour":36,
            "averageSatisfaction":null,"satisfactionResponses":0,"netPromoterScore":null,"serviceLevel":0},"rows":[{"team":null,"contactsHandled":1,"blockageRate":null}]}
            """.Replace("\n", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ kpis(where: { from: "2026-01-05T00:00:00Z", to: "2026-01-05T00:00:00Z" }) { asOf } }""", "BAD_USER_INPUT", "The period is empty")]
    [InlineData("""{ kpis(where: { from: "2026-01-05T00:00:00Z", to: "2026-01-06T00:00:00Z", timeZone: "Nowhere" }) { asOf } }""", "BAD_USER_INPUT", "\"Nowhere\"")]
    [InlineData("""{ kpis(where: { from: "2026-01-05T00:00:00Z", to: "2026-01-06T00:00:00Z" }) { total { waitPercentileSeconds(p: 1.5) } } }""", "BAD_USER_INPUT", "p is 0 to 1, not 1.5")]
    [InlineData("{ calls(first: 1001) { nodes { id } } }", "LIMIT_EXCEEDED", "first is 0 to 1000, not 1001")]
    [InlineData("{ calls(first: -1) { nodes { id } } }", "BAD_USER_INPUT", "first is 0 to 1000, not -1")]
    [InlineData("""{ calls(after: "x") { nodes { id } } }""", "BAD_USER_INPUT", "\"x\" is not a cursor")]
    [InlineData("""{ events(after: "x") { nodes { id } } }""", "BAD_USER_INPUT", "\"x\" is not a cursor")]
    [InlineData("""{ call(id: "7") { id } }""", "BAD_USER_INPUT", "7")]
    [InlineData("{ queues { nam } }", "BAD_USER_INPUT", "Did you mean \"name\"")]
    public async Task Bad_input_is_named(string query, string code, string said)
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var error = await api.ErrorAsync(query);
        (error.Code, error.Message).ShouldSatisfyAllConditions(e => e.Code.ShouldBe(code), e => e.Message.ShouldContain(said));
    }

    [Fact]
    public async Task A_syntax_error_names_line_and_column()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var error = (await api.QueryAsync("{\n  queues { }\n}")).GetProperty("errors")[0];
        error.GetProperty("locations").ToString().ShouldBe("""[{"line":2,"column":12}]""");
    }

    [Fact]
    public async Task The_trail_is_oldest_first_filtered_and_paged()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (call, _, _) = await HandledCallAsync(api);
        var first = await api.DataAsync($$"""{ events(where: { stream: "{{call}}" }, first: 3) { totalCount nodes { type version user correlationId } pageInfo { hasNextPage endCursor } } }""");
        var page = first.GetProperty("events");
        page.GetProperty("totalCount").GetInt32().ShouldBe(7);
        page.GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("type").GetString()).ShouldBe(["call_received", "call_queued", "call_offered"]);
        var next = await api.DataAsync($$"""
            { events(where: { streamTypes: ["call"], types: ["call_answered", "call_ended"] }, after: "{{page.GetProperty("pageInfo").GetProperty("endCursor").GetString()}}") { nodes { type user correlationId } } }
            """);
        next.ToString().ShouldBe("""{"events":{"nodes":[{"type":"call_answered","user":"test","correlationId":"corr-1"},{"type":"call_ended","user":"test","correlationId":"corr-1"}]}}""");
    }

    [Fact]
    public async Task The_floor_shows_queues_agents_and_live_calls()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var call = Guid.CreateVersion7();
        var queue = Guid.Parse((await api.DataAsync("{ queues { id name } }")).GetProperty("queues").EnumerateArray().Single(q => q.GetProperty("name").GetString() == "Support").GetProperty("id").GetString()!);
        await api.AppendAsync(call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, "555", "1000", DateTimeOffset.UtcNow), new CallQueued(call, queue, DateTimeOffset.UtcNow));
        var floor = (await api.DataAsync("{ floor { queues { name waiting agentsAvailable } agents { name } calls { id state } } }")).GetProperty("floor");
        floor.GetProperty("queues").ToString().ShouldBe("""[{"name":"Sales","waiting":0,"agentsAvailable":0},{"name":"Support","waiting":1,"agentsAvailable":0}]""");
        floor.GetProperty("agents").GetArrayLength().ShouldBe(10);
        floor.GetProperty("calls").ToString().ShouldBe($$"""[{"id":"{{call}}","state":"QUEUED"}]""");
    }

    private static async Task<(Guid Call, Guid Queue, Guid Agent)> HandledCallAsync(ApiHarness api)
    {
        var ids = await api.DataAsync("{ queues { id name } agents { nodes { id name } } }");
        var queue = Guid.Parse(ids.GetProperty("queues").EnumerateArray().Single(q => q.GetProperty("name").GetString() == "Support").GetProperty("id").GetString()!);
        var agent = Guid.Parse(ids.GetProperty("agents").GetProperty("nodes")[0].GetProperty("id").GetString()!);
        var call = new Guid("0194f000-0000-7000-8000-000000000009");
        await api.AppendAsync(
            call, Call.StreamType,
            new CallReceived(call, CallDirection.Inbound, "5551234", "1000", Nine), new CallQueued(call, queue, Nine), new CallOffered(call, agent, Nine.AddSeconds(6)),
            new CallAnswered(call, agent, Nine.AddSeconds(10)), new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.Handled, Nine.AddSeconds(70.5)),
            new WrapUpStarted(call, agent, Nine.AddSeconds(70.5)), new WrapUpCompleted(call, agent, Nine.AddSeconds(75), "sold", true));
        return (call, queue, agent);
    }

    /// <summary>Ids that are new in every run, by what they stand for.</summary>
    private static JsonElement Redact(JsonElement answer, Guid call)
    {
        var text = answer.GetRawText();
        foreach (System.Text.RegularExpressions.Match id in System.Text.RegularExpressions.Regex.Matches(text, "[0-9a-f]{8}-[0-9a-f-]{27}", default, TimeSpan.FromSeconds(1)))
        {
            text = string.Equals(id.Value, call.ToString(), StringComparison.Ordinal) ? text : text.Replace(id.Value, "(id)", StringComparison.Ordinal);
        }

        return JsonElement.Parse(text);
    }
}
