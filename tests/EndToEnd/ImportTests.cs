using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CallCenter.Driving;
using CallCenter.Testing;

namespace CallCenter.EndToEnd.Tests;

/// <summary>The bank's calls, imported by the command line and asked for over GraphQL.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private const string Fortnight = """where: { from: "1999-07-31T21:00:00Z", to: "1999-08-14T21:00:00Z", timeZone: "Asia/Jerusalem" }""";

    private readonly ServerProcess _server = new();
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_cut_file_then_the_whole_one_then_it_again_give_the_reference_figures_exactly()
    {
        // While the server runs: the file ends in the middle of a line.
        var whole = Encoding.UTF8.GetString(await ReadBankAsync());
        var cut = Path.Combine(_folder.Path, "cut.csv");
        await File.WriteAllTextAsync(cut, whole[..200_005]);
        var wholeLines = whole[..200_005].Count(c => c == '\n') - 1;
        await _server.StartAsync();
        var report = await ImportAsync(cut);
        report.ShouldContain($"{wholeLines} calls imported");
        report.ShouldContain($"The file is not whole: stopped at line {wholeLines + 2}");
        using (var center = await CenterClient.ConnectAsync(_server))
        {
            await Eventually.BecomesAsync(() => CountAsync(center, "calls"), count => count == wholeLines, "the running server shows the cut file's calls");
        }

        // On a stopped data folder.
        (await _server.StopAsync()).ShouldBe(0);
        (await ImportAsync(TestData.Bank)).ShouldContain($"{22_002 - wholeLines} calls imported, {wholeLines} were there already");
        _server.PostgresProcessId.ShouldBeNull();

        await _server.StartAsync();
        using (var center = await CenterClient.ConnectAsync(_server))
        {
            await ShouldGiveReferenceFiguresAsync(center);
            var events = await CountAsync(center, "events");
            (await ImportAsync(TestData.Bank)).ShouldContain("0 calls imported, 22002 were there already");
            (await CountAsync(center, "events")).ShouldBe(events + 2, "the batch says that it was begun and completed again");
            await ShouldGiveReferenceFiguresAsync(center);
        }
    }

    [Fact]
    public async Task An_import_and_its_reversal_killed_in_the_middle_go_on_and_the_batch_comes_again()
    {
        const int Rows = 5_000;
        var file = Path.Combine(_folder.Path, "bank.csv");
        await File.WriteAllLinesAsync(file, Encoding.UTF8.GetString(await ReadBankAsync()).Split('\n').Take(Rows + 1));
        string[] import = ["import", "--format", "anonymous-bank", file];
        string[] revert = ["import", "revert", "bank.csv"];
        await _server.KillAtAsync(import, "rows/s");
        (await _server.RunAsync(["import", "list"])).Output.ShouldContain("bank.csv\t1\trunning\t");
        var rest = await ImportAsync(file);
        rest.ShouldContain($"{Rows} rows: ");
        rest.ShouldNotContain($"{Rows} calls imported");
        rest.ShouldContain("They are batch bank.csv, generation 1.");

        await _server.StartAsync();
        using var center = await CenterClient.ConnectAsync(_server);
        (await CountAsync(center, "calls")).ShouldBe(Rows);

        await _server.KillAtAsync(revert, "withdrawn");
        var refused = await _server.RunAsync(import);
        (refused.ExitCode, refused.Output.Contains("is half reverted", StringComparison.Ordinal)).ShouldBe((1, true), refused.Output);
        (await _server.RunAsync(revert)).Output.ShouldContain($"generation 1, is reverted: {Rows} calls and 0 shifts are withdrawn.");
        (await CountAsync(center, "calls")).ShouldBe(0);
        (await _server.RunAsync(["verify"])).ExitCode.ShouldBe(0);

        (await ImportAsync(file)).ShouldContain($"{Rows} calls imported, 0 were there already");
        (await CountAsync(center, "calls")).ShouldBe(Rows);
        (await _server.RunAsync(["import", "list"])).Output.ShouldContain($"bank.csv\t2\tcompleted\t{Rows}\t0\t0\tanonymous-bank\t");
    }

    [Fact]
    public async Task A_wrong_row_keeps_the_file_away_until_it_is_told_to_be_skipped()
    {
        var log = Path.Combine(_folder.Path, "queue_log");
        await File.WriteAllTextAsync(log, "1767604000|1.1|support|NONE|ENTERQUEUE||49301111|1\n1767604005|1.1|support|NONE|ABANDON|1|1|5\nsoon|2.1|support|NONE|ENTERQUEUE||49302222|1\n");
        string[] import = ["import", "--format", "queue_log", log];
        var check = await _server.RunAsync([.. import, "--check"]);
        (check.ExitCode, check.Output.Contains("line 3, time \"soon\": neither seconds", StringComparison.Ordinal)).ShouldBe((1, true), check.Output);
        var refused = await _server.RunAsync(import);
        (refused.ExitCode, refused.Output.Contains("a row is wrong, so nothing was imported", StringComparison.Ordinal)).ShouldBe((1, true), refused.Output);
        (await File.ReadAllTextAsync(Path.Combine(_server.DataFolder, "imports", "queue_log.bad.tsv"))).ShouldContain("3\ttime\tsoon\t");

        var imported = await _server.RunAsync([.. import, "--skip-bad"]);
        (imported.ExitCode, imported.Output.Contains("3 rows: 1 calls imported, 0 were there already, 1 rows left out", StringComparison.Ordinal)).ShouldBe((0, true), imported.Output);
    }

    [Fact]
    public async Task A_file_that_cannot_be_imported_is_named()
    {
        var result = await _server.RunAsync(["import", "--format", "anonymous-bank", "/no/such/file.csv"]);
        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("/no/such/file.csv");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<string> ImportAsync(string file)
    {
        var result = await _server.RunAsync(["import", "--format", "anonymous-bank", file]);
        result.ExitCode.ShouldBe(0, result.Output);
        return result.Output;
    }

    private static async Task ShouldGiveReferenceFiguresAsync(CenterClient center)
    {
        const string Figures = "contactsOffered contactsHandled contactsAbandoned contactsUnknown averageSpeedOfAnswerSeconds abandonmentRate serviceLevel(withinSeconds: 20) "
            + "averageTalkSeconds averageTimeToAbandonSeconds";
        var data = await center.GraphQL.AskAsync($$"""
            {
              total: kpis({{Fortnight}}) { total { {{Figures}} } }
              topics: kpis({{Fortnight}}, groupBy: [TOPIC]) { rows { topic contactsHandled contactsAbandoned averageSpeedOfAnswerSeconds } }
              agents: kpis({{Fortnight}}, groupBy: [AGENT]) { rows { agent { name } contactsHandled } }
              leftInIvr: calls(where: { outcome: LEFT_IN_IVR }) { totalCount }
              calls { totalCount }
            }
            """);
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(TestData.BankExpected));
        var expected = file.RootElement;
        var total = data.GetProperty("total").GetProperty("total");
        Int(data.GetProperty("calls"), "totalCount").ShouldBe(Int(expected, "calls"));
        Int(data.GetProperty("leftInIvr"), "totalCount").ShouldBe(Int(expected, "left_in_ivr"));
        Int(total, "contactsOffered").ShouldBe(Int(expected, "offered"));
        Int(total, "contactsHandled").ShouldBe(Int(expected, "answered"));
        Int(total, "contactsAbandoned").ShouldBe(Int(expected, "abandoned"));
        Int(total, "contactsUnknown").ShouldBe(Int(expected, "unknown"));
        Rounded(total, "averageSpeedOfAnswerSeconds", 3).ShouldBe(Rounded(expected, "asa_seconds", 3));
        Rounded(total, "abandonmentRate", 5).ShouldBe(Rounded(expected, "abandonment_rate", 5));
        Rounded(total, "serviceLevel", 5).ShouldBe(Rounded(expected, "service_level_20s", 5));
        Rounded(total, "averageTalkSeconds", 3).ShouldBe(Rounded(expected, "average_talk_seconds", 3));
        Rounded(total, "averageTimeToAbandonSeconds", 3).ShouldBe(Rounded(expected, "average_time_to_abandon_seconds", 3));

        data.GetProperty("topics").GetProperty("rows").EnumerateArray().Select(r => (
            Topic: r.GetProperty("topic").GetString(), Answered: Int(r, "contactsHandled"), Abandoned: Int(r, "contactsAbandoned"), Asa: Rounded(r, "averageSpeedOfAnswerSeconds", 3)))
            .ShouldBe(expected.GetProperty("by_type").EnumerateObject().Select(t => (
                Topic: (string?)t.Name, Answered: Int(t.Value, "answered"), Abandoned: Int(t.Value, "abandoned"), Asa: Rounded(t.Value, "asa_seconds", 3))), ignoreOrder: true);

        var agents = data.GetProperty("agents").GetProperty("rows").EnumerateArray().Where(r => r.GetProperty("agent").ValueKind == JsonValueKind.Object)
            .Select(r => (Name: r.GetProperty("agent").GetProperty("name").GetString(), Handled: Int(r, "contactsHandled"))).OrderByDescending(a => a.Handled).ToList();
        agents.Count.ShouldBe(Int(expected, "agents"));
        agents.Take(5).ShouldBe(expected.GetProperty("busiest_agents").EnumerateArray().Select(a => (Name: a[0].GetString(), Handled: a[1].GetInt32())));
    }

    private static async Task<int> CountAsync(CenterClient center, string list) => Int((await center.GraphQL.AskAsync($"{{ {list} {{ totalCount }} }}")).GetProperty(list), "totalCount");

    private static int Int(JsonElement owner, string name) => owner.GetProperty(name).GetInt32();

    private static double Rounded(JsonElement owner, string name, int digits) => Math.Round(owner.GetProperty(name).GetDouble(), digits);

    private static async Task<byte[]> ReadBankAsync()
    {
        await using var file = File.OpenRead(TestData.Bank);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var memory = new MemoryStream();
        await unzipped.CopyToAsync(memory);
        return memory.ToArray();
    }
}
