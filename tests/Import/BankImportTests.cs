using System.IO.Compression;
using System.Text.Json;

using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.EventStore;
using CallCenter.Import.AnonymousBank;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Kpi;
using CallCenter.Testing;

namespace CallCenter.Import.Tests;

[Collection(PostgresCollection.Name)]
public sealed class BankImportTests(PostgresFixture postgres) : IDisposable
{
    private static readonly KpiFilter Fortnight = new(new(1999, 7, 31, 21, 0, 0, TimeSpan.Zero), new(1999, 8, 14, 21, 0, 0, TimeSpan.Zero), KpiInterval.Day, "Asia/Jerusalem");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task The_banks_fortnight_gives_the_reference_figures_exactly_and_a_second_import_changes_nothing()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var first = await ImportAsync(center, TestData.Bank);
        (first.Rows, first.Imported, first.AlreadyThere, first.LeftOut, first.StoppedAt).ShouldBe((22_002, 22_002, 0, 0, null));
        await ShouldGiveReferenceFiguresAsync(center);

        var events = await EventsAsync(center);
        var second = await ImportAsync(center, TestData.Bank);
        (second.Imported, second.AlreadyThere, second.OfOtherBatches, second.Events).ShouldBe((0, 22_002, 0, 0L));
        (await EventsAsync(center)).ShouldBe(events + 2, "only the batch itself says that it was begun and completed again");
        await ShouldGiveReferenceFiguresAsync(center);

        await center.Runtime.RebuildAsync("calls");
        await ShouldGiveReferenceFiguresAsync(center);
    }

    [Fact]
    public async Task A_file_cut_in_the_middle_of_a_line_gives_its_whole_lines_and_the_whole_file_gives_the_rest()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var text = await ReadBankAsync();
        var cut = await WriteAsync("cut.csv", text[..100_010]);
        var whole = text[..100_010].Count(c => c == '\n') - 1;

        var report = await ImportAsync(center, cut);

        (report.Rows, report.Imported).ShouldBe((whole, whole));
        report.StoppedAt!.ShouldStartWith($"line {whole + 2}: the file ends in the middle of this line");
        var rest = await ImportAsync(center, await WriteAsync("whole.csv", text));
        (rest.Imported, rest.AlreadyThere, rest.StoppedAt).ShouldBe((22_002 - whole, whole, null));
    }

    [Fact]
    public async Task A_compressed_file_that_was_cut_says_so_and_loses_no_whole_line()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var path = Path.Combine(_folder.Path, "cut.csv.gz");
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(TestData.Bank))[..50_000]);

        var report = await ImportAsync(center, path);

        report.Imported.ShouldBe(report.Rows);
        report.Rows.ShouldBeInRange(1_000, 3_000);
        report.StoppedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Rows_that_need_judgement_are_named_with_line_and_reason_and_what_is_wrong_is_left_out_only_when_told()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var path = await WriteAsync("dirty.csv", $"""
            {Header}
            AA0101,1,0,0,PS,1999-08-01,9:00:00,9:00:10,-3,9:00:10,9:00:20,10,AGENT,9:00:20,9:00:50,30,AVI
            AA0101,2,0,0,PS,1999-08-01,9:00:00,9:00:10,10,9:00:10,9:00:20,11,AGENT,9:00:20,9:00:50,30,AVI
            AA0101,3,0,0,PS,1999-08-01,9:00:00,9:00:10,10,9:00:10,9:00:20,10,AGENT,0:00:00,0:00:00,0,NO_SERVER
            AA0101,4,0,7,PS,1999-08-01,9:00:00,9:00:10,10,9:00:10,9:00:20,ten,LOST,0:00:00,0:00:00,0,NO_SERVER
            AA0101,5,0,0,PS,1999-08-01,9:00:00,9:00:10,10
            AA0101,6,0,0,PS,1999-13-01,9:00:00,9:00:10,10,0:00:00,0:00:00,0,HANG,0:00:00,0:00:00,0,NO_SERVER
            AA0101,7,0,0,PS,1999-08-01,9:00:00,9:00:10,10,0:00:00,0:00:00,0,HANG,0:00:00,0:00:00,0,NO_SERVER

            """);

        var refused = await Should.ThrowAsync<ImportFaultsException>(() => ImportAsync(center, path));
        refused.Message.ShouldBe($"{path}: a row is wrong, so nothing was imported. The first is line 7, date \"1999-13-01\": no date like 1999-08-01; the call has no place in time");
        (await EventsAsync(center)).ShouldBe(0);

        var report = await ImportAsync(center, path, skipBad: true);

        (report.Rows, report.Imported, report.LeftOut).ShouldBe((7, 6, 1));
        report.Faults.ShouldHaveSingleItem().ShouldBe(new ImportFault(7, "date", "1999-13-01", "no date like 1999-08-01; the call has no place in time"));
        report.Judgements.Select(j => $"{j.Line} {j.Reason}").ShouldBe(
        [
            "2 negative vru_time", "2 vru clocks disagree with vru_time",
            "3 q clocks disagree with q_time",
            "4 answered without service times", "4 answered by nobody named",
            "5 not a number", "5 q clocks disagree with q_time", "5 unknown outcome", "5 unknown priority",
            "6 fields missing", "6 not a number", "6 not a number", "6 not a time of day", "6 not a time of day", "6 not a time of day", "6 not a time of day", "6 unknown outcome",
        ], ignoreOrder: false);
        await center.CatchUpAsync();
        (await center.Calls.CountAsync(new CallFilter(), default)).ShouldBe(6);
    }

    [Fact]
    public async Task Two_rows_alike_to_the_letter_are_two_calls()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        const string Row = "AA0101,7,0,0,PS,1999-08-01,9:00:00,9:00:10,10,0:00:00,0:00:00,0,HANG,0:00:00,0:00:00,0,NO_SERVER";
        var path = await WriteAsync("twins.csv", $"{Header}\n{Row}\n{Row}\n");
        (await ImportAsync(center, path)).Imported.ShouldBe(2);
        (await ImportAsync(center, path)).AlreadyThere.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a,b\n1,2\n", "not in the anonymous-bank format")]
    public async Task A_file_of_another_kind_is_refused(string content, string said)
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var path = await WriteAsync("other.csv", content);
        (await Should.ThrowAsync<ImportException>(() => ImportAsync(center, path))).Message.ShouldContain(said);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        (await Should.ThrowAsync<ImportException>(() => ImportAsync(center, "/no/such/file.csv"))).Message.ShouldContain("/no/such/file.csv");
    }

    [Fact]
    public async Task A_call_is_told_as_the_row_tells_it()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        await ImportAsync(center, await WriteAsync("one.csv", $"""
            {Header}
            AA0207,7039,17702523,2,PS,1999-08-01,12:04:42,12:04:52,10,12:04:52,12:06:33,101,AGENT,12:06:32,12:07:34,62,VICKY

            """));
        await center.CatchUpAsync();

        var call = (await center.Calls.PageAsync(new CallFilter(), 10, null, default)).Nodes.ShouldHaveSingleItem();

        call.ShouldSatisfyAllConditions(
            c => c.ReceivedAt.ShouldBe(new DateTimeOffset(1999, 8, 1, 9, 4, 42, TimeSpan.Zero)),
            c => (c.From, c.To, c.Segment, c.Topic).ShouldBe(("", "AA0207", "high", "PS")),
            c => c.Outcome.ShouldBe(CallOutcome.Handled),
            c => c.EndedAt.ShouldBe(new DateTimeOffset(1999, 8, 1, 9, 7, 35, TimeSpan.Zero)),
            c => (c.LastVisit!.WaitMs, c.LastVisit.TalkMs).ShouldBe((101_000, 62_000)));
        var customer = new PersonalText(call.Id, PersonalKinds.CustomerNumber, call.CustomerNumber!);
        (await center.Personal.RevealAsync([customer]))[customer].ShouldBe("17702523");
        (await center.Calls.CountAsync(new CallFilter(CustomerNumber: "17702523"), default)).ShouldBe(1);
        var queued = (await center.Store.FetchStreamAsync(call.Id)).Select(e => e.Data).OfType<CallQueued>().ShouldHaveSingleItem();
        queued.HeadStartSeconds.ShouldBe(90);
    }

    public void Dispose() => _folder.Dispose();

    private const string Header = "vru+line,call_id,customer_id,priority,type,date,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,outcome,ser_start,ser_exit,ser_time,server";

    private static Task<ImportReport> ImportAsync(CenterHarness center, string path, bool skipBad = false) =>
        new ImportRunner(center.Store, center.Source, TimeProvider.System).RunAsync(new ImportOrder(path, new BankFormat()) { SkipBad = skipBad }, null, default);

    private static async Task<long> EventsAsync(CenterHarness center)
    {
        await using var command = center.Source.CreateCommand("select count(*) from mt_events");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    internal static async Task ShouldGiveReferenceFiguresAsync(CenterHarness center)
    {
        await center.CatchUpAsync();
        using var expected = JsonDocument.Parse(await File.ReadAllTextAsync(TestData.BankExpected));
        var reference = expected.RootElement;
        var query = new KpiQuery(Fortnight, []);
        var total = (await center.Kpis.ReportAsync(query, default)).Total;
        (await center.Kpis.CountContactsAsync(query, new KpiCell(), default)).ShouldBe(reference.GetProperty("calls").GetInt32());
        total.ContactsOffered.ShouldBe(reference.GetProperty("offered").GetInt32());
        total.ContactsHandled.ShouldBe(reference.GetProperty("answered").GetInt32());
        total.ContactsAbandoned.ShouldBe(reference.GetProperty("abandoned").GetInt32());
        total.ContactsLeftInIvr.ShouldBe(reference.GetProperty("left_in_ivr").GetInt32());
        total.ContactsUnknown.ShouldBe(reference.GetProperty("unknown").GetInt32());
        Math.Round(total.AverageSpeedOfAnswerSeconds!.Value, 3).ShouldBe(reference.GetProperty("asa_seconds").GetDouble());
        Math.Round(total.AbandonmentRate!.Value, 5).ShouldBe(reference.GetProperty("abandonment_rate").GetDouble());
        Math.Round(total.AverageTalkSeconds!.Value, 3).ShouldBe(reference.GetProperty("average_talk_seconds").GetDouble());
        Math.Round(total.AverageTimeToAbandonSeconds!.Value, 3).ShouldBe(reference.GetProperty("average_time_to_abandon_seconds").GetDouble());
        Math.Round((await center.Kpis.ServiceLevelsAsync(query, [(20, ShortAbandons.Count)], default))[(new KpiCell(), (20, ShortAbandons.Count))], 5).ShouldBe(reference.GetProperty("service_level_20s").GetDouble());

        var byTopic = await center.Kpis.ReportAsync(query with { Dimensions = [KpiDimension.Topic] }, default);
        byTopic.Rows.Select(r => r.Cell.Topic).ShouldBe(reference.GetProperty("by_type").EnumerateObject().Select(t => t.Name), ignoreOrder: true);
        foreach (var row in byTopic.Rows)
        {
            var type = reference.GetProperty("by_type").GetProperty(row.Cell.Topic!);
            (await center.Kpis.CountContactsAsync(row.Query, row.Cell, default)).ShouldBe(type.GetProperty("calls").GetInt32());
            row.ContactsHandled.ShouldBe(type.GetProperty("answered").GetInt32());
            row.ContactsAbandoned.ShouldBe(type.GetProperty("abandoned").GetInt32());
            Math.Round(row.AverageSpeedOfAnswerSeconds!.Value, 3).ShouldBe(type.GetProperty("asa_seconds").GetDouble());
        }

        var byAgent = (await center.Kpis.ReportAsync(query with { Dimensions = [KpiDimension.Agent] }, default)).Rows.Where(r => r.Cell.AgentId is not null).ToList();
        byAgent.Count.ShouldBe(reference.GetProperty("agents").GetInt32());
        var names = await new Projections.Agents.AgentQueries(center.Source).GetAsync([.. byAgent.Select(r => r.Cell.AgentId!.Value)], default);
        byAgent.OrderByDescending(r => r.ContactsHandled).Take(5).Select(r => (names[r.Cell.AgentId!.Value].Name, r.ContactsHandled))
            .ShouldBe(reference.GetProperty("busiest_agents").EnumerateArray().Select(a => (a[0].GetString()!, a[1].GetInt32())));
    }

    private static async Task<string> ReadBankAsync()
    {
        await using var file = File.OpenRead(TestData.Bank);
        await using var plain = new GZipStream(file, CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        return await reader.ReadToEndAsync();
    }

    private async Task<string> WriteAsync(string name, string content)
    {
        var path = Path.Combine(_folder.Path, name);
        await File.WriteAllTextAsync(path, content);
        return path;
    }
}
