using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Import.QueueLog;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Queues;
using CallCenter.Testing;

namespace CallCenter.Import.Tests;

/// <summary>Asterisk's queue_log, each event of it, and what a log that is cut, torn or wrong comes to.</summary>
[Collection(PostgresCollection.Name)]
public sealed class QueueLogTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset Nine = DateTimeOffset.FromUnixTimeSeconds(1_767_603_600);
    private static readonly KpiQuery Day = new(new KpiFilter(Nine.AddDays(-1), Nine.AddDays(1)), []);

    private readonly TemporaryFolder _folder = new();
    private CenterHarness _center = null!;

    public async Task InitializeAsync() => _center = await CenterHarness.CreateAsync(postgres);

    public async Task DisposeAsync()
    {
        await _center.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_event_of_the_documentation_is_told()
    {
        var report = await ImportAsync(TestData.QueueLog);

        report.Faults.ShouldBeEmpty();
        (report.Rows, report.Imported, report.Shifts).ShouldBe((60, 11, 4));
        report.Judgements.Select(j => $"{j.Line} {j.Reason}").ShouldBe(
        [
            "15 out of order", "36 said after the visit's end", "58 unknown event CUSTOMEVENT", "60 still going on where the log ends",
        ]);
        (await StoriesAsync()).ShouldBe(
        [
            "2:00 49301111>4930555 HANDLED Caller | support 30/60 Bob [Ann TimedOut, Bob Answered]",
            "3:20 49302222> HANDLED Agent | support 30/100 Ann [Ann Answered]",
            "6:40 49303333> ABANDONED Caller | support 4 [Ann Withdrawn]",
            "8:20 49304444> HANDLED Unknown | support 60 Overflowed | sales 8/30 Ann transferred [Ann Answered]",
            "11:40 49305555> OVERFLOWED Unknown | support 10 Overflowed",
            "13:20 49306666> OVERFLOWED Unknown | support 5 Overflowed",
            "15:00 49307777> HANDLED Unknown | support 20/60 Bob transferred [Bob Refused, Bob Answered]",
            "16:40 49308888> FAILED System | support Unknown",
            "20:00 49309999> ABANDONED Caller | support 5/60 Bob transferred [Bob Answered] | sales 13",
            "23:20 49300000> FAILED System | support 10/0 Bob Unknown [Bob Answered]",
            "28:20 49301234> ABANDONED Caller | support 30",
        ]);
    }

    [Fact]
    public async Task Log_ins_pauses_rings_and_talks_make_agents_times()
    {
        await ImportAsync(TestData.QueueLog);
        await _center.CatchUpAsync();
        await using var command = _center.Source.CreateCommand("""
            select a.name || ' ' || s.status || ' ' || sum(extract(epoch from s.ended_at - s.started_at))::int || coalesce(' ' || max(s.reason), '')
            from agents.spans s join agents.agents a on a.id = s.agent_id group by a.name, s.status order by a.name, s.status
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var spans = new List<string>();
        while (await reader.ReadAsync())
        {
            spans.Add(reader.GetString(0));
        }

        // Ann: 9:01:00 to 9:25:30; rings of 15, 5, 3 and 4 s, talks of 100 and 30 s, lunch of 200 s. Bob: 9:01:10 to the last line before the start at 9:26:40, 9:25:30; his call that was cut has no known length.
        spans.ShouldBe(
        [
            "Agent/3001 Available 1420", "Agent/3002 Available 1420",
            "Ann Available 1113", "Ann Busy 130", "Ann NotReady 200 lunch", "Ann Offered 27",
            "Bob Available 1229", "Bob Busy 180", "Bob NotReady 30", "Bob Offered 21",
        ]);
        var agents = (await new AgentQueries(_center.Source).PageAsync(10, null, default)).Nodes;
        agents.Select(a => (a.Name, a.Status)).ShouldBe([("Agent/3001", AgentStatus.SignedOut), ("Agent/3002", AgentStatus.SignedOut), ("Ann", AgentStatus.SignedOut), ("Bob", AgentStatus.SignedOut)]);
    }

    [Fact]
    public async Task A_reverted_log_takes_its_calls_and_shifts_with_it_and_both_come_again()
    {
        await ImportAsync(TestData.QueueLog);
        var reversal = await new ImportReversal(_center.Store, _center.Source, TimeProvider.System).RunAsync("every-event.log", null, default);
        (reversal.Calls, reversal.Shifts).ShouldBe((11, 4));
        (await StoriesAsync()).ShouldBeEmpty();
        (await SpansAsync()).ShouldBe(0);

        (await ImportAsync(TestData.QueueLog)).ShouldSatisfyAllConditions(r => (r.Generation, r.Imported, r.Shifts, r.AlreadyThere).ShouldBe((2, 11, 4, 0)));
        var spans = await SpansAsync();
        spans.ShouldBeGreaterThan(0);
        await using var strange = _center.Source.CreateCommand("select count(*) from agents.spans s where s.call_id is not null and not exists (select from calls.calls c where c.id = s.call_id)");
        (await strange.ExecuteScalarAsync()).ShouldBe(0L, "the shifts name the calls of their own generation");
        await _center.Runtime.RebuildAsync("agents");
        (await SpansAsync()).ShouldBe(spans);
    }

    [Fact]
    public async Task A_log_that_starts_in_the_middle_of_calls_is_reckoned_from_the_lengths_that_it_gives()
    {
        var report = await ImportAsync(await WriteAsync("""
            1767604000|1.1|support|Ann|CONNECT|30|1767603745.2|7
            1767604010|2.1|support|Ann|COMPLETECALLER|30|60|1
            1767604020|3.1|support|NONE|ABANDON|1|1|25
            1767604030|4.1|support|NONE|EXITWITHTIMEOUT|1|1|90
            1767604040|5.1|support|Ann|RINGNOANSWER|10000
            1767604050|5.1|support|Ann|CONNECT|100|9|5
            1767604060|1.1|support|Ann|COMPLETEAGENT|30|60|1
            1767604070|5.1|support|Ann|COMPLETEAGENT|100|20|1
            1767604080|6.1|support|Ann|TRANSFER|7000|internal|12|40
            1767604090|NONE|NONE|Ann|AGENTLOGOFF|SIP/1|600
            1767604095|NONE|support|Bob|PAUSE|
            1767604099|NONE|support|Bob|REMOVEMEMBER|

            """));
        report.Faults.ShouldBeEmpty();
        (await StoriesAsync()).ShouldBe(
        [
            "5:20 > HANDLED Caller | support 30/60 Ann",
            "5:40 > OVERFLOWED Unknown | support 90 Overflowed",
            "5:50 > HANDLED Agent | support 100/20 Ann [Ann TimedOut, Ann Answered]",
            "6:10 > HANDLED Agent | support 30/60 Ann [Ann Answered]",
            "6:35 > ABANDONED Caller | support 25",
            "7:08 > HANDLED Unknown | support 12/40 Ann transferred",
        ]);
        report.Shifts.ShouldBe(2);
        report.Judgements.Where(j => j.Reason == "logged in before the log").Select(j => (j.Line, j.Detail)).ShouldBe(
            [(10, "the shift of Ann counts from 2026-01-05 08:58:10Z"), (11, "the shift of Bob counts from 2026-01-05 09:06:40Z")]);
    }

    [Fact]
    public async Task What_goes_on_where_the_log_ends_comes_when_it_has_gone_on()
    {
        const string Begun = """
            1767604000|1.1|support|NONE|ENTERQUEUE||49301111|1
            1767604010|MANAGER|support|Ann|ADDMEMBER|
            1767604020|1.1|support|Ann|CONNECT|20|9|5

            """;
        var log = await WriteAsync(Begun);
        (await ImportAsync(log)).ShouldSatisfyAllConditions(
            r => (r.Imported, r.Shifts).ShouldBe((0, 0)),
            r => r.Judgements.Select(j => j.Reason).ShouldBe(["still going on where the log ends", "still logged in where the log ends"]));

        await WriteAsync($"{Begun}1767604100|1.1|support|Ann|COMPLETECALLER|20|80|1\n1767604110|MANAGER|support|Ann|REMOVEMEMBER|\n");
        (await ImportAsync(log)).ShouldSatisfyAllConditions(r => (r.Imported, r.Shifts, r.Judgements.Count).ShouldBe((1, 1, 0)));
        (await StoriesAsync()).ShouldBe(["6:40 49301111> HANDLED Caller | support 20/80 Ann [Ann Answered]"]);

        // A call that enters another queue after its end was imported stays as it was told, and that is said.
        await WriteAsync($"{Begun}1767604100|1.1|support|Ann|COMPLETECALLER|20|80|1\n1767604110|MANAGER|support|Ann|REMOVEMEMBER|\n1767604120|1.1|sales|NONE|ENTERQUEUE||49301111|1\n1767604130|1.1|sales|NONE|ABANDON|1|1|10\n");
        (await ImportAsync(log)).ShouldSatisfyAllConditions(r => (r.Imported, r.AlreadyThere, r.ToldOtherwise).ShouldBe((0, 1, 1)));
    }

    [Fact]
    public async Task A_call_of_which_the_log_is_silent_for_a_day_is_lost()
    {
        await ImportAsync(await WriteAsync("1767604000|1.1|support|NONE|ENTERQUEUE||49301111|1\n1767604060|1.1|support|Ann|CONNECT|60|9|5\n1767704000|NONE|NONE|NONE|CONFIGRELOAD|\n"));
        (await StoriesAsync()).ShouldBe(["6:40 49301111> UNKNOWN Unknown | support 60/0 Ann Unknown [Ann Answered]"]);
    }

    [Theory]
    [InlineData("1767604000.250000|1.1|q|NONE|ENTERQUEUE||4930|1", null, "2026-01-05T09:06:40.2500000+00:00")]
    [InlineData("2026-01-05 10:06:40.25|1.1|q|NONE|ENTERQUEUE||4930|1", "Europe/Berlin", "2026-01-05T09:06:40.2500000+00:00")]
    [InlineData("2026-07-05 10:06:40|1.1|q|NONE|ENTERQUEUE||4930|1", "Europe/Berlin", "2026-07-05T08:06:40.0000000+00:00")]
    [InlineData("2026-01-05T10:06:40+01:00|1.1|q|NONE|ENTERQUEUE||4930|1", null, "2026-01-05T09:06:40.0000000+00:00")]
    public async Task Times_are_read_as_files_and_databases_write_them(string entered, string? zone, string expected)
    {
        var at = DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture);
        await ImportAsync(await WriteAsync($"{entered}\n{at.AddSeconds(5).ToUnixTimeSeconds()}|1.1|q|NONE|ABANDON|1|1|5\n"), zone);
        await _center.CatchUpAsync();
        (await _center.Calls.PageAsync(new CallFilter(), 1, null, default)).Nodes[0].ReceivedAt.ToString("O").ShouldBe(expected);
    }

    [Theory]
    [InlineData("soon|1.1|q|NONE|ENTERQUEUE||4930|1", "line 1, time \"soon\": neither seconds since 1970 nor a time like 2026-01-31 09:05:00.5")]
    [InlineData("2026-01-05 10:06:40|1.1|q|NONE|ENTERQUEUE||4930|1", "line 1, time \"2026-01-05 10:06:40\": says no time zone; --time-zone must say which is meant")]
    [InlineData("1767604000|1.1|q", "line 1, line \"1767604000|1.1|q\": a line has at least time, call, queue, agent and event, parted by |")]
    [InlineData("1767604000|1.1|q|NONE|ABANDON|1|1|long", "line 1, waittime of ABANDON \"long\": no length of time from 0 up")]
    [InlineData("1767604000|1.1|q|Ann|COMPLETEAGENT|-3|1|1", "line 1, holdtime of COMPLETEAGENT \"-3\": no length of time from 0 up")]
    [InlineData("1767604000|1.1|q|NONE|CONNECT|3|1|1", "line 1, agent \"NONE\": CONNECT must name the agent")]
    public async Task A_wrong_line_is_named_with_its_column_and_value(string line, string said) =>
        (await Should.ThrowAsync<ImportFaultsException>(async () => await ImportAsync(await WriteAsync(line + "\n")))).Message.ShouldEndWith(said);

    [Fact]
    public void A_zone_that_is_none_is_named() => Should.Throw<ImportException>(() => new QueueLogFormat("Mars/Olympus")).Message.ShouldBe("\"Mars/Olympus\" is not an IANA time zone.");

    private Task<ImportReport> ImportAsync(string path, string? zone = null) =>
        new ImportRunner(_center.Store, _center.Source, TimeProvider.System).RunAsync(new ImportOrder(path, new QueueLogFormat(zone)), null, default);

    private async Task<long> SpansAsync()
    {
        await _center.CatchUpAsync();
        await using var command = _center.Source.CreateCommand("select count(*) from agents.spans");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Each call in a line, the oldest first: received after nine, who called whom, outcome, who ended it, and each visit with wait, talk, agent and offers.</summary>
    private async Task<IReadOnlyList<string>> StoriesAsync()
    {
        await _center.CatchUpAsync();
        var queues = (await new QueueQueries(_center.Source, TimeProvider.System).SettingsAsync(default)).ToDictionary(q => q.Id, q => q.Settings.Name);
        var agents = (await new AgentQueries(_center.Source).PageAsync(100, null, default)).Nodes.ToDictionary(a => a.Id, a => a.Name);
        var calls = (await _center.Calls.PageAsync(new CallFilter(), 100, null, default)).Nodes.Reverse().ToList();
        var revealed = await _center.Personal.RevealAsync([.. calls.Where(c => c.From.Length > 0).Select(c => new EventStore.PersonalText(c.Id, Domain.PersonalKinds.Number, c.From))]);
        return [.. calls.Select(c => $"{Since(c.ReceivedAt)} {From(c)}>{c.To} {c.Outcome.ToString()!.ToUpperInvariant()} {c.EndedBy}{string.Concat(c.Visits.Select(Visit))}")];

        string From(CallView c) => c.From.Length == 0 ? "" : revealed[new EventStore.PersonalText(c.Id, Domain.PersonalKinds.Number, c.From)]!;

        string Visit(VisitView v) => $" | {queues[v.QueueId]}{(v.WaitMs is { } wait ? $" {wait / 1000}" : "")}{(v.TalkMs is { } talk ? $"/{talk / 1000}" : "")}{(v.AgentId is { } agent ? $" {agents[agent]}" : "")}"
            + $"{(v.Transferred ? " transferred" : "")}{(v.Outcome is VisitOutcome.Overflowed or VisitOutcome.Unknown ? $" {v.Outcome}" : "")}"
            + $"{(v.Offers.Count > 0 ? $" [{string.Join(", ", v.Offers.Select(o => $"{agents[o.AgentId]} {o.Result}"))}]" : "")}";

        static string Since(DateTimeOffset at) => $"{(int)(at - Nine).TotalMinutes}:{(at - Nine).Seconds:D2}";
    }

    private async Task<string> WriteAsync(string content)
    {
        var path = Path.Combine(_folder.Path, "queue_log");
        await File.WriteAllTextAsync(path, content);
        return path;
    }
}
