using System.Text.Json;

using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>A known caller, the tickets of that caller, and promises that outlive the process.</summary>
public sealed class TicketTests : IAsyncLifetime
{
    private readonly ServerProcess _server = new();

    [Fact]
    public async Task A_known_caller_pops_with_open_tickets_and_a_promise_is_broken_once_though_everything_was_killed_before()
    {
        const string Caller = "49308001";
        using var center = await CenterClient.ConnectAsync(_server);
        var customer = Text((await AskAsync(center, "createCustomer(input: { name: \"Ann Doe\", segment: \"gold\", numbers: [\"+49 308001\"] }) { customer { id } errors { message } }")).GetProperty("customer"), "id");
        await TicketAsync(center, $"openTicket(input: {{ subject: \"No dial tone\", customer: \"{customer}\" }})");
        await AskAsync(center, "configureSla(input: { targets: [{ priority: URGENT, resolutionSeconds: 30 }] }) { sla { reopenDays } errors { message } }");

        await using var ear = new AudioProbe();
        await using var silent = Sipp.Take("agent-silent", calls: 1, ear.Port);
        await using var answering = Sipp.Take("agent-answer", calls: 1, ear.Port);
        await center.RegisterAsync(silent.Port, "2001");
        await center.RegisterAsync(answering.Port, "2002");
        await using var calling = Sipp.Call("caller", _server.Sip, CenterClient.Support, [Caller], ear.Port);
        var pop = await Eventually.BecomesAsync(() => OfferAsync(center), offer => offer.Length > 0, "a phone rings");
        pop.ShouldBe("""2001 {"customer":{"name":"Ann Doe","segment":"gold"},"openTickets":[{"subject":"No dial tone"}]}""");
        await silent.ShouldSucceedAsync();
        var call = await center.CallBecomesAsync(Caller, "CONNECTED");

        var ticket = await TicketAsync(center, $"openTicket(input: {{ subject: \"Still none\", call: \"{call.Id}\", priority: URGENT }})");
        (Text(ticket.GetProperty("customer"), "name"), Text(ticket.GetProperty("owner"), "extension")).ShouldBe(("Ann Doe", "2002"));
        var id = Text(ticket, "id");
        Text(await TicketAsync(center, $"escalateTicket(id: \"{id}\", to: SECOND_LINE, reason: \"Beyond me.\")"), "tier").ShouldBe("SECOND_LINE");
        Text(await TicketAsync(center, $"pendTicket(id: \"{id}\", reason: \"Asks a colleague.\")"), "dueAt").ShouldBeNull();
        Text(await TicketAsync(center, $"resumeTicket(id: \"{id}\")"), "dueAt").ShouldNotBeNull();
        await _server.KillWithPostgresAsync();

        await _server.StartAsync();
        using var again = await CenterClient.ConnectAsync(_server);
        await Eventually.BecomesAsync(() => BreachedAsync(again, id), breached => breached == """["RESOLUTION"]""", "the promise is broken");
        var resolved = await TicketAsync(again, $"resolveTicket(id: \"{id}\", resolution: \"New cable.\")");
        (Text(resolved, "state"), resolved.GetProperty("slaMet").GetBoolean()).ShouldBe(("RESOLVED", false));
        (await again.GraphQL.AskAsync($$"""{ ticket(id: "{{id}}") { timeline { type } } }""")).GetProperty("ticket").GetProperty("timeline").EnumerateArray().Select(e => Text(e, "type")).ShouldBe(
            ["ticket_opened", "ticket_escalated", "ticket_pended", "ticket_resumed", "ticket_breached", "ticket_resolved"]);
        (await again.GraphQL.AskAsync($$"""{ customer(number: "{{Caller}}") { timeline { nodes { kind } } } call(id: "{{call.Id}}") { customer { name } ticket { subject } } }""")).ToString().ShouldBe(
            """{"customer":{"timeline":{"nodes":[{"kind":"TICKET"},{"kind":"CALL"},{"kind":"TICKET"}]}},"call":{"customer":{"name":"Ann Doe"},"ticket":{"subject":"Still none"}}}""");
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>Whose phone rings, and what is told there; empty while none does.</summary>
    private static async Task<string> OfferAsync(CenterClient center)
    {
        var agents = (await center.GraphQL.AskAsync("{ agents { nodes { extension offer { customer { name segment } openTickets { subject } } } } }")).GetProperty("agents").GetProperty("nodes");
        return string.Concat(agents.EnumerateArray().Where(agent => agent.GetProperty("offer").ValueKind == JsonValueKind.Object).Select(agent => $"{Text(agent, "extension")} {agent.GetProperty("offer")}"));
    }

    private static async Task<string> BreachedAsync(CenterClient center, string? ticket) =>
        (await center.GraphQL.AskAsync($$"""{ ticket(id: "{{ticket}}") { breached } }""")).GetProperty("ticket").GetProperty("breached").ToString();

    private static async Task<JsonElement> TicketAsync(CenterClient center, string mutation) =>
        (await AskAsync(center, $"{mutation} {{ ticket {{ id state tier dueAt slaMet customer {{ name }} owner {{ extension }} }} errors {{ message }} }}")).GetProperty("ticket");

    private static async Task<JsonElement> AskAsync(CenterClient center, string mutation)
    {
        var payload = (await center.GraphQL.AskAsync($"mutation {{ {mutation} }}")).EnumerateObject().Single().Value;
        payload.GetProperty("errors").EnumerateArray().ShouldBeEmpty();
        return payload;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
