using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CallCenter.Testing;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class TrailExcerptTests(PostgresFixture postgres) : IAsyncLifetime
{
    private TrailHarness _trail = null!;

    private string Key => File.ReadAllText(Path.Combine(_trail.Folder.Path, "verifying-key.pem"));

    /// <summary>Positions 1 to 21 in three seals of seven, and two more that are not sealed.</summary>
    public async Task InitializeAsync()
    {
        _trail = await TrailHarness.CreateAsync(postgres);
        await _trail.AppendSealedAsync(events: 7, seals: 3);
        await _trail.AppendAsync(2);
    }

    public async Task DisposeAsync() => await _trail.DisposeAsync();

    [Fact]
    public async Task The_whole_trail_proves_itself_and_that_nothing_is_missing()
    {
        var (excerpt, summary) = await WriteAsync(new TrailFilter());
        var report = await VerifyAsync(excerpt, Key);

        (summary.Events, summary.Seals, summary.UnsealedEvents, summary.IsWhole).ShouldBe((21, 3, 2, true));
        (report.Holds, report.Events, report.Seals, report.FirstPosition, report.LastPosition, report.IsComplete, report.IsKeyGiven).ShouldBe((true, 21, 3, 1, 21, true, true), report.Text);
        report.Text.ShouldContain("no event between positions 1 and 21 is missing");
        report.KeyFingerprint.ShouldBe(summary.KeyFingerprint);
    }

    [Fact]
    public async Task A_time_is_told_in_whole_seals()
    {
        var (from, to) = (await RecordedAtAsync(10), await RecordedAtAsync(12));

        var report = await VerifyAsync((await WriteAsync(new TrailFilter(From: from, To: to))).Excerpt, Key);

        (report.Holds, report.FirstPosition, report.LastPosition, report.IsComplete).ShouldBe((true, 8, 14, true), report.Text);
        (await VerifyAsync((await WriteAsync(new TrailFilter(To: DateTimeOffset.UnixEpoch))).Excerpt, Key)).Text.ShouldContain("The excerpt is whole, and has no events.");
    }

    [Fact]
    public async Task A_selection_proves_each_event_and_says_what_it_does_not_prove()
    {
        var (excerpt, summary) = await WriteAsync(new TrailFilter(CorrelationId: "correlation 3"));
        var report = await VerifyAsync(excerpt, Key);

        summary.IsWhole.ShouldBeFalse();
        (report.Holds, report.Events, report.Seals, report.FirstPosition, report.LastPosition, report.IsComplete).ShouldBe((true, 3, 3, 4, 18, false), report.Text);
        report.Text.ShouldContain("that no other event would have matched is not proved by it");
    }

    public static TheoryData<TrailFilter, int> Selections => new()
    {
        { new TrailFilter(StreamId: new Guid(1, 0, 0, new byte[8])), 12 },
        { new TrailFilter(StreamTypes: ["call"]), 21 },
        { new TrailFilter(StreamTypes: ["other"]), 0 },
        { new TrailFilter(Types: ["counted", "call_queued"]), 21 },
        { new TrailFilter(UserName: "user", CausationId: "causation"), 21 },
        { new TrailFilter(UserName: "nobody"), 0 },
        { new TrailFilter(CausationId: "'; drop table mt_events; --"), 0 },
        { new TrailFilter(Types: ["counted"], CorrelationId: "correlation 6", To: DateTimeOffset.MaxValue), 3 },
    };

    [Theory]
    [MemberData(nameof(Selections))]
    public async Task Everything_that_is_set_must_match(TrailFilter selection, int events)
    {
        var report = await VerifyAsync((await WriteAsync(selection)).Excerpt, Key);

        (report.Holds, report.Events).ShouldBe((true, events), report.Text);
    }

    [Fact]
    public async Task A_selection_larger_than_a_page_of_seals_larger_than_a_page_is_written_whole()
    {
        await _trail.Sealer.SealAsync();
        await _trail.AppendSealedAsync(events: 700, seals: 1);

        var report = await VerifyAsync((await WriteAsync(new TrailFilter(UserName: "user"))).Excerpt, Key);

        (report.Holds, report.Events, report.Seals, report.LastPosition).ShouldBe((true, 723, 5, 723), report.Text);
    }

    [Fact]
    public async Task Every_column_and_every_character_comes_back_as_it_was_sealed()
    {
        await _trail.TamperAsync("""
            update mt_events set headers = '{"h": "\u2028 \\ \" é 😀"}', data = '{"n": 1.50, "s": "a\nb\u0001", "deep": [{}, null]}', bdata = '\x00ff', tenant_id = null, user_name = '😀 "quoted" \',
                correlation_id = '', causation_id = E'\t<&>', mt_dotnet_type = 'A.B, C', timestamp = '1999-12-31 23:59:59.999999+00' where seq_id = 22;
            update mt_events set headers = 'null', user_name = null, correlation_id = null, causation_id = null, stream_id = null where seq_id = 23
            """);
        await _trail.Sealer.SealAsync();

        var (excerpt, _) = await WriteAsync(new TrailFilter());
        var report = await VerifyAsync(excerpt, Key);

        (report.Holds, report.Events, report.RecordedFrom).ShouldBe((true, 23, new DateTimeOffset(1999, 12, 31, 23, 59, 59, TimeSpan.Zero).AddMicroseconds(999_999)), report.Text);
        var told = Lines(excerpt)[^3]["event"]!;
        told["user"]!.GetValue<string>().ShouldBe("😀 \"quoted\" \\");
        told["data"]!.GetValue<string>().ShouldBe(await _trail.Store.ScalarAsync<string>("select data::text from mt_events where seq_id = 22"));
    }

    [Fact]
    public async Task The_file_needs_no_more_than_what_is_written_of_its_form()
    {
        // What another program does by the definition: hash, path, seal hash, signature.
        var lines = Lines((await WriteAsync(new TrailFilter(CorrelationId: "correlation 5"))).Excerpt);
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Bytes(lines[0]["excerpt"]!["key"]!), out _);
        var seal = lines[1]["seal"]!;
        var told = lines[2]["event"]!;

        byte[] content =
        [
            .. Field(Id(told["id"]!)), .. Field(Id(told["stream"]!)), .. Field(Number(told["version"]!)), .. Field([1, .. Encoding.UTF8.GetBytes(told["data"]!.GetValue<string>())]), .. Null,
            .. Field(Text(told["type"]!)), .. Field(Int64((told["recordedAt"]!.GetValue<DateTimeOffset>() - new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)).Ticks / 10)),
            .. Field(Text(told["tenant"]!)), .. Field(Text(told["dotnetType"]!)), .. Field(Text(told["correlationId"]!)), .. Field(Text(told["causationId"]!)), .. Null, .. Field(Text(told["user"]!)),
        ];
        var hash = SHA256.HashData([0, .. Number(told["position"]!), .. SHA256.HashData(content)]);
        var path = lines[2]["proof"]!.AsArray().Select(node => Bytes(node!)).ToList();

        // The sixth of seven leaves: its sibling is on its left, then the seventh goes up alone to its right, then the four first are on its left.
        lines[2]["index"]!.GetValue<int>().ShouldBe(5);
        hash = SHA256.HashData([1, .. path[0], .. hash]);
        hash = SHA256.HashData([1, .. hash, .. path[1]]);
        hash = SHA256.HashData([1, .. path[2], .. hash]);
        hash.ShouldBe(Bytes(seal["root"]!));

        var sealedAt = Int64((seal["sealedAt"]!.GetValue<DateTimeOffset>() - new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)).Ticks / 10);
        byte[] signed =
        [
            .. "CallCenter seal 1\n"u8, .. Number(seal["number"]!), .. Number(seal["firstPosition"]!), .. Number(seal["lastPosition"]!), .. Number(seal["events"]!), .. Number(seal["totalEvents"]!),
            .. Number(seal["recordedFrom"]!), .. Number(seal["recordedTo"]!), .. sealedAt, .. hash, .. Bytes(seal["previous"]!),
        ];
        key.VerifyData(signed, Bytes(lines[1]["signature"]!), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_key_from_elsewhere_the_files_own_is_taken_and_told()
    {
        var (excerpt, summary) = await WriteAsync(new TrailFilter());

        var report = await VerifyAsync(excerpt, key: null);

        (report.Holds, report.IsKeyGiven, report.KeyFingerprint).ShouldBe((true, false, summary.KeyFingerprint));
        report.Text.ShouldContain($"WARNING: the key is the file's own, {summary.KeyFingerprint}");
    }

    [Fact]
    public async Task A_forgery_under_another_key_is_unmasked_by_the_real_one()
    {
        using var elsewhere = new TemporaryFolder();
        await _trail.TamperAsync("""update mt_events set data = '{"Amount": 1000}' where seq_id = 3; delete from callcenter.seals""");
        var folder = new TrailFolder(elsewhere.Path);
        await using var forger = _trail.NewSealer(folder);
        await forger.SealAsync();
        var forged = (await WriteAsync(new TrailFilter(), folder)).Excerpt;

        (await VerifyAsync(forged, key: null)).Holds.ShouldBeTrue();
        var report = await VerifyAsync(forged, Key);
        (report.Holds, report.BrokenLine).ShouldBe((false, 1));
        report.Text.ShouldContain("is not the one that was given");

        // The real key put into the file instead: then the first seal is not of it.
        var head = Lines(forged)[0];
        head["excerpt"]!["key"] = Lines((await WriteAsync(new TrailFilter(StreamTypes: ["other"]))).Excerpt)[0]["excerpt"]!["key"]!.GetValue<string>();
        (await VerifyAsync(Replace(forged, 1, Json(head)), Key)).BrokenLine.ShouldBe(2);
    }

    [Theory]
    [InlineData("not a key")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        var excerpt = (await WriteAsync(new TrailFilter())).Excerpt;

        (await Should.ThrowAsync<TrailException>(() => VerifyAsync(excerpt, key))).Message.ShouldContain("The given key is none");
    }

    [Fact]
    public async Task A_damaged_trail_gives_no_excerpt_but_the_place()
    {
        await _trail.TamperAsync("update mt_events set user_name = 'somebody else' where seq_id = 10");

        foreach (var selection in new[] { new TrailFilter(), new TrailFilter(Types: ["counted"]) })
        {
            var error = await Should.ThrowAsync<TrailException>(() => WriteAsync(selection));
            error.Message.ShouldContain("Position 10 (seal 2)");
        }

        await _trail.TamperAsync("delete from mt_events where seq_id = 10");
        (await Should.ThrowAsync<TrailException>(() => WriteAsync(new TrailFilter()))).Message.ShouldContain("Position 11 (seal 2)");

        await _trail.TamperAsync("delete from callcenter.seals where number = 2");
        (await Should.ThrowAsync<TrailException>(() => WriteAsync(new TrailFilter()))).Message.ShouldContain("seals 1 to 3 only 2");
    }

    [Fact]
    public async Task Before_the_first_seal_there_is_no_excerpt()
    {
        await using var fresh = await TrailHarness.CreateAsync(postgres);
        var excerpts = new TrailExcerpts(fresh.Store.DataSource, new EventTrail(fresh.Store.DataSource, StoreHarness.Types), fresh.Folder, TimeProvider.System);

        (await Should.ThrowAsync<TrailException>(() => excerpts.WriteAsync(new TrailFilter(), new MemoryStream()))).Message.ShouldContain("There is no key of the trail");
    }

    private static byte[] Null => [255, 255, 255, 255];

    private async Task<(byte[] Excerpt, ExcerptSummary Summary)> WriteAsync(TrailFilter selection, TrailFolder? folder = null)
    {
        var store = _trail.Store;
        using var file = new MemoryStream();
        var summary = await new TrailExcerpts(store.DataSource, new EventTrail(store.DataSource, StoreHarness.Types), folder ?? _trail.Folder, TimeProvider.System).WriteAsync(selection, file);
        return (file.ToArray(), summary);
    }

    private static Task<ExcerptReport> VerifyAsync(byte[] excerpt, string? key) => ExcerptVerifier.VerifyAsync(new MemoryStream(excerpt), key);

    private static List<JsonNode> Lines(byte[] excerpt) => [.. Encoding.UTF8.GetString(excerpt).TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!)];

    private static byte[] Replace(byte[] excerpt, int number, string line)
    {
        var lines = Encoding.UTF8.GetString(excerpt).Split('\n');
        lines[number - 1] = line;
        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    private static string Json(JsonNode node) => node.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static byte[] Field(byte[] value) => [.. Int32(value.Length), .. value];

    private static byte[] Bytes(JsonNode text) => text.Deserialize<byte[]>()!;

    private static byte[] Id(JsonNode id) => id.GetValue<Guid>().ToByteArray(bigEndian: true);

    private static byte[] Text(JsonNode text) => Encoding.UTF8.GetBytes(text.GetValue<string>());

    private static byte[] Number(JsonNode number) => Int64(number.GetValue<long>());

    private static byte[] Int64(long value) => [.. BitConverter.GetBytes(value).Reverse()];

    private static byte[] Int32(int value) => [.. BitConverter.GetBytes(value).Reverse()];

    private async Task<DateTimeOffset> RecordedAtAsync(long position) =>
        new(await _trail.Store.ScalarAsync<DateTime>($"select timestamp from mt_events where seq_id = {position}"));
}
