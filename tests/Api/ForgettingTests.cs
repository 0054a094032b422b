using System.Text.Json;

using CallCenter.Api.CommandLine;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Api.Tests;

/// <summary>Callers and customers in what is stored and in what is answered, before and after they are forgotten.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ForgettingTests(PostgresFixture postgres)
{
    private const string Number = "+49305551234";
    private const string OtherNumber = "+49305559876";
    private const string Customer = "17702523";
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task No_table_holds_what_is_personal_in_plain_and_the_api_answers_it()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var call = await CallAsync(api, Number, Customer, "wants a loan");

        foreach (var text in new[] { Number, "305551234", Customer, "wants a loan" })
        {
            (await api.Center.Source.TablesWithAsync(text)).ShouldBeEmpty();
        }

        (await ToldAsync(api, call)).ShouldBe((Number, "1000", Customer, Number, "wants a loan"));
    }

    [Fact]
    public async Task Calls_are_found_by_number_and_by_customer()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (named, anonymous, other) = (await CallAsync(api, Number, Customer), await CallAsync(api, Number), await CallAsync(api, OtherNumber));

        (await FindAsync(api, "number", "+49 30 555-1234")).ShouldBe([named, anonymous], ignoreOrder: true);
        (await FindAsync(api, "customerNumber", Customer)).ShouldBe([named]);
        (await FindAsync(api, "number", "1000")).ShouldBe([named, anonymous, other], ignoreOrder: true);
        (await FindAsync(api, "number", Customer)).ShouldBeEmpty();
    }

    [Fact]
    public async Task After_forgetting_every_answer_says_so_and_others_are_told_as_before()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (named, anonymous, other) = (await CallAsync(api, Number, Customer, "wants a loan"), await CallAsync(api, Number), await CallAsync(api, OtherNumber, notes: "wants a car"));

        var said = await ForgetAsync(api, PersonalKinds.Number, Number);

        said.ShouldStartWith("Forgotten: 2 persons, 2 keys destroyed.");
        (await ToldAsync(api, named)).ShouldBe(("forgotten", "1000", "forgotten", "forgotten", "forgotten"));
        (await ToldAsync(api, anonymous)).ShouldBe(("forgotten", "1000", null, "forgotten", null));
        (await ToldAsync(api, other)).ShouldBe((OtherNumber, "1000", null, OtherNumber, "wants a car"));
        (await FindAsync(api, "number", Number)).ShouldBeEmpty();
        (await FindAsync(api, "customerNumber", Customer)).ShouldBeEmpty();
        (await FindAsync(api, "number", OtherNumber)).ShouldBe([other]);
        (await api.DataAsync($$"""{ call(id: "{{named}}", at: "2026-01-05T09:00:01Z") { from customerNumber } }""")).ToString()
            .ShouldBe("""{"call":{"from":"forgotten","customerNumber":"forgotten"}}""");

        await api.Center.Projections.RebuildAsync("calls");
        (await ToldAsync(api, named)).ShouldBe(("forgotten", "1000", "forgotten", "forgotten", "forgotten"));
        var next = await CallAsync(api, Number);
        (await FindAsync(api, "number", Number)).ShouldBe([next]);
    }

    [Fact]
    public async Task Forgetting_changes_no_event_and_is_told_in_the_trail_without_a_name()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        await CallAsync(api, Number, notes: "wants a loan");
        var before = await EventsAsync(api);

        await ForgetAsync(api, PersonalKinds.Number, Number);

        (await EventsAsync(api))[..before.Length].ShouldBe(before);
        var told = (await api.DataAsync("""{ events(where: { types: ["person_forgotten"] }) { nodes { user data } } }""")).GetProperty("events").GetProperty("nodes").EnumerateArray().ShouldHaveSingleItem();
        told.GetProperty("user").GetString().ShouldBe("forget");
        told.GetProperty("data").GetProperty("Keys").GetArrayLength().ShouldBe(1);
        (await api.Center.Source.TablesWithAsync("5551234")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_trail_still_verifies_after_forgetting()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        await CallAsync(api, Number, Customer, "wants a loan");
        await api.Center.Sealer.SealAsync();

        await ForgetAsync(api, PersonalKinds.Number, Number);

        (await api.DataAsync("{ verifyTrail { intact unsealedEvents } }")).ToString().ShouldBe("""{"verifyTrail":{"intact":true,"unsealedEvents":2}}""");
    }

    [Fact]
    public async Task Who_is_known_by_nothing_cannot_be_forgotten()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        (await Should.ThrowAsync<InvalidOperationException>(() => ForgetAsync(api, PersonalKinds.Number, Number))).Message.ShouldContain(Number);
    }

    private static Task<string> ForgetAsync(ApiHarness api, string kind, string identifier) =>
        ForgetVerb.RunAsync(kind, identifier, api.Knobs, NullLoggerFactory.Instance, default);

    private static async Task<Guid> CallAsync(ApiHarness api, string number, string? customer = null, string? notes = null)
    {
        var (call, queue, agent) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await api.AppendAsync(call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, number, "1000", Nine, CustomerNumber: customer), new CallQueued(call, queue, Nine));
        await api.AppendAsync(
            call, Call.StreamType, new CallAnswered(call, agent, Nine.AddSeconds(5)), new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.Handled, Nine.AddSeconds(60)),
            new WrapUpStarted(call, agent, Nine.AddSeconds(60)), new WrapUpCompleted(call, agent, Nine.AddSeconds(70), Notes: notes));
        return call;
    }

    /// <summary>What the API says of a call's person, in its fields and in its first and last event.</summary>
    private static async Task<(string? From, string? To, string? Customer, string? EventFrom, string? EventNotes)> ToldAsync(ApiHarness api, Guid id)
    {
        var call = (await api.DataAsync($$"""{ call(id: "{{id}}") { from to customerNumber timeline { data } } }""")).GetProperty("call");
        var events = call.GetProperty("timeline").EnumerateArray().Select(e => e.GetProperty("data")).ToList();
        var trail = (await api.DataAsync($$"""{ events(where: { stream: "{{id}}" }) { nodes { data } } }""")).GetProperty("events").GetProperty("nodes");
        trail.EnumerateArray().Select(e => e.GetProperty("data").ToString()).ShouldBe(events.Select(e => e.ToString()));
        return (Text(call, "from"), Text(call, "to"), Text(call, "customerNumber"), Text(events[0], "From"), Text(events[^1], "Notes"));

        static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
    }

    private static async Task<IEnumerable<Guid>> FindAsync(ApiHarness api, string field, string value) =>
        (await api.DataAsync($$"""{ calls(where: { {{field}}: "{{value}}" }) { totalCount nodes { id } } }""")).GetProperty("calls").GetProperty("nodes")
            .EnumerateArray().Select(c => c.GetProperty("id").GetGuid());

    private static async Task<string[]> EventsAsync(ApiHarness api)
    {
        await using var command = api.Center.Source.CreateCommand("select array_agg(e::text order by seq_id) from mt_events e");
        return (string[])(await command.ExecuteScalarAsync())!;
    }
}
