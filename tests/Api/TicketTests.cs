using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Tickets;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

/// <summary>Tickets as people use them.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TicketTests(PostgresFixture postgres)
{
    private const string Ticket = "ticket { id number subject state tier priority topic channel slaMet dueAt responseDueAt reopened resolution owner { id } assignee { id } customer { id name } calls { id } version } errors { code message path }";
    private const string Open = "mutation ($input: OpenTicketInput!) { openTicket(input: $input) { " + Ticket + " } }";
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_ticket_goes_from_its_opening_to_its_end_and_is_told_as_it_was()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (ann, bob) = (await AgentAsync(api, "Ann"), await AgentAsync(api, "Bob"));
        var opened = await DoAsync(api, "openTicket", Open, new { input = new { subject = "No dial tone", description = "Since this morning.", priority = "HIGH" } });
        var id = opened.GetProperty("id").GetString()!;
        TicketNumber.IsValid(opened.GetProperty("number").GetInt32()).ShouldBeTrue();
        (Text(opened, "state"), Text(opened, "tier"), Text(opened, "channel")).ShouldBe(("OPEN", "FIRST_LINE", "BY_HAND"));
        (opened.GetProperty("dueAt").GetDateTimeOffset() - opened.GetProperty("responseDueAt").GetDateTimeOffset()).ShouldBe(TimeSpan.FromHours(7));

        (await DoAsync(api, "assignTicket", Mutation("assignTicket", $"agentId: \"{ann}\"", id))).GetProperty("owner").GetProperty("id").GetGuid().ShouldBe(ann);
        Text(await DoAsync(api, "answerTicket", Mutation("answerTicket", "text: \"We look at it.\"", id)), "responseDueAt").ShouldBeNull();
        Text(await DoAsync(api, "escalateTicket", Mutation("escalateTicket", "to: SECOND_LINE, reason: \"The switch.\"", id)), "tier").ShouldBe("SECOND_LINE");
        var assigned = await DoAsync(api, "assignTicket", Mutation("assignTicket", $"agentId: \"{bob}\"", id));
        (assigned.GetProperty("owner").GetProperty("id").GetGuid(), assigned.GetProperty("assignee").GetProperty("id").GetGuid()).ShouldBe((ann, bob));
        Text(await DoAsync(api, "deescalateTicket", Mutation("deescalateTicket", "to: FIRST_LINE, reason: \"Ask.\"", id)), "tier").ShouldBe("FIRST_LINE");
        var pended = await DoAsync(api, "pendTicket", Mutation("pendTicket", "reason: \"Parts.\", remindAt: \"2100-01-01T00:00:00Z\"", id));
        (Text(pended, "state"), Text(pended, "dueAt")).ShouldBe(("PENDING", null));
        Text(await DoAsync(api, "resumeTicket", Mutation("resumeTicket", null, id)), "dueAt").ShouldNotBeNull();
        var changed = await DoAsync(api, "changeTicket", Mutation("changeTicket", "topic: \"lines\", priority: URGENT", id));
        (Text(changed, "topic"), Text(changed, "priority")).ShouldBe(("lines", "URGENT"));
        var resolved = await DoAsync(api, "resolveTicket", Mutation("resolveTicket", "resolution: \"New cable.\"", id));
        (Text(resolved, "state"), resolved.GetProperty("slaMet").GetBoolean(), Text(resolved, "resolution")).ShouldBe(("RESOLVED", true, "New cable."));
        (await DoAsync(api, "reopenTicket", Mutation("reopenTicket", "reason: \"Again.\"", id))).GetProperty("reopened").GetInt32().ShouldBe(1);
        await DoAsync(api, "resolveTicket", Mutation("resolveTicket", "resolution: \"Newer cable.\"", id));
        Text(await DoAsync(api, "closeTicket", Mutation("closeTicket", null, id)), "state").ShouldBe("CLOSED");

        const string Whole = "{ number subject description topic state tier priority channel owner { id } assignee { id } openedAt openedBy responseDueAt dueAt remindAt resolvedAt resolution closesAt closedAt reopened slaMet breached version timeline { type at version } }";
        var now = (await api.DataAsync($$"""{ ticket(id: "{{id}}") {{Whole}} }""")).GetProperty("ticket");
        (await api.DataAsync($$"""{ ticket(id: "{{id}}", at: "2100-01-01T00:00:00Z") {{Whole}} }""")).GetProperty("ticket").ToString().ShouldBe(now.ToString());
        var events = now.GetProperty("timeline").EnumerateArray().ToList();
        events.ConvertAll(e => e.GetProperty("type").GetString()).ShouldBe(
        [
            "ticket_opened", "ticket_assigned", "ticket_commented", "ticket_escalated", "ticket_assigned", "ticket_deescalated", "ticket_pended", "ticket_resumed", "ticket_topic_changed",
            "ticket_priority_changed", "ticket_resolved", "ticket_reopened", "ticket_resolved", "ticket_closed",
        ]);
        var early = (await api.DataAsync($$"""{ ticket(id: "{{id}}", at: "{{events[6].GetProperty("at").GetString()}}") { state tier remindAt version timeline { version } } }""")).GetProperty("ticket");
        (Text(early, "state"), Text(early, "tier"), early.GetProperty("timeline").GetArrayLength()).ShouldBe(("PENDING", "FIRST_LINE", early.GetProperty("version").GetInt32()));
        (await api.DataAsync($$"""{ ticket(id: "{{id}}", at: "2000-01-01T00:00:00Z") { id } }""")).GetProperty("ticket").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_ticket_of_a_call_has_its_caller_its_agent_and_the_call_has_it()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var ann = await AgentAsync(api, "Ann");
        var customer = await CustomerTests.CreateAsync(api, "Ann Doe", "gold", "+49305551234");
        var (known, unknown) = (await CallAsync(api, "49305551234", ann), await CallAsync(api, "49305559999", ann));
        var opened = await DoAsync(api, "openTicket", Open, new { input = new { subject = "No dial tone", call = known } });
        (opened.GetProperty("customer").GetProperty("id").GetGuid(), opened.GetProperty("owner").GetProperty("id").GetGuid(), Text(opened, "topic"), Text(opened, "channel")).ShouldBe((customer, ann, "lines", "VOICE"));
        Text(opened, "responseDueAt").ShouldBeNull("they have spoken with each other");
        await DoAsync(api, "openTicket", Open, new { input = new { subject = "Who is that?", call = unknown } });
        await DoAsync(api, "linkTicket", Mutation("linkTicket", $"call: \"{unknown}\"", Text(opened, "id")!));

        var calls = (await api.DataAsync("{ calls { nodes { id customer { name } ticket { subject } } } }")).GetProperty("calls").GetProperty("nodes");
        calls.EnumerateArray().Select(c => $"{c.GetProperty("id").GetGuid()} {c.GetProperty("customer")} {c.GetProperty("ticket")}").ShouldBe(
            [$$"""{{known}} {"name":"Ann Doe"} {"subject":"No dial tone"}""", $$"""{{unknown}}  {"subject":"No dial tone"}"""], ignoreOrder: true);
        await CountAsync(api, $"customer: \"{customer}\"", 1);
        await CountAsync(api, $"contact: \"{unknown}\"", 2);
        await CountAsync(api, $"owner: \"{ann}\", unsolved: true, topic: \"lines\", tier: FIRST_LINE, state: OPEN, breached: false", 2);
        await CountAsync(api, "from: \"2100-01-01T00:00:00Z\"", 0);
        await CountAsync(api, $"number: {opened.GetProperty("number").GetInt32()}", 1);
    }

    [Fact]
    public async Task Two_tickets_become_one()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var call = await CallAsync(api, "49305551234", await AgentAsync(api, "Ann"));
        var (first, second) = (
            Text(await DoAsync(api, "openTicket", Open, new { input = new { subject = "No tone", call } }), "id")!, Text(await DoAsync(api, "openTicket", Open, new { input = new { subject = "Silence" } }), "id")!);
        var merged = await DoAsync(api, "mergeTickets", Mutation("mergeTickets", $"into: \"{second}\"", first));
        (Text(merged, "id"), merged.GetProperty("calls")[0].GetProperty("id").GetGuid()).ShouldBe((second, call));
        var old = (await api.DataAsync($$"""{ ticket(id: "{{first}}") { state mergedInto { id } calls { id } } call(id: "{{call}}") { ticket { id } } }"""));
        (Text(old.GetProperty("ticket"), "state"), Text(old.GetProperty("ticket").GetProperty("mergedInto"), "id"), old.GetProperty("ticket").GetProperty("calls").GetArrayLength()).ShouldBe(("CLOSED", second, 0));
        old.GetProperty("call").GetProperty("ticket").GetProperty("id").GetString().ShouldBe(second);
        (await RefusedAsync(api, "mergeTickets", Mutation("mergeTickets", $"into: \"{first}\"", second))).ShouldBe("TICKET_CLOSED");
        (await RefusedAsync(api, "mergeTickets", Mutation("mergeTickets", $"into: \"{Guid.NewGuid()}\"", second))).ShouldBe("TICKET_NOT_FOUND");
    }

    [Fact]
    public async Task What_cannot_be_is_refused_by_name()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var nowhere = Guid.NewGuid();
        (await RefusedAsync(api, "openTicket", Open, new { input = new { subject = "  " } })).ShouldBe("TICKET_TEXT");
        (await RefusedAsync(api, "openTicket", Open, new { input = new { subject = "a", call = nowhere } })).ShouldBe("CALL_NOT_FOUND");
        (await RefusedAsync(api, "openTicket", Open, new { input = new { subject = "a", customer = nowhere } })).ShouldBe("CUSTOMER_NOT_FOUND");
        (await RefusedAsync(api, "closeTicket", Mutation("closeTicket", null, nowhere.ToString()))).ShouldBe("TICKET_NOT_FOUND");
        var id = Text(await DoAsync(api, "openTicket", Open, new { input = new { subject = "a" } }), "id")!;
        (await RefusedAsync(api, "closeTicket", Mutation("closeTicket", null, id))).ShouldBe("TICKET_STATE");
        (await RefusedAsync(api, "assignTicket", Mutation("assignTicket", $"agentId: \"{nowhere}\"", id))).ShouldBe("AGENT_NOT_FOUND");
        (await RefusedAsync(api, "linkTicket", Mutation("linkTicket", $"call: \"{nowhere}\"", id))).ShouldBe("CALL_NOT_FOUND");
        (await RefusedAsync(api, "changeTicket", Mutation("changeTicket", $"customer: \"{nowhere}\"", id))).ShouldBe("CUSTOMER_NOT_FOUND");
        await api.SignInAsync(Role.Auditor);
        (await api.ErrorAsync(Open, new { input = new { subject = "a" } })).Code.ShouldBe("FORBIDDEN");
        await CountAsync(api, "state: OPEN", 1);
    }

    [Fact]
    public async Task Promises_are_configured_and_read()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Supervisor);
        (await api.DataAsync("{ sla { calendar reopenDays targets { priority } } }")).GetProperty("sla").GetProperty("targets").GetArrayLength().ShouldBe(4);
        const string Configure = "mutation ($input: SlaInput!) { configureSla(input: $input) { sla { calendar reopenDays targets { priority segment responseSeconds resolutionSeconds } } errors { code } } }";
        var input = new { targets = new[] { new { priority = "URGENT", segment = "gold", responseSeconds = 60, resolutionSeconds = 600 } }, reopenDays = 3 };
        var configured = await api.DataAsync(Configure, new { input });
        configured.ToString().ShouldBe("""{"configureSla":{"sla":{"calendar":null,"reopenDays":3,"targets":[{"priority":"URGENT","segment":"gold","responseSeconds":60,"resolutionSeconds":600}]},"errors":[]}}""");
        (await api.DataAsync("{ sla { calendar reopenDays targets { priority segment responseSeconds resolutionSeconds } } }")).GetProperty("sla").ToString()
            .ShouldBe(configured.GetProperty("configureSla").GetProperty("sla").ToString());
        (await api.DataAsync(Configure, new { input = new { calendar = Guid.NewGuid(), targets = Array.Empty<object>() } })).ToString().ShouldContain("CALENDAR_NOT_FOUND");
        (await api.DataAsync(Configure, new { input = new { reopenDays = 999, targets = Array.Empty<object>() } })).ToString().ShouldContain("SLA_SETTINGS");
        await api.SignInAsync(Role.Agent);
        (await api.ErrorAsync(Configure, new { input })).Code.ShouldBe("FORBIDDEN");
    }

    internal static async Task<Guid> CallAsync(ApiHarness api, string number, Guid agent)
    {
        var call = Guid.CreateVersion7();
        await api.AppendAsync(
            call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, number, "1000", Nine, Topic: "lines"), new CallQueued(call, Guid.CreateVersion7(), Nine), new CallAnswered(call, agent, Nine.AddSeconds(5)));
        return call;
    }

    internal static async Task<JsonElement> DoAsync(ApiHarness api, string field, string mutation, object? variables = null)
    {
        var payload = (await api.DataAsync(mutation, variables)).GetProperty(field);
        payload.GetProperty("errors").EnumerateArray().ShouldBeEmpty();
        return payload.EnumerateObject().First().Value;
    }

    private static async Task<string?> RefusedAsync(ApiHarness api, string field, string mutation, object? variables = null)
    {
        var payload = (await api.DataAsync(mutation, variables)).GetProperty(field);
        payload.GetProperty("ticket").ValueKind.ShouldBe(JsonValueKind.Null);
        return Text(payload.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem(), "code");
    }

    private static async Task CountAsync(ApiHarness api, string where, int expected)
    {
        var tickets = (await api.DataAsync($$"""{ tickets(where: { {{where}} }) { totalCount nodes { id } } }""")).GetProperty("tickets");
        (tickets.GetProperty("totalCount").GetInt32(), tickets.GetProperty("nodes").GetArrayLength()).ShouldBe((expected, expected));
    }

    private static async Task<Guid> AgentAsync(ApiHarness api, string name)
    {
        var id = Guid.CreateVersion7();
        await api.AppendAsync(id, Agent.StreamType, new AgentCreated(id, name, null, [], Nine));
        return id;
    }

    private static string Mutation(string field, string? arguments, string id) => $$"""mutation { {{field}}(id: "{{id}}"{{(arguments is null ? "" : $", {arguments}")}}) { {{Ticket}} } }""";

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
