using System.Text;
using System.Text.Json;

using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.EventStore;
using CallCenter.Import.Csv;
using CallCenter.Projections.Calls;
using CallCenter.Testing;

namespace CallCenter.Import.Tests;

/// <summary>Any CSV, by a mapping.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CsvImportTests(PostgresFixture postgres) : IDisposable
{
    private const string Bank = """
        mapping: bank
        timeZone: Asia/Jerusalem
        empty: ["0:00:00", NO_SERVER]
        fields:
          to: vru+line
          customer: {column: customer_id, values: {"0": ""}}
          segment: {column: priority, values: {"2": high, "*": regular}}
          topic: type
          queue: type
          received: {column: [date, vru_entry], format: "yyyy-MM-dd H:mm:ss"}
          ivr: vru_time
          queued: {column: [date, q_start], format: "yyyy-MM-dd H:mm:ss"}
          wait: q_time
          talk: ser_time
          agent: server
          outcome: {column: outcome, values: {AGENT: handled, HANG: hang-up, PHANTOM: unknown}}
        """;

    private const string German = """
        mapping: alt
        encoding: windows-1252
        separator: ";"
        timeZone: Europe/Berlin
        fields:
          callId: Nr
          from: Anrufer
          to: {constant: "1700"}
          queue: Gruppe
          agent: Bearbeiter
          received: {column: Beginn, format: "dd.MM.yyyy HH:mm:ss"}
          wait: {column: Warten, unit: clock}
          talk: {column: Reden, unit: clock}
          hold: {column: Halten, unit: milliseconds}
          wrapUp: {column: Nacharbeit, unit: minutes}
          outcome: {column: Ende, values: {ok: handled, weg: abandoned}}
          disposition: Ergebnis
          resolved: {column: Gelöst, values: {ja: yes, nein: no}}
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task The_banks_file_gives_the_reference_figures_through_a_mapping_and_a_second_import_adds_nothing()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var first = await ImportAsync(center, TestData.Bank, Bank);
        (first.Rows, first.Imported, first.LeftOut, first.StoppedAt).ShouldBe((22_002, 22_002, 0, null));
        await BankImportTests.ShouldGiveReferenceFiguresAsync(center);
        (await ImportAsync(center, TestData.Bank, Bank)).ShouldSatisfyAllConditions(r => (r.Imported, r.AlreadyThere, r.Events).ShouldBe((0, 22_002, 0L)));
    }

    [Fact]
    public async Task A_row_is_told_with_all_that_the_mapping_finds_in_it_whatever_its_encoding_separator_and_quotes()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var file = await WriteAsync("alt.csv", "Nr;Anrufer;Gruppe;Bearbeiter;Beginn;Warten;Reden;Halten;Nacharbeit;Ende;Ergebnis;Gelöst\r\n"
            + "7;+49301;\"Büro; \"\"Süd\"\"\";Jürgen;28.03.2026 23:59:50;0:10;1:02:03;1500;1.5;ok;erledigt;ja\r\n", CodePagesEncodingProvider.Instance.GetEncoding("windows-1252")!);
        await ImportAsync(center, file, German);
        await center.CatchUpAsync();

        var call = (await center.Calls.PageAsync(new CallFilter(), 10, null, default)).Nodes.ShouldHaveSingleItem();

        call.ShouldSatisfyAllConditions(
            c => c.ReceivedAt.ShouldBe(new DateTimeOffset(2026, 3, 28, 22, 59, 50, TimeSpan.Zero)),
            c => (c.To, c.Outcome, c.Disposition, c.Resolved).ShouldBe(("1700", CallOutcome.Handled, "erledigt", true)),
            c => (c.LastVisit!.WaitMs, c.LastVisit.TalkMs, c.LastVisit.HoldMs, c.LastVisit.WrapUpMs).ShouldBe((10_000, 3_723_000, 1_500, 90_000)));
        (await center.Store.FetchStreamAsync(call.Id)).Select(e => e.Data.GetType()).ShouldBe(
            [typeof(CallReceived), typeof(CallQueued), typeof(CallAnswered), typeof(CallHeld), typeof(CallEnded), typeof(WrapUpStarted), typeof(WrapUpCompleted)]);
        var number = new PersonalText(call.Id, PersonalKinds.Number, call.From);
        (await center.Personal.RevealAsync([number]))[number].ShouldBe("+49301");
        (await NamesAsync(center)).ShouldBe(["Büro; \"Süd\"", "Jürgen"]);

        await new ImportReversal(center.Store, center.Source, TimeProvider.System).RunAsync("alt.csv", null, default);
        await center.CatchUpAsync();
        (await center.Calls.CountAsync(new CallFilter(), default)).ShouldBe(0);
    }

    [Fact]
    public async Task A_value_that_is_wrong_is_named_with_its_row_and_column_and_keeps_the_file_away()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var file = await WriteAsync("alt.csv", """
            Nr;Anrufer;Gruppe;Bearbeiter;Beginn;Warten;Reden;Halten;Nacharbeit;Ende;Ergebnis;Gelöst
            1;1;A;B;31.02.2026 10:00:00;0:10;0:10;;;ok;;
            2;1;A;B;01.02.2026 10:00:00;ten;0:10;;;ok;;
            3;1;A;B;01.02.2026 10:00:00;0:10;0:10;;;lost;;
            4;1;A;B;01.02.2026 10:00:00;0:10;0:10;;;ok;;ja
            4;1;A;B;01.02.2026 10:00:00;0:10;0:10;;;ok;;nein
            5;1;;B;01.02.2026 10:00:00;0:10;0:10;;;ok;;
            6;1;A;B;;0:10;0:10;;;ok;;
            7;1;A;B;01.02.2026 10:00:00;;0:10;;;ok;;vielleicht

            """);
        var faults = (await Should.ThrowAsync<ImportFaultsException>(() => ImportAsync(center, file, German.Replace("windows-1252", "utf-8", StringComparison.Ordinal)))).Faults;
        faults.Select(fault => $"{fault.Line} {fault.Column} \"{fault.Value}\" {fault.Message}").ShouldBe(
        [
            "2 Beginn \"31.02.2026 10:00:00\" no instant of the form dd.MM.yyyy HH:mm:ss",
            "3 Warten \"ten\" no duration in clock",
            "4 Ende \"lost\" no outcome (handled, abandoned, left-in-ivr, hang-up, unknown); values can say what it means",
            "6 Nr \"4\" line 5 has this id already",
            "7 Gruppe \"\" nothing stands here, but a call that was handled was in a queue",
            "8 Beginn \"\" nothing stands here; the call has no place in time",
            "9 Gelöst \"vielleicht\" neither yes nor no; values can say what it means",
        ]);
        (await center.Store.HighWaterMarkAsync()).ShouldBe(0);
        (await ImportAsync(center, file, German.Replace("windows-1252", "utf-8", StringComparison.Ordinal), skipBad: true)).ShouldSatisfyAllConditions(r => (r.Rows, r.Imported, r.LeftOut).ShouldBe((8, 1, 7)));
    }

    [Theory]
    [InlineData("fields: {received: a}", "m.yaml:1:1: mapping must be a name of letters, digits, hyphens and underscores, not \"\".")]
    [InlineData("mapping: m\nfields: {queue: a}", "m.yaml:2:9: fields lack received: When the call came in.")]
    [InlineData("mapping: m\ntimeZone: Europe/Bonn\nfields: {received: a}", "m.yaml:2:11: \"Europe/Bonn\" is not an IANA time zone.")]
    [InlineData("mapping: m\nencoding: morse\nfields: {received: a}", "m.yaml:2:11: \"morse\" is no encoding; utf-8, windows-1252 and iso-8859-1 are some.")]
    [InlineData("mapping: m\nfields:\n  received: a\n  outcome: {column: b, values: {x: lost}}", "m.yaml:4:36: \"lost\" is no outcome: handled, abandoned, left-in-ivr, hang-up, unknown.")]
    [InlineData("mapping: m\nfields:\n  received: {column: a, unit: seconds}", "m.yaml:3:13: received is no duration: it has no unit.")]
    [InlineData("mapping: m\nfields: {received: a, talkTime: b}", "m.yaml:2:23: A call has no \"talkTime\"; it can have ")]
    [InlineData("mapping: [", "m.yaml:2:1: ")]
    public async Task A_wrong_mapping_names_its_line_and_column(string text, string said)
    {
        var path = await WriteAsync("m.yaml", text);
        (await Should.ThrowAsync<ImportException>(() => CsvMapping.ReadAsync(path, default))).Message.ShouldStartWith(Path.Combine(_folder.Path, said));
    }

    [Fact]
    public async Task A_column_that_the_file_has_not_is_named_with_its_place_in_the_mapping()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var file = await WriteAsync("a.csv", "when,who\n1,2\n");
        (await Should.ThrowAsync<ImportException>(() => ImportAsync(center, file, "mapping: m\nfields:\n  received: wann\n"))).Message
            .ShouldEndWith($"mapping.yaml:3:13: {file} has no column \"wann\" for received; it has when, who.");
    }

    [Fact]
    public async Task Without_a_header_columns_are_numbers_and_a_quoted_field_goes_over_lines()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var file = await WriteAsync("a.csv", "1767225600,\"a\nb\",20\n1767225600.5,\"a\nb\",20\n\"1767225600,c,20\n");
        var report = await ImportAsync(center, file, "mapping: m\nheader: no\nfields:\n  received: {column: 1, format: unix}\n  queue: 2\n  wait: 3\n");
        (report.Imported, report.StoppedAt).ShouldBe((2, "line 5: a quote that begins in this row is never closed, so the rest of the file was left out"));
        await center.CatchUpAsync();
        (await center.Calls.PageAsync(new CallFilter(), 10, null, default)).Nodes.ShouldAllBe(c => c.Outcome == CallOutcome.Abandoned && c.LastVisit!.WaitMs == 20_000);
        (await NamesAsync(center)).ShouldBe(["a\nb"]);
    }

    [Fact]
    public async Task Every_field_of_the_published_schema_is_one_that_the_parser_knows()
    {
        var fields = JsonDocument.Parse(CsvMappingSchema.Text).RootElement.GetProperty("properties").GetProperty("fields").GetProperty("properties");
        fields.EnumerateObject().Count().ShouldBe(20);
        await CsvMapping.ReadAsync(await WriteAsync("all.yaml", $"mapping: m\nfields:\n{string.Concat(fields.EnumerateObject().Select(field => $"  {field.Name}: a\n"))}"), default);
        fields.GetProperty("wait").GetProperty("oneOf")[2].GetProperty("properties").GetProperty("unit").GetProperty("enum").GetArrayLength().ShouldBe(4);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<ImportReport> ImportAsync(CenterHarness center, string file, string mapping, bool skipBad = false)
    {
        var read = await CsvMapping.ReadAsync(await WriteAsync("mapping.yaml", mapping), default);
        return await new ImportRunner(center.Store, center.Source, TimeProvider.System).RunAsync(new ImportOrder(file, new CsvFormat(read)) { SkipBad = skipBad }, null, default);
    }

    private static async Task<string[]> NamesAsync(CenterHarness center)
    {
        await using var command = center.Source.CreateCommand("select array(select name from (select name from queues.queues union all select name from agents.agents) n order by name collate \"C\")");
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    private async Task<string> WriteAsync(string name, string content, Encoding? encoding = null)
    {
        var path = Path.Combine(_folder.Path, name);
        await File.WriteAllTextAsync(path, content, encoding ?? new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        return path;
    }
}
