using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Api.CommandLine;
using CallCenter.Domain;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Api.Tests;

/// <summary>Customers as people use them, and as they are forgotten.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CustomerTests(PostgresFixture postgres)
{
    private const string Told = "id name numbers emails references segment value consents { purpose given source } notes { text by } calls { totalCount } tickets { totalCount nodes { subject } } timeline { totalCount nodes { kind note call { id } ticket { subject } } }";
    private const string Customer = "customer { " + Told + " } errors { code message }";
    private const string Create = "mutation ($input: CustomerInput!) { createCustomer(input: $input) { " + Customer + " } }";
    private const string Change = "mutation ($id: ID!, $input: CustomerInput!) { changeCustomer(id: $id, input: $input) { " + Customer + " } }";
    private const string OpenTicket = "mutation ($input: OpenTicketInput!) { openTicket(input: $input) { ticket { id } errors { code } } }";

    [Fact]
    public async Task A_customer_is_found_by_all_that_it_is_known_by_in_any_spelling()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Agent);
        var input = new { name = "Ann Doe", segment = "gold", value = 99.5, numbers = new[] { "0049 (30) 555-1234", "2001" }, emails = new[] { "Ann@Example.com" }, references = new[] { "17702523" } };
        var made = await TicketTests.DoAsync(api, "createCustomer", Create, new { input });
        made.ToString().ShouldContain("""
            "name":"Ann Doe","numbers":["+49305551234","2001"],"emails":["ann@example.com"],"references":["17702523"],"segment":"gold","value":99.5
            """);
        var id = made.GetProperty("id").GetString();
        foreach (var by in new[] { $"id: \"{id}\"", "number: \"+49305551234\"", "number: \"49305551234\"", "number: \"00493 05551234\"", "number: \"2001\"" })
        {
            (await FindAsync(api, by)).ShouldBe(id, by);
        }

        (await FindAsync(api, "email: \"ann@Example.com\"", "findCustomer")).ShouldBe(id);
        (await FindAsync(api, "reference: \"17702523\"", "findCustomer")).ShouldBe(id);

        (await FindAsync(api, "number: \"+49305559999\"")).ShouldBeNull();
        (await api.ErrorAsync("{ customer { id } }")).Code.ShouldBe("BAD_USER_INPUT");
        (await RefusedAsync(api, "createCustomer", Create, new { input = new { numbers = new[] { "49305551234" } } })).ShouldBe("IDENTIFIER_IN_USE");
        (await RefusedAsync(api, "createCustomer", Create, new { input = new { numbers = new[] { "+4" } } })).ShouldBe("CUSTOMER_IDENTIFIER");
        (await RefusedAsync(api, "changeCustomer", Change, new { id = Guid.NewGuid(), input = new { name = "B" } })).ShouldBe("CUSTOMER_NOT_FOUND");

        await TicketTests.DoAsync(api, "changeCustomer", Change, new { id, input = new { name = "Ann Roe", numbers = new[] { "2001" } } });
        (await FindAsync(api, "number: \"+49305551234\"")).ShouldBeNull();
        await TicketTests.DoAsync(api, "createCustomer", Create, new { input = new { name = "Joe", numbers = new[] { "+49305551234" } } });
    }

    [Fact]
    public async Task All_that_happened_is_on_one_timeline_and_two_become_one()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (ann, twin) = (await CreateAsync(api, "Ann Doe", "gold", "+49305551234"), await CreateAsync(api, "A. Doe", null, "+49305559876"));
        var (first, second) = (await TicketTests.CallAsync(api, "49305551234", Guid.NewGuid()), await TicketTests.CallAsync(api, "0049305559876", Guid.NewGuid()));
        await TicketTests.DoAsync(api, "openTicket", OpenTicket, new { input = new { subject = "No tone", call = first } });
        await TicketTests.DoAsync(api, "openTicket", OpenTicket, new { input = new { subject = "Silence", customer = twin } });
        await TicketTests.DoAsync(api, "addCustomerNote", "mutation ($id: ID!) { addCustomerNote(id: $id, text: \"Likes mornings.\") { " + Customer + " } }", new { id = twin });
        var consent = await TicketTests.DoAsync(
            api, "setCustomerConsent", "mutation ($id: ID!) { setCustomerConsent(id: $id, purpose: \"marketing\", given: false, source: \"call\") { " + Customer + " } }", new { id = ann });
        consent.GetProperty("consents").ToString().ShouldBe("""[{"purpose":"marketing","given":false,"source":"call"}]""");

        var one = await TicketTests.DoAsync(api, "mergeCustomers", "mutation ($id: ID!, $into: ID!) { mergeCustomers(id: $id, into: $into) { " + Customer + " } }", new { id = twin, into = ann });
        (one.GetProperty("id").GetGuid(), one.GetProperty("numbers").GetArrayLength(), one.GetProperty("calls").GetProperty("totalCount").GetInt32(), one.GetProperty("tickets").GetProperty("totalCount").GetInt32())
            .ShouldBe((ann, 2, 2, 2));
        one.GetProperty("timeline").GetProperty("totalCount").GetInt32().ShouldBe(5);
        var contacts = one.GetProperty("timeline").GetProperty("nodes").EnumerateArray().ToList();
        contacts.ConvertAll(c => c.GetProperty("kind").GetString()).ShouldBe(["NOTE", "TICKET", "TICKET", "CALL", "CALL"]);
        contacts[0].GetProperty("note").GetString().ShouldBe("Likes mornings.");
        contacts[1].GetProperty("ticket").GetProperty("subject").GetString().ShouldBe("Silence");
        (await FindAsync(api, $"id: \"{twin}\"")).ShouldBe(ann.ToString());
        (await FindAsync(api, "number: \"+49305559876\"")).ShouldBe(ann.ToString());
        (await api.DataAsync($$"""{ calls(where: { customer: "{{twin}}" }) { nodes { id } } }""")).GetProperty("calls").GetProperty("nodes").EnumerateArray().Select(c => c.GetProperty("id").GetGuid())
            .ShouldBe([first, second], ignoreOrder: true);
        (await api.DataAsync($$"""{ calls(where: { customer: "{{Guid.NewGuid()}}" }) { totalCount } }""")).GetProperty("calls").GetProperty("totalCount").GetInt32().ShouldBe(0);
        (await RefusedAsync(api, "changeCustomer", Change, new { id = twin, input = new { name = "B" } })).ShouldBe("CUSTOMER_MERGED");
    }

    [Theory]
    [InlineData(PersonalKinds.Number, "0049305551234")]
    [InlineData(PersonalKinds.CustomerNumber, "17702523")]
    public async Task Who_is_forgotten_by_one_thing_is_forgotten_in_all_calls_tickets_and_notes(string kind, string identifier)
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var input = new { name = "Ann Doe", numbers = new[] { "+49305551234", "+49305559876" }, references = new[] { "17702523" } };
        var id = (await TicketTests.DoAsync(api, "createCustomer", Create, new { input })).GetProperty("id").GetGuid();
        var other = await CreateAsync(api, "Joe Roe", null, "+49305550000");
        var (call, second) = (await TicketTests.CallAsync(api, "49305551234", Guid.NewGuid()), await TicketTests.CallAsync(api, "+49305559876", Guid.NewGuid()));
        var ticket = (await TicketTests.DoAsync(api, "openTicket", OpenTicket, new { input = new { subject = "No dial tone at home", call } })).GetProperty("id").GetGuid();
        await TicketTests.DoAsync(api, "commentTicket", $$"""mutation { commentTicket(id: "{{ticket}}", text: "Lives alone.") { ticket { id } errors { code } } }""");
        await TicketTests.DoAsync(api, "addCustomerNote", "mutation ($id: ID!) { addCustomerNote(id: $id, text: \"Likes mornings.\") { " + Customer + " } }", new { id });
        foreach (var text in new[] { "Ann Doe", "305551234", "305559876", "17702523", "No dial tone", "Lives alone", "Likes mornings" })
        {
            (await api.Center.Source.TablesWithAsync(text)).ShouldBeEmpty(text);
        }

        await ForgetVerb.RunAsync(kind, identifier, api.Knobs, NullLoggerFactory.Instance, default);
        await api.Center.CatchUpAsync(default);

        var told = await api.DataAsync($$"""
            { customer(id: "{{id}}") { name numbers references notes { text } } ticket(id: "{{ticket}}") { subject timeline { data } } first: call(id: "{{call}}") { from } second: call(id: "{{second}}") { from } }
            """);
        told.GetProperty("customer").ToString().ShouldBe("""{"name":null,"numbers":[],"references":[],"notes":[{"text":"forgotten"}]}""");
        (told.GetProperty("ticket").GetProperty("subject").GetString(), told.GetProperty("first").GetProperty("from").GetString(), told.GetProperty("second").GetProperty("from").GetString())
            .ShouldBe(("forgotten", "forgotten", "forgotten"));
        told.GetProperty("ticket").GetProperty("timeline").ToString().ShouldNotContain("Lives alone");
        (await FindAsync(api, "number: \"+49305551234\"")).ShouldBeNull();
        (await FindAsync(api, "number: \"+49305550000\"")).ShouldBe(other.ToString());
        (await RefusedAsync(api, "changeCustomer", Change, new { id, input = new { name = "B" } })).ShouldBe("CUSTOMER_FORGOTTEN");
        (await CreateAsync(api, "New", null, "+49305551234")).ShouldNotBe(id);
    }

    [Fact]
    public async Task A_ticket_of_an_unknown_caller_is_forgotten_with_the_number()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var call = await TicketTests.CallAsync(api, "49305551234", Guid.NewGuid());
        var ticket = (await TicketTests.DoAsync(api, "openTicket", OpenTicket, new { input = new { subject = "No dial tone", call } })).GetProperty("id").GetGuid();
        await ForgetVerb.RunAsync(PersonalKinds.Number, "49305551234", api.Knobs, NullLoggerFactory.Instance, default);
        (await api.DataAsync($$"""{ ticket(id: "{{ticket}}") { subject } }""")).GetProperty("ticket").GetProperty("subject").GetString().ShouldBe("forgotten");
    }

    internal static async Task<Guid> CreateAsync(ApiHarness api, string name, string? segment, string number) =>
        (await TicketTests.DoAsync(api, "createCustomer", Create, new { input = new { name, segment, numbers = new[] { number } } })).GetProperty("id").GetGuid();

    private static async Task<string?> FindAsync(ApiHarness api, string by, string field = "customer") =>
        (await api.DataAsync($"{{ {field}({by}) {{ id }} }}")).GetProperty(field) is { ValueKind: JsonValueKind.Object } customer ? customer.GetProperty("id").GetString() : null;

    private static async Task<string?> RefusedAsync(ApiHarness api, string field, string mutation, object variables) =>
        (await api.DataAsync(mutation, variables)).GetProperty(field).GetProperty("errors").EnumerateArray().ShouldHaveSingleItem().GetProperty("code").GetString();
}
