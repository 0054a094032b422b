using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Api.CommandLine;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Reading;
using CallCenter.Domain.Servers;
using CallCenter.EventStore;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Api.Tests;

/// <summary>Who has read and heard what, and who has changed what to what, as the trail tells it.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ReadingTests(PostgresFixture postgres)
{
    private const string Number = "+49305551234";
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_list_is_told_once_to_each_reader_and_what_is_new_in_it_is_told_again()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var calls = new[] { await CallAsync(api, Number), await CallAsync(api, "+49305559876") };
        await api.SignInAsync(Role.Supervisor);
        api.Http.DefaultRequestHeaders.Add("X-Reason", " Case 17/26 ");
        await api.DataAsync("{ calls { nodes { id state } } }");
        (await ReadsAsync(api)).ShouldBeEmpty("nothing personal was asked for");

        await api.DataAsync("{ calls { nodes { from to customer { name } } } }");
        await api.DataAsync("{ calls { nodes { from } } }");
        var told = (await ReadsAsync(api)).ShouldHaveSingleItem().ShouldBeOfType<PersonalDataRead>();
        told.Subjects.ShouldBe(calls, ignoreOrder: true);
        (told.UserName, told.Count, told.Reason).ShouldBe(("Supervisor", 2, "Case 17/26"));
        told.Kinds.ShouldBe(["number"]);

        var third = await CallAsync(api, Number);
        api.Http.DefaultRequestHeaders.Remove("X-Reason");
        await api.DataAsync("{ calls { nodes { from } } }");
        (await ReadsAsync(api))[^1].ShouldBeOfType<PersonalDataRead>().Subjects.ShouldBe([third]);
        await api.SignInAsync(Role.Auditor);
        await api.DataAsync($$"""{ events(where: { stream: "{{third}}" }) { nodes { data } } }""");
        var last = (await ReadsAsync(api))[^1].ShouldBeOfType<PersonalDataRead>();
        (last.UserName, last.Subjects.ShouldHaveSingleItem(), last.Reason).ShouldBe(("Auditor", third, null));
        (await api.DataAsync("""{ events(where: { types: ["personal_data_read"], user: "Supervisor" }) { totalCount } }""")).ToString().ShouldContain("\"totalCount\":2");
    }

    [Fact]
    public async Task A_file_of_calls_is_told_when_it_has_what_is_personal()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var call = await CallAsync(api, Number);
        await api.SignInAsync(Role.Supervisor);
        const string File = "/reports/calls.csv?from=2026-01-01&to=2026-02-01";
        (await api.Http.GetStringAsync(new Uri(File, UriKind.Relative))).ShouldNotContain(Number);
        (await ReadsAsync(api)).ShouldBeEmpty("nothing personal was asked for");

        (await api.Http.GetStringAsync(new Uri($"{File}&personal=true", UriKind.Relative))).ShouldContain(Number);
        var told = (await ReadsAsync(api)).ShouldHaveSingleItem().ShouldBeOfType<PersonalDataRead>();
        (told.UserName, told.Subjects.ShouldHaveSingleItem()).ShouldBe(("Supervisor", call));
    }

    [Fact]
    public async Task Of_an_agent_it_is_told_which_customers_it_saw_and_of_the_forgotten_nothing()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Agent);
        var ann = await CustomerTests.CreateAsync(api, "Ann Doe", null, Number);
        var call = await CallAsync(api, Number);
        var ticket = (await TicketTests.DoAsync(
            api, "openTicket", "mutation ($input: OpenTicketInput!) { openTicket(input: $input) { ticket { id } errors { code } } }", new { input = new { subject = "No dial tone", call } })).GetProperty("id").GetString();
        (await api.DataAsync($$"""{ ticket(id: "{{ticket}}") { subject } customer(id: "{{ann}}") { name } }""")).ToString().ShouldContain("No dial tone");
        (await ReadsAsync(api)).Count.ShouldBe(1);
        (await ReadsAsync(api)).ShouldAllBe(e => ((PersonalDataRead)e).Subjects.SequenceEqual(new[] { ann }));

        await api.SignInAsync(Role.Supervisor);
        var before = (await ReadsAsync(api)).Count;
        await api.DataAsync($$"""{ customer(id: "{{ann}}") { name numbers timeline { nodes { kind } } } }""");
        var read = (await ReadsAsync(api)).Skip(before).ShouldHaveSingleItem().ShouldBeOfType<PersonalDataRead>();
        read.Subjects.ShouldBe([ann]);
        read.Kinds.ShouldContain("text");

        await ForgetVerb.RunAsync(PersonalKinds.Number, Number, api.Knobs, NullLoggerFactory.Instance, default);
        await api.SignInAsync(Role.Analyst);
        await api.DataAsync($$"""{ customer(id: "{{ann}}") { name numbers } call(id: "{{call}}") { from timeline { data } } }""");
        (await ReadsAsync(api)).ShouldAllBe(e => e.UserName != "Analyst");
    }

    [Fact]
    public async Task Sound_is_told_once_however_many_parts_a_player_fetches_and_not_to_who_may_not_hear_it()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var (call, recording) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Directory.CreateDirectory(api.Knobs.RecordingFolder);
        await File.WriteAllBytesAsync(Path.Combine(api.Knobs.RecordingFolder, "a.wav"), new byte[400]);
        await api.AppendAsync(
            call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, Number, "1000", Nine), new CallRecordingStarted(call, recording, "a.wav", Nine),
            new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.LeftInIvr, Nine), new CallRecorded(call, recording, "aa", 1, 400, null, Nine));
        await api.SignInAsync(Role.Agent);
        (await FetchAsync(api, recording)).ShouldBe(HttpStatusCode.Forbidden);
        (await ReadsAsync(api)).ShouldBeEmpty();

        await api.SignInAsync(Role.Supervisor);
        (await FetchAsync(api, recording)).ShouldBe(HttpStatusCode.OK);
        (await FetchAsync(api, recording, new RangeHeaderValue(100, 199))).ShouldBe(HttpStatusCode.PartialContent);
        var played = (await ReadsAsync(api)).ShouldHaveSingleItem().ShouldBeOfType<AudioPlayed>();
        (played.UserName, played.Kind, played.AudioId, played.CallId).ShouldBe(("Supervisor", AudioKind.Recording, recording, call));
    }

    [Fact]
    public async Task A_change_is_told_with_what_was_before_and_what_is_after()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var queue = (await api.DataAsync("{ queues { id number } }")).GetProperty("queues").EnumerateArray().Single(q => q.GetProperty("number").GetString() == "1001").GetProperty("id").GetGuid();
        await api.DataAsync($$"""mutation { changeQueue(id: "{{queue}}", input: { name: "Sales", number: "1001", serviceLevelSeconds: 20, keepAudioDays: 7 }) { errors { message } } }""");
        await api.DataAsync($$"""mutation { changeQueue(id: "{{queue}}", input: { name: "Shop", number: "1001", serviceLevelSeconds: 20, keepAudioDays: 30 }) { errors { message } } }""");

        var changes = await ChangesAsync(api, queue);
        changes[0].ShouldContain(c => c.StartsWith("Settings.Name: null -> ", StringComparison.Ordinal));
        changes[^1].ShouldBe(["Settings.Name: \"Sales\" -> \"Shop\"", "Settings.KeepAudioDays: 7 -> 30"], ignoreOrder: true);
        var call = await CallAsync(api, Number);
        (await ChangesAsync(api, call)).ShouldAllBe(c => c.Count == 0);
    }

    [Fact]
    public async Task What_a_start_brought_is_told_as_what_differs_from_the_start_before()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        foreach (var port in new[] { "8080", "8080", "8090" })
        {
            await api.AppendAsync(ServerSettings.StreamId, ServerSettings.StreamType, new ServerStarted(new Dictionary<string, string> { ["CALLCENTER_HTTP_PORT"] = port, ["CALLCENTER_BIND"] = "127.0.0.1" }, Nine));
        }

        var changes = await ChangesAsync(api, ServerSettings.StreamId);
        changes[0].Count.ShouldBe(2);
        changes[1].ShouldBeEmpty();
        changes[2].ShouldBe(["Settings.CALLCENTER_HTTP_PORT: \"8080\" -> \"8090\""]);
    }

    private static async Task<List<List<string>>> ChangesAsync(ApiHarness api, Guid stream) =>
        [.. (await api.DataAsync($$"""{ events(where: { stream: "{{stream}}" }) { nodes { changes { path before after } } } }""")).GetProperty("events").GetProperty("nodes").EnumerateArray()
            .Select(e => e.GetProperty("changes").EnumerateArray().Select(c => $"{c.GetProperty("path").GetString()}: {Json(c, "before")} -> {Json(c, "after")}").ToList())];

    private static string Json(JsonElement element, string name) => element.GetProperty(name).GetRawText();

    private static async Task<List<ReadEvent>> ReadsAsync(ApiHarness api) => [.. (await api.Center.Trail.PageAsync(new TrailFilter(StreamTypes: [ReadEvent.StreamType]), 0, 1_000)).Select(e => (ReadEvent)e.Data)];

    private static async Task<HttpStatusCode> FetchAsync(ApiHarness api, Guid recording, RangeHeaderValue? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/recordings/{recording}.wav", UriKind.Relative)) { Headers = { Range = range } };
        using var response = await api.Http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<Guid> CallAsync(ApiHarness api, string number)
    {
        var call = Guid.CreateVersion7();
        await api.AppendAsync(call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, number, "1000", Nine), new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.LeftInIvr, Nine));
        return call;
    }
}
