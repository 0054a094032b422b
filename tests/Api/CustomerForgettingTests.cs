using System.Net;
using System.Text;
using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Api.CommandLine;
using CallCenter.Api.Customers;
using CallCenter.Domain;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Persons;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;
using CallCenter.Telephony.Sip;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Api.Tests;

/// <summary>A customer is forgotten, wherever something was written or kept, and a second person sees that it is so.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CustomerForgettingTests(PostgresFixture postgres)
{
    private const string Number = "+49305551234";
    private const string Other = "+49305559876";
    private const string Forget = "mutation ($id: ID!, $reason: String!) { forgetCustomer(id: $id, reason: $reason) { customer { name numbers emails references forgottenAt notes { text } } forgetting { " + Report + " } errors { code message } } }";
    private const string Report = "customer by reason forgottenAt keysDestroyed keysLeft searchKeysLeft eventsUnreadable eventsReadable audioErased audioLeft laddersLeft complete";
    private static readonly string[] Personal = ["Ann Doe", "305551234", "ann@example.com", "K-17702523", "wants a loan", "Likes mornings", "No dial tone", "Lives alone"];
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Nothing_of_the_customer_is_left_anywhere_and_every_figure_is_what_it_was()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var ann = await KnownAsync(api);
        var joe = await CustomerTests.CreateAsync(api, "Joe Roe", null, Other);
        var (kept, _) = await CallAsync(api, Other, notes: "wants a car");
        var figures = await FiguresAsync(api);
        figures.ShouldContain("\"contactsHandled\":3");
        await api.Center.Sealer.SealAsync();

        var answer = (await api.DataAsync(Forget, new { id = ann.Id, reason = "Asked for it by letter." })).GetProperty("forgetCustomer");

        answer.GetProperty("errors").GetArrayLength().ShouldBe(0, answer.ToString());
        var customer = answer.GetProperty("customer");
        customer.GetProperty("forgottenAt").ValueKind.ShouldBe(JsonValueKind.String);
        customer.ToString().ShouldStartWith("""{"name":null,"numbers":[],"emails":[],"references":[],""");
        foreach (var text in Personal)
        {
            (await api.Center.Source.TablesWithAsync(text)).ShouldBeEmpty(text);
            FilesWith(api, text).ShouldBeEmpty(text);
        }

        File.Exists(ann.Recording).ShouldBeFalse();
        File.Exists(ann.Message).ShouldBeFalse();
        (await api.Center.Ladders.FindAsync(ann.Call, default)).ShouldBeNull();
        (await api.DataAsync("""{ calls(where: { number: "+49305551234" }) { totalCount } customer(number: "+49305551234") { id } }""")).ToString().ShouldBe("""{"calls":{"totalCount":0},"customer":null}""");
        var told = (await api.DataAsync($$"""{ call(id: "{{ann.Call}}") { from timeline { data } } ticket(id: "{{ann.Ticket}}") { subject timeline { data } } }""")).ToString();
        Personal.ShouldAllBe(text => !told.Contains(text));
        (await FiguresAsync(api)).ShouldBe(figures);
        (await api.DataAsync("{ verifyTrail { intact } }")).ToString().ShouldBe("""{"verifyTrail":{"intact":true}}""");

        (await api.DataAsync($$"""{ customer(id: "{{joe}}") { name numbers forgottenAt } call(id: "{{kept}}") { from timeline { data } } }""")).ToString()
            .ShouldSatisfyAllConditions(t => t.ShouldContain("""{"name":"Joe Roe","numbers":["+49305559876"],"forgottenAt":null}"""), t => t.ShouldContain("wants a car"));
        await api.Center.Projections.RebuildAsync("customers");
        (await api.DataAsync($$"""{ customer(id: "{{ann.Id}}") { name numbers } }""")).ToString().ShouldBe("""{"customer":{"name":null,"numbers":[]}}""");
    }

    [Fact]
    public async Task A_second_person_sees_when_by_whom_why_and_that_nothing_is_left()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var ann = await KnownAsync(api);
        await ForgetAsync(api, ann.Id);

        await api.SignInAsync(Role.Supervisor);
        (await api.ErrorAsync($$"""{ forgetting(customer: "{{ann.Id}}") { complete } }""")).Code.ShouldBe("FORBIDDEN");
        (await api.ErrorAsync(Forget, new { id = ann.Id, reason = "Asked." })).Code.ShouldBe("FORBIDDEN");
        await api.SignInAsync(Role.Auditor);
        var report = await CheckAsync(api, ann.Id);
        (Text(report, "by"), Text(report, "reason"), Text(report, "customer")).ShouldBe(("admin", "Asked for it by letter.", ann.Id.ToString()));
        var keys = report.GetProperty("keysDestroyed").EnumerateArray().Select(key => key.GetGuid()).ToList();
        keys.Count.ShouldBeGreaterThan(3);
        Figures(report).ShouldBe((0, 0, 0, 2, 0, 0));
        report.GetProperty("complete").GetBoolean().ShouldBeTrue();

        // Counted here by other means: every event that holds a token of one of the keys.
        await using var command = api.Center.Source.CreateCommand("select array_agg(data::text) from mt_events");
        var events = (string[])(await command.ExecuteScalarAsync())!;
        report.GetProperty("eventsUnreadable").GetInt32().ShouldBe(events.Count(text => keys.Any(key => text.Contains(PersonalToken.StartOf(key), StringComparison.Ordinal))));

        // What comes back later is found by looking: nobody's word is taken for it.
        Directory.CreateDirectory(Path.GetDirectoryName(ann.Recording)!);
        await File.WriteAllTextAsync(ann.Recording, "from a backup");
        var after = await CheckAsync(api, ann.Id);
        (after.GetProperty("audioLeft").GetInt32(), after.GetProperty("complete").GetBoolean()).ShouldBe((1, false));
        (await api.DataAsync($$"""{ forgetting(customer: "{{Guid.NewGuid()}}") { complete } }""")).ToString().ShouldBe("""{"forgetting":null}""");
        (await api.ErrorAsync("{ forgetting { complete } }")).Code.ShouldBe("BAD_USER_INPUT");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Who_was_killed_in_the_midst_of_it_is_gone_on_from_there(int done)
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var ann = await KnownAsync(api);
        Guid[] persons = [ann.Id];
        var stream = PersonEvent.StreamOf(ann.Id);
        await api.AppendAsync(stream, PersonEvent.StreamType, new ForgettingStarted(ann.Id, persons, "Asked for it by letter.", DateTimeOffset.UtcNow, ann.Id, "admin"));
        if (done > 0)
        {
            var forgotten = await api.Center.Persons.ForgetAsync(persons);
            if (done > 1)
            {
                await api.AppendAsync(stream, PersonEvent.StreamType, new PersonForgotten(ann.Id, [.. forgotten.Keys.Select(key => key.KeyId)], DateTimeOffset.UtcNow));
            }
        }

        (await CheckAsync(api, ann.Id)).GetProperty("complete").GetBoolean().ShouldBeFalse();
        await ForgetAsync(api, ann.Id);
        await ForgetAsync(api, ann.Id);

        var report = await CheckAsync(api, ann.Id);
        report.GetProperty("complete").GetBoolean().ShouldBeTrue(report.ToString());
        Figures(report).ShouldBe((0, 0, 0, 2, 0, 0));
        (await api.Center.Store.FetchStreamAsync(stream)).Select(e => e.Data.GetType()).ShouldBe([typeof(ForgettingStarted), typeof(PersonForgotten)]);
    }

    [Fact]
    public async Task The_server_brings_an_interrupted_one_to_its_end_calls_nobody_back_and_knows_nobody_any_more()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var ann = await KnownAsync(api);
        var (mine, strange) = (await CallBackAsync(api, Number), await CallBackAsync(api, Other));
        var stream = PersonEvent.StreamOf(ann.Id);
        await api.AppendAsync(stream, PersonEvent.StreamType, new ForgettingStarted(ann.Id, [ann.Id], "Asked for it by letter.", DateTimeOffset.UtcNow, ann.Id, "admin"));
        var forgetting = new Forgetting(api.Center, new HoldRegister(api.Center, TimeProvider.System), new PersonErasure(api.Center.Source, api.Knobs.RecordingFolder), TimeProvider.System);
        var subscription = new ForgottenCallers(api.Center.Store, api.Center.Source, api.Router, forgetting, (position, ct) => api.Center.Projections.WaitForAsync(position, ct), TimeProvider.System);

        for (var round = 0; round < 2; round++)
        {
            foreach (var e in await api.Center.Store.FetchStreamAsync(stream))
            {
                await subscription.HandleAsync(e, default);
            }
        }

        (await CheckAsync(api, ann.Id)).GetProperty("complete").GetBoolean().ShouldBeTrue();
        await api.Center.CatchUpAsync(default);
        (await api.DataAsync("{ callbacks { nodes { id state } } }")).ToString().ShouldSatisfyAllConditions(
            t => t.ShouldContain($$"""{"id":"{{mine}}","state":"CANCELLED"}"""), t => t.ShouldContain($$"""{"id":"{{strange}}","state":"WAITING"}"""));
    }

    [Fact]
    public async Task Who_was_merged_twice_is_forgotten_whole_and_other_customers_of_a_shared_number_are_not()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var first = await CustomerTests.CreateAsync(api, "Ann First", null, "+49305550001");
        var second = await CustomerTests.CreateAsync(api, "Ann Second", null, "+49305550002");
        var third = await CustomerTests.CreateAsync(api, "Ann Third", null, Number);
        foreach (var (id, into) in new[] { (first, second), (second, third) })
        {
            await TicketTests.DoAsync(api, "mergeCustomers", "mutation ($id: ID!, $into: ID!) { mergeCustomers(id: $id, into: $into) { customer { id } errors { code } } }", new { id, into });
        }

        // The same phone, but said to be somebody else by the number in the books, and an unknown one.
        var input = new { name = "Joe Roe", references = new[] { "K-1" } };
        var joe = (await TicketTests.DoAsync(api, "createCustomer", "mutation ($input: CustomerInput!) { createCustomer(input: $input) { customer { id } errors { code } } }", new { input })).GetProperty("id").GetGuid();
        var (his, _) = await CallAsync(api, Number, "K-1", "joe calls");
        var (unknown, _) = await CallAsync(api, Number, "K-2", "who calls");

        (await ErrorAsync(api, first)).ShouldBe("CUSTOMER_MERGED");
        await ForgetAsync(api, third);

        foreach (var stream in new[] { first, second, third, unknown })
        {
            (await api.DataAsync($$"""{ events(where: { stream: "{{stream}}" }) { nodes { data } } }""")).ToString().ShouldSatisfyAllConditions(
                t => t.ShouldContain("forgotten"), t => t.ShouldNotContain("Ann"), t => t.ShouldNotContain("who calls"), t => t.ShouldNotContain("3055"));
        }

        (await api.DataAsync($$"""{ customer(id: "{{joe}}") { name references } call(id: "{{his}}") { customerNumber timeline { data } } }""")).ToString().ShouldSatisfyAllConditions(
            t => t.ShouldContain("""{"name":"Joe Roe","references":["K-1"]}"""), t => t.ShouldContain("joe calls"));
        await api.SignInAsync(Role.Auditor);
        (await CheckAsync(api, first)).GetProperty("complete").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_wrong_is_said()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var id = await CustomerTests.CreateAsync(api, "Ann Doe", null, Number);
        (await ErrorAsync(api, Guid.NewGuid())).ShouldBe("CUSTOMER_NOT_FOUND");
        foreach (var reason in new[] { "", "  ", "Ann Doe wants it", "ANNDOE wants it", "caller 4930 5551234" })
        {
            (await ErrorAsync(api, id, reason)).ShouldBe("FORGET_REASON", reason);
        }

        (await Should.ThrowAsync<InvalidOperationException>(() => ForgetVerb.RunAsync(Guid.NewGuid(), "Asked.", api.Knobs, NullLoggerFactory.Instance, default))).Message.ShouldBe("There is no such customer.");
        (await ForgetVerb.RunAsync(id, "Asked.", api.Knobs, NullLoggerFactory.Instance, default)).ShouldStartWith("Forgotten: 1 person, ");
        (await CheckAsync(api, id)).GetProperty("complete").GetBoolean().ShouldBeTrue();
    }

    private static async Task<(Guid Id, Guid Call, Guid Ticket, string Recording, string Message)> KnownAsync(ApiHarness api)
    {
        var input = new { name = "Ann Doe", segment = "gold", numbers = new[] { Number }, emails = new[] { "ann@example.com" }, references = new[] { "K-17702523" } };
        var id = (await TicketTests.DoAsync(api, "createCustomer", "mutation ($input: CustomerInput!) { createCustomer(input: $input) { customer { id } errors { code } } }", new { input })).GetProperty("id").GetGuid();
        await TicketTests.DoAsync(api, "addCustomerNote", """mutation ($id: ID!) { addCustomerNote(id: $id, text: "Likes mornings.") { customer { id } errors { code } } }""", new { id });
        var (call, recording) = await CallAsync(api, "0049305551234", notes: "wants a loan");
        await CallAsync(api, "", "K-17702523", "wants a loan");
        var ticket = (await TicketTests.DoAsync(
            api, "openTicket", "mutation ($input: OpenTicketInput!) { openTicket(input: $input) { ticket { id } errors { code } } }", new { input = new { subject = "No dial tone", description = "Lives alone", call } })).GetProperty("id").GetGuid();
        var message = Guid.CreateVersion7();
        await api.AppendAsync(message, Voicemail.StreamType, new VoicemailLeft(message, Guid.NewGuid(), MailboxOwner.Queue, Number, call, Write(api, message), "aa", 4.5, 10, Nine));
        await api.Center.Ladders.KeepAsync([new SipLadder(call, [new LadderEntry(Nine, false, "UDP", new IPEndPoint(IPAddress.Loopback, 5060), Encoding.ASCII.GetBytes($"INVITE sip:1000@h SIP/2.0\r\nFrom: <sip:{Number}@h>\r\n\r\n"))], LeftOut: 0)], default);
        return (id, call, ticket, Path.Combine(api.Knobs.RecordingFolder, FileOf(recording)), Path.Combine(api.Knobs.RecordingFolder, FileOf(message)));
    }

    /// <summary>A call that was recorded and handled.</summary>
    private static async Task<(Guid Call, Guid Recording)> CallAsync(ApiHarness api, string number, string? customer = null, string? notes = null)
    {
        var (call, recording, agent) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await api.AppendAsync(call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, number, "1000", Nine, CustomerNumber: customer), new CallQueued(call, Guid.CreateVersion7(), Nine), new CallOffered(call, agent, Nine));
        DomainEvent[] recorded = number.StartsWith("0049", StringComparison.Ordinal)
            ? [new CallRecordingStarted(call, recording, Write(api, recording), Nine), new CallRecorded(call, recording, "aa", 1, 10, null, Nine.AddSeconds(60))]
            : [];
        await api.AppendAsync(
            call, Call.StreamType,
            [new CallAnswered(call, agent, Nine.AddSeconds(5)), .. recorded, new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.Handled, Nine.AddSeconds(60)),
             new WrapUpStarted(call, agent, Nine.AddSeconds(60)), new WrapUpCompleted(call, agent, Nine.AddSeconds(70), Notes: notes)]);
        return (call, recording);
    }

    private static async Task<Guid> CallBackAsync(ApiHarness api, string number)
    {
        var queue = (await api.DataAsync("{ queues { id } }")).GetProperty("queues")[0].GetProperty("id").GetString();
        return (await api.DataAsync(
            "mutation($input: RequestCallbackInput!) { requestCallback(input: $input) { callback { id } } }", new { input = new { number, queue, dueAt = DateTimeOffset.UtcNow.AddHours(1) } }))
            .GetProperty("requestCallback").GetProperty("callback").GetProperty("id").GetGuid();
    }

    private static async Task ForgetAsync(ApiHarness api, Guid id) =>
        (await api.DataAsync(Forget, new { id, reason = "Asked for it by letter." })).GetProperty("forgetCustomer").GetProperty("errors").GetArrayLength().ShouldBe(0);

    private static async Task<string?> ErrorAsync(ApiHarness api, Guid id, string reason = "Asked for it by letter.") =>
        (await api.DataAsync(Forget, new { id, reason })).GetProperty("forgetCustomer").GetProperty("errors").EnumerateArray().ShouldHaveSingleItem().GetProperty("code").GetString();

    private static async Task<JsonElement> CheckAsync(ApiHarness api, Guid id) => (await api.DataAsync($$"""{ forgetting(customer: "{{id}}") { {{Report}} } }""")).GetProperty("forgetting");

    private static (int, int, int, int, int, int) Figures(JsonElement report)
    {
        return (Of("keysLeft"), Of("searchKeysLeft"), Of("eventsReadable"), Of("audioErased"), Of("audioLeft"), Of("laddersLeft"));

        int Of(string name) => report.GetProperty(name).GetInt32();
    }

    /// <summary>Every figure of a report that is a number and can be had without arguments.</summary>
    private static async Task<string> FiguresAsync(ApiHarness api)
    {
        var fields = (await api.DataAsync("""{ __type(name: "KpiRow") { fields { name args { defaultValue type { kind } } type { kind ofType { kind } } } } }""")).GetProperty("__type").GetProperty("fields").EnumerateArray()
            .Where(field => IsScalar(field.GetProperty("type")) && field.GetProperty("args").EnumerateArray().All(arg => arg.GetProperty("defaultValue").ValueKind == JsonValueKind.String || Text(arg.GetProperty("type"), "kind") != "NON_NULL"))
            .Select(field => Text(field, "name")).ToList();
        fields.Count.ShouldBeGreaterThan(20);
        return (await api.DataAsync($$"""{ kpis(where: { from: "2026-01-05T00:00:00Z", to: "2026-01-06T00:00:00Z" }, groupBy: [SEGMENT]) { total { {{string.Join(' ', fields)}} } rows { {{string.Join(' ', fields)}} } } }""")).ToString();

        static bool IsScalar(JsonElement type) => (Text(type, "kind") == "NON_NULL" ? Text(type.GetProperty("ofType"), "kind") : Text(type, "kind")) == "SCALAR";
    }

    /// <summary>Files below the data folder that hold the text; the database's own is another server's folder here.</summary>
    private static List<string> FilesWith(ApiHarness api, string text) =>
        [.. Directory.GetFiles(api.Knobs.DataFolder, "*", SearchOption.AllDirectories).Where(file => Encoding.UTF8.GetString(File.ReadAllBytes(file)).Contains(text, StringComparison.Ordinal))];

    private static string FileOf(Guid id) => $"2026/01/05/{id}.wav";

    private static string Write(ApiHarness api, Guid id)
    {
        var path = Path.Combine(api.Knobs.RecordingFolder, FileOf(id));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "the voice of Ann Doe");
        return FileOf(id);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
