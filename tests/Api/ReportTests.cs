using System.Net;
using System.Text;

using CallCenter.Api.Accounts;
using CallCenter.Api.CommandLine;
using CallCenter.Api.Reports;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

/// <summary>Reports as files, and their proof.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ReportTests(PostgresFixture postgres)
{
    private const string Day = "from=2026-01-05&to=2026-01-06&zone=Europe/Berlin";
    private static readonly Guid Queue = Guid.Parse("01900000-0000-7000-8000-000000000001");
    private static readonly Guid Ann = Guid.Parse("01900000-0000-7000-8000-000000000002");
    private static readonly Guid Answered = Guid.Parse("01900000-0000-7000-8000-00000000000a");
    private static readonly Guid Lost = Guid.Parse("01900000-0000-7000-8000-00000000000b");

    // 09:00 in Berlin.
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Figures_are_served_as_a_file_by_name_zone_and_division()
    {
        await using var api = await CenterAsync();
        await api.SignInAsync(Role.Analyst);
        using var response = await api.Http.GetAsync(new Uri($"/reports/kpis.csv?{Day}&by=queue,topic,interval&kpi=offered,asa,sl20,p90,csat&queue=Lines", UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (response.Content.Headers.ContentType!.ToString(), response.Content.Headers.ContentDisposition!.FileName).ShouldBe(("text/csv; charset=utf-8; header=present", "kpis-2026-01-05-to-2026-01-06.csv"));
        (await response.Content.ReadAsStringAsync()).ShouldBe(
            "queue,topic,interval,contactsOffered,averageSpeedOfAnswerSeconds,serviceLevel:20,waitPercentileSeconds:0.9,averageSatisfaction\r\n"
            + "Lines,\"'=SUM(\"\"A1\"\",2)\",2026-01-05T09:00:00+01:00,1,2.5,1,2.5,\r\n"
            + "Lines,none,2026-01-05T10:00:00+01:00,1,,0,7,\r\n");
        (await TextAsync(api, $"/reports/kpis.csv?{Day}&kpi=offered,abandonment")).ShouldBe("contactsOffered,abandonmentRate\r\n2,0.5\r\n");
    }

    [Fact]
    public async Task Calls_and_visits_are_served_one_a_line_and_persons_only_when_asked_for()
    {
        await using var api = await CenterAsync();
        await api.SignInAsync(Role.Supervisor);
        const string Common = "Inbound,Ended,2026-01-05T09:00:00+01:00,,2026-01-05T09:00:30+01:00,Caller,hang-up,Handled,\"'=SUM(\"\"A1\"\",2)\",high,Ann,1,Lines,2026-01-05T09:00:00+01:00,2026-01-05T09:00:02.5+01:00,2.5,27.5,0,5,sold,true";
        var lines = (await TextAsync(api, $"/reports/calls.csv?{Day}&personal=true")).Split("\r\n");
        lines.Length.ShouldBe(4);
        lines[0].ShouldEndWith(",disposition,resolved,from,to,customer_number,notes");
        lines[1].ShouldStartWith($"{Lost},Inbound,Ended,2026-01-05T10:00:00+01:00,");
        lines[2].ShouldBe($"{Answered},{Common},'+4930555,1000,K7,\"said \"\"no\"\",\nthen yes\"");
        lines[3].ShouldBeEmpty();
        var plain = await TextAsync(api, $"/reports/calls.csv?{Day}&agent=ann");
        plain.ShouldContain($"{Answered},{Common}\r\n");
        plain.ShouldNotContain("4930555");
        (await TextAsync(api, $"/reports/visits.csv?{Day}&topic=none")).ShouldBe(
            "call_id,visit,queue,agent,queued_at,answered_at,outcome,wait_seconds,talk_seconds,hold_seconds,after_call_work_seconds,transferred,offers,offers_not_answered,topic,segment,call_received_at,call_outcome\r\n"
            + $"{Lost},1,Lines,,2026-01-05T10:00:00+01:00,,Abandoned,7,,,,false,1,1,,,2026-01-05T10:00:00+01:00,Abandoned\r\n");
        using var marked = await api.Http.GetAsync(new Uri($"/reports/visits.csv?{Day}&bom=true", UriKind.Relative));
        (await marked.Content.ReadAsByteArrayAsync())[..3].ShouldBe(Encoding.UTF8.Preamble.ToArray());
    }

    [Fact]
    public async Task A_file_of_many_calls_has_each_once()
    {
        await using var api = await CenterAsync();
        await api.SignInAsync();
        var ids = Enumerable.Range(0, 2_100).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var some in ids.Chunk(1_000))
        {
            await api.Center.Store.AppendAsync(
                [.. some.Select((id, i) => new EventStore.StreamAppend(id, Call.StreamType, EventStore.ExpectedVersion.NoStream, [EventStore.EventData.Of(new CallReceived(id, CallDirection.Inbound, "", "1000", Nine.AddDays(10).AddSeconds(i / 3)))]))],
                EventStore.EventMetadata.None);
        }

        await api.Center.CatchUpAsync(default);
        var lines = (await TextAsync(api, "/reports/calls.csv?from=2026-01-10&to=2026-02-01")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1);
        lines.Select(line => Guid.Parse(line[..36])).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_asked_wrong_is_named()
    {
        await using var api = await CenterAsync();
        await api.SignInAsync();
        await ShouldRefuseAsync("from=2026-01-05", "to: say until when.");
        await ShouldRefuseAsync("from=yesterday&to=2026-01-06", "from: \"yesterday\" is no instant like");
        await ShouldRefuseAsync($"{Day}&zone=UTC", "zone: is given more than once.");
        await ShouldRefuseAsync("from=2026-01-05&to=2026-01-06&zone=Mars/Olympus", "zone: \"Mars/Olympus\" is not an IANA time zone.");
        await ShouldRefuseAsync($"{Day}&by=colour", "by: \"colour\" is none of interval, hour_of_day, weekday,");
        await ShouldRefuseAsync($"{Day}&by=queue,queue", "A dimension is named twice.");
        await ShouldRefuseAsync($"{Day}&interval=fortnight", "interval: \"fortnight\" is none of quarter_hour,");
        await ShouldRefuseAsync($"{Day}&queue=Nowhere", "queue: there is no queue \"Nowhere\".");
        await ShouldRefuseAsync($"{Day}&kpi=happiness", "kpi: \"happiness\" is no figure. There are: contactsOffered (offered),");
        await ShouldRefuseAsync($"{Day}&days=many", "days: \"many\" is no number.");
        await ShouldRefuseAsync($"{Day}&days=0", "A first contact is followed up for 1 to 365 days, not 0.");
        await ShouldRefuseAsync("from=2026-01-05&to=2026-01-05", "The period is empty");
        await ShouldRefuseAsync($"{Day}&colour=red", "colour: there is no such parameter.");
        await ShouldRefuseAsync($"{Day}&bom=perhaps", "bom: \"perhaps\" is neither true nor false.");
        await ShouldRefuseAsync($"{Day}&by=queue", "by, segment, channel: a list of calls has none of these", "calls");
        await ShouldRefuseAsync($"{Day}&topic=a&topic=b", "topic: a list of calls is of one, or of all.", "visits");

        async Task ShouldRefuseAsync(string parameters, string said, string file = "kpis")
        {
            using var response = await api.Http.GetAsync(new Uri($"/reports/{file}.csv?{parameters}", UriKind.Relative));
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.Content.ReadAsStringAsync()).ShouldStartWith(said);
        }
    }

    [Fact]
    public async Task Files_are_for_who_may_see_reports()
    {
        await using var api = await CenterAsync();
        var paths = new[] { "kpis", "calls", "visits" }.Select(name => new Uri($"/reports/{name}.csv?{Day}", UriKind.Relative)).ToList();
        foreach (var path in paths)
        {
            (await api.Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        await api.SignInAsync(Role.Agent);
        foreach (var path in paths)
        {
            (await api.Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task A_figure_is_explained_by_its_calls_and_a_changed_one_is_found()
    {
        await using var api = await CenterAsync();
        var (code, told) = await ExplainAsync(("from", "2026-01-05"), ("to", "2026-01-06"), ("zone", "Europe/Berlin"), ("kpi", "asa,offered,occupancy"), ("by", "agent"));
        code.ShouldBe(0, told);
        told.ShouldStartWith($"averageSpeedOfAnswerSeconds of all: served 2.5, counted from the events 2.5: the same\n    {Answered}  2.5 s\naverageSpeedOfAnswerSeconds of Ann: served 2.5,");
        told.ShouldContain($"contactsOffered of none: served 1, counted from the events 1: the same\n    {Lost}  1\n");
        told.ShouldContain($"occupancy of Ann: served 0.5, counted from the events 0.5: the same\n    {Ann} Ann  0 s of 1800 s\n    {Ann} Ann  1800 s of 1800 s\n");
        told.ShouldEndWith("All 9 figures are what the events give.\n");

        await using (var change = api.Center.Source.CreateCommand(
            "update calls.visits set wait_ms = wait_ms + 1 where outcome = 'Handled'; update calls.quarters set answer_ms = answer_ms + handled"))
        {
            await change.ExecuteNonQueryAsync();
        }

        (code, told) = await ExplainAsync(("from", "2026-01-05"), ("to", "2026-01-06"), ("kpi", "asa"), ("queue", "Lines"));
        (code, told.Contains("of all: served 2.501, counted from the events 2.5: DIFFERENT", StringComparison.Ordinal)).ShouldBe((1, true), told);

        async Task<(int Code, string Told)> ExplainAsync(params (string Name, string Value)[] said)
        {
            var names = await ReportNames.ReadAsync(api.Center.Source, default);
            var request = ReportRequest.Read(name => [.. said.Where(s => s.Name == name).Select(s => s.Value)], names);
            await using var output = new StringWriter { NewLine = "\n" };
            return (await ExplainVerb.RunAsync(api.Center, request, names, 20, output, default), output.ToString());
        }
    }

    private static async Task<string> TextAsync(ApiHarness api, string path)
    {
        using var response = await api.Http.GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }

    private async Task<ApiHarness> CenterAsync()
    {
        var api = await ApiHarness.StartAsync(postgres);
        await api.AppendAsync(Queue, Domain.Queues.Queue.StreamType, new QueueCreated(Queue, new QueueSettings("Lines", null), Nine.AddDays(-1)));
        await api.AppendAsync(
            Ann, Agent.StreamType, new AgentCreated(Ann, "Ann", null, [Queue], Nine.AddDays(-1)), new AgentSignedIn(Ann, Nine), new AgentStatusChanged(Ann, AgentStatus.Busy, Nine.AddMinutes(30), Answered), new AgentSignedOut(Ann, "by-hand", Nine.AddHours(1)));
        await api.AppendAsync(
            Answered, Call.StreamType,
            new CallReceived(Answered, CallDirection.Inbound, "+4930555", "1000", Nine, CustomerNumber: "K7", Segment: "high", Topic: "=SUM(\"A1\",2)"), new CallQueued(Answered, Queue, Nine), new CallOffered(Answered, Ann, Nine.AddSeconds(1)),
            new CallAnswered(Answered, Ann, Nine.AddSeconds(2.5)), new CallEnded(Answered, CallParty.Caller, "hang-up", CallOutcome.Handled, Nine.AddSeconds(30)),
            new WrapUpStarted(Answered, Ann, Nine.AddSeconds(30)), new WrapUpCompleted(Answered, Ann, Nine.AddSeconds(35), "sold", true, "said \"no\",\nthen yes"));
        var ten = Nine.AddHours(1);
        await api.AppendAsync(
            Lost, Call.StreamType,
            new CallReceived(Lost, CallDirection.Inbound, "", "1000", ten), new CallQueued(Lost, Queue, ten), new CallOffered(Lost, Ann, ten), new CallOfferNotAnswered(Lost, Ann, NonResponse.TimedOut, ten.AddSeconds(5)),
            new CallAbandoned(Lost, ten.AddSeconds(7)), new CallEnded(Lost, CallParty.Caller, "hang-up", CallOutcome.Abandoned, ten.AddSeconds(7)));
        return api;
    }
}
