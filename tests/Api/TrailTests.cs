using System.Diagnostics;
using System.Net;
using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.EventStore;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

[Collection(PostgresCollection.Name)]
public sealed class TrailTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Guid _call = Guid.NewGuid();
    private readonly TemporaryFolder _folder = new();
    private ApiHarness _api = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiHarness.StartAsync(postgres);
        await _api.SignInAsync(Role.Auditor);
        var at = new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
        await AppendAsync("corr-a", "cause-1", "anna", new CallReceived(_call, CallDirection.Inbound, "+41441234567", "+41800", at), new CallQueued(_call, Guid.NewGuid(), at));
        await AppendAsync("corr-b", "cause-2", "ben", new CallEnded(_call, CallParty.Caller, "hang-up", CallOutcome.Abandoned, at));
    }

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("""{ user: "anna" }""", "call_received call_queued")]
    [InlineData("""{ correlationId: "corr-b" }""", "call_ended")]
    [InlineData("""{ causationId: "cause-1" }""", "call_received call_queued")]
    [InlineData("""{ causationId: "cause-1", user: "ben" }""", "")]
    [InlineData("""{ types: ["call_ended", "call_queued"] }""", "call_queued call_ended")]
    [InlineData("""{ streamTypes: ["call"], types: ["call_received", "user_created"] }""", "call_received")]
    [InlineData("""{ types: ["call_ended"], to: "2026-01-05T09:00:00Z" }""", "")]
    [InlineData("""{ types: ["call_ended"], from: "2026-01-05T09:00:00Z" }""", "call_ended")]
    public async Task Events_are_found_by_what_is_known_of_them(string where, string types)
    {
        var events = (await _api.DataAsync($"{{ events(where: {where}) {{ totalCount nodes {{ type }} }} }}")).GetProperty("events");

        var found = events.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("type").GetString()).ToList();
        string.Join(' ', found).ShouldBe(types);
        events.GetProperty("totalCount").GetInt32().ShouldBe(found.Count);
    }

    [Fact]
    public async Task The_trail_is_paged_from_its_end_as_from_its_beginning()
    {
        const string Paged = "{ nodes { position type } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";
        var last = (await _api.DataAsync($"{{ latestEvents(last: 2) {Paged} }}")).GetProperty("latestEvents");
        Types(last).ShouldBe(["call_queued", "call_ended"]);
        (Flag(last, "hasNextPage"), Flag(last, "hasPreviousPage")).ShouldBe((false, true));

        var before = (await _api.DataAsync($"query ($c: String) {{ latestEvents(last: 1, before: $c) {Paged} }}", new { c = Cursor(last, "startCursor") })).GetProperty("latestEvents");
        Types(before).ShouldBe(["call_received"]);
        (Flag(before, "hasNextPage"), Flag(before, "hasPreviousPage")).ShouldBe((true, true));

        var after = (await _api.DataAsync($"query ($c: String) {{ events(first: 5, after: $c) {Paged} }}", new { c = Cursor(before, "endCursor") })).GetProperty("events");
        Types(after).ShouldBe(["call_queued", "call_ended"]);

        var all = (await _api.DataAsync($"{{ latestEvents(last: 1000) {Paged} }}")).GetProperty("latestEvents");
        Types(all).ShouldBe(Types((await _api.DataAsync($"{{ events(first: 1000) {Paged} }}")).GetProperty("events")));
        Flag(all, "hasPreviousPage").ShouldBeFalse();
    }

    [Theory]
    [InlineData("last: 1001", "LIMIT_EXCEEDED", "last is 0 to 1000, not 1001")]
    [InlineData("last: -1", "BAD_USER_INPUT", "last is 0 to 1000, not -1")]
    [InlineData("last: 1, before: \"x\"", "BAD_USER_INPUT", "\"x\" is not a cursor")]
    public async Task A_page_that_is_none_is_refused(string arguments, string code, string message)
    {
        var error = await _api.ErrorAsync($"{{ latestEvents({arguments}) {{ nodes {{ id }} }} }}");

        error.Code.ShouldBe(code);
        error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task An_excerpt_is_taken_over_HTTP_and_proved_by_the_verb_alone()
    {
        await _api.Center.Sealer.SealAsync();
        var key = Path.Combine(_api.Knobs.TrailFolder, "verifying-key.pem");

        var chosen = await DownloadAsync($"/trail.jsonl?stream={_call}&type=call_received&type=call_ended&to=2100-01-01");
        chosen.Status.ShouldBe(HttpStatusCode.OK);
        var verified = await RunAsync("verify", "--file", Save(chosen.Text), "--key", key);
        verified.ExitCode.ShouldBe(0, verified.Output);
        verified.Output.ShouldContain("The excerpt holds: 2 events under ");
        chosen.Text.ShouldNotContain("+41441234567");

        var own = await RunAsync("verify", "--file", Save((await DownloadAsync("/trail.jsonl")).Text));
        own.ExitCode.ShouldBe(0, own.Output);
        own.Output.ShouldContain("It is complete: no event between positions 1 and ");
        own.Output.ShouldContain("WARNING: the key is the file's own");

        var line = chosen.Text.Split('\n')[2];
        var forged = await RunAsync("verify", "--file", Save(chosen.Text.Replace(line, line.Replace("anna", "anne", StringComparison.Ordinal), StringComparison.Ordinal)), "--key", key);
        forged.ExitCode.ShouldBe(1);
        forged.Output.ShouldContain("The excerpt DOES NOT HOLD: line 3, the event at position ");
    }

    [Fact]
    public async Task The_verbs_of_excerpts_say_what_they_do_not_understand()
    {
        (await RunAsync("verify", "--file", Path.Combine(_folder.Path, "none.jsonl"))).Output.ShouldContain("CallCenter: Could not find file");
        (await RunAsync("verify", "--key", "key.pem")).Output.ShouldContain("--key only with --file");
        (await RunAsync("verify", "--file", "x", "--from", "2026-01-01")).Output.ShouldContain("say the ones or the others");
        (await RunAsync("verify", "--file", Save("{}\n"))).ExitCode.ShouldBe(1);
        (await RunAsync("export-trail", "--type", "call_ended")).Output.ShouldContain("--output");
    }

    [Fact]
    public async Task The_verb_writes_what_the_endpoint_gives()
    {
        await _api.Center.Sealer.SealAsync();
        var file = Path.Combine(_folder.Path, "export.jsonl");

        var exported = await RunAsync("export-trail", "--correlation", "corr-a", "--user", "anna", "--type", "call_queued", "--type", "call_received", "-o", file);

        exported.ExitCode.ShouldBe(0, exported.Output);
        exported.Output.ShouldContain("export.jsonl: 2 events under 1 seals; 0 events of the trail are not sealed yet");
        exported.Output.ShouldContain("but not that no other event would have matched");
        var given = (await DownloadAsync("/trail.jsonl?correlation=corr-a&user=anna&type=call_queued&type=call_received")).Text;
        (await File.ReadAllTextAsync(file)).Split('\n')[1..4].ShouldBe(given.Split('\n')[1..4]);
    }

    [Theory]
    [InlineData("?from=yesterday", "from must be an instant like 2026-01-31T08:00:00Z, not \"yesterday\".")]
    [InlineData("?stream=1", "stream must be an id like")]
    [InlineData("?kind=x", "\"kind\" is no filter: they are from, to, stream,")]
    [InlineData("?user=a&user=b", "user is given twice.")]
    public async Task A_filter_that_is_none_is_named(string query, string message)
    {
        var (status, text) = await DownloadAsync("/trail.jsonl" + query);

        status.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain(message);
    }

    [Fact]
    public async Task Only_auditors_take_excerpts_and_a_damaged_trail_gives_none()
    {
        await _api.Center.Sealer.SealAsync();
        await using (var tampering = _api.Center.Source.CreateCommand("update mt_events set user_name = 'carl' where user_name = 'ben'"))
        {
            await tampering.ExecuteNonQueryAsync();
        }

        var damaged = await DownloadAsync("/trail.jsonl");
        (damaged.Status, damaged.Text.Contains("The trail is damaged", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Conflict, true));
        await _api.SignInAsync(Role.Analyst);
        (await DownloadAsync("/trail.jsonl")).Status.ShouldBe(HttpStatusCode.Forbidden);
        _api.Http.DefaultRequestHeaders.Authorization = null;
        (await DownloadAsync("/trail.jsonl")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task AppendAsync(string correlation, string causation, string user, params DomainEvent[] events)
    {
        var result = await _api.Center.Store.AppendAsync(new StreamAppend(_call, Call.StreamType, ExpectedVersion.Any, [.. events.Select(e => EventData.Of(e))]), new EventMetadata(correlation, causation, user));
        await _api.Center.Projections.WaitForAsync(result.LastPosition);
    }

    private async Task<(HttpStatusCode Status, string Text)> DownloadAsync(string url)
    {
        using var response = await _api.Http.GetAsync(new Uri(url, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private string Save(string excerpt)
    {
        var file = Path.Combine(_folder.Path, $"{Guid.NewGuid():n}.jsonl");
        File.WriteAllText(file, excerpt);
        return file;
    }

    /// <summary>Runs a verb of ./run as a process of its own, on the harness' center; <c>verify --file</c> has an environment that no center would open with.</summary>
    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ApiHarness).Assembly.Location.Replace("CallCenter.Api.Tests.dll", "CallCenter.Api.dll", StringComparison.Ordinal), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var alone = arguments.Contains("--file");
        start.Environment["CALLCENTER_DATABASE"] = alone ? "Host=nowhere.invalid" : _api.Knobs.Database;
        start.Environment["CALLCENTER_DATA"] = alone ? "/nowhere" : _api.Knobs.DataFolder;
        start.Environment["CALLCENTER_HTTP_PORT"] = alone ? "no port" : "0";
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }

    private static List<string?> Types(JsonElement page) => [.. page.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("type").GetString())];

    private static bool Flag(JsonElement page, string name) => page.GetProperty("pageInfo").GetProperty(name).GetBoolean();

    private static string? Cursor(JsonElement page, string name) => page.GetProperty("pageInfo").GetProperty(name).GetString();
}
