using System.Globalization;
using System.Net;
using System.Text;

using CallCenter.Api.Accounts;
using CallCenter.Api.Configuration;
using CallCenter.Api.Mail;
using CallCenter.Api.Reports;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Domain.Reports;
using CallCenter.Driving;
using CallCenter.EventStore;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Kpi;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

using MimeKit;

namespace CallCenter.Api.Tests;

/// <summary>Reports that are mailed by themselves, by the real mail server chasquid and a clock that is set by hand.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ReportMailTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly ReportSchedule Daily = new("Calls & waits", ReportPeriod.Day, new TimeOnly(7, 30), "Europe/Berlin", ["offered", "asa"], ["Topic"], ["ann@mail.test", "bob@mail.test"]);

    private readonly Chasquid _mail = new();
    private readonly HandClock _clock = new(At("2026-01-05T12:00:00Z"));
    private readonly Guid _report = Guid.CreateVersion7();
    private ApiHarness _api = null!;
    private ReportDesk _desk = null!;
    private SubscriptionRuntime? _subscriptions;
    private TimerRuntime? _timers;

    [Fact]
    public async Task A_report_comes_once_for_each_day_also_after_an_outage_of_days_with_a_table_and_the_file()
    {
        _mail.Know("bob");
        await _mail.StartAsync();
        await StartAsync();
        await ScheduleAsync(Daily);
        await StopAsync();

        // Gone over three days on which it was due.
        _clock.Now = At("2026-01-08T12:00:00Z");
        Run();
        await BecomesAsync(report => report.NextAt == At("2026-01-09T06:30:00Z"));
        await StopAsync();
        Run();
        await IsDueAsync("2026-01-09T06:30:00Z");

        var mails = await Eventually.BecomesAsync(() => _mail.Mails, all => all.Count >= 6, "six mails are delivered");
        mails.Count.ShouldBe(6);
        mails.Select(mail => (Header(mail, "To"), Header(mail, "Subject"))).ShouldBe(
            from day in new[] { "2026-01-05", "2026-01-06", "2026-01-07" } from recipient in new[] { "ann@mail.test", "bob@mail.test" } select (recipient, $"Calls & waits {day}"), ignoreOrder: true);
        mails.Select(mail => Header(mail, "Message-Id")).Distinct().Count().ShouldBe(3, "each day's report is one mail, whoever gets it");
        var first = mails.First(mail => Header(mail, "Subject").EndsWith("2026-01-05", StringComparison.Ordinal));
        using var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(first)));
        message.TextBody!.ReplaceLineEndings("\n").ShouldBe("""
            Calls & waits: 2026-01-05 to 2026-01-06 (Europe/Berlin), the last day not included

            topic     contactsOffered  averageSpeedOfAnswerSeconds
            <orders>                1                          2.5
            all                     1                          2.5

            """.ReplaceLineEndings("\n"));
        message.HtmlBody!.ShouldContain("<td>&lt;orders&gt;</td><td align=\"right\">1</td><td align=\"right\">2.5</td>");
        message.HtmlBody!.ShouldContain("Calls &amp; waits");
        var file = message.Attachments.ShouldHaveSingleItem().ShouldBeAssignableTo<MimePart>()!;
        (file.ContentType.MimeType, file.FileName).ShouldBe(("text/csv", "2026-01-05-to-2026-01-06.csv"));
        Encoding.UTF8.GetString(Chasquid.AttachmentOf(first)).ShouldBe("\uFEFFtopic,contactsOffered,averageSpeedOfAnswerSeconds\r\n<orders>,1,2.5\r\n");
        (await EventsAsync()).ShouldBe(["scheduled", .. Enumerable.Repeat<string[]>(["mailed ann@mail.test", "mailed bob@mail.test", "finished "], 3).SelectMany(day => day)]);
    }

    [Fact]
    public async Task Who_has_got_it_gets_it_no_second_time_and_who_cannot_is_told_of()
    {
        await StartAsync();
        await ScheduleAsync(Daily);
        _clock.Now = At("2026-01-06T06:30:00Z");
        await EventuallyAsync(() => new DurableTimers(_api.Center.Source, _clock).FindAsync(_report), timer => timer?.Attempts > 0, "nobody takes the mail");

        // Ann is known there, Bob is not.
        await _mail.StartAsync();
        await BecomesAsync(report =>
        {
            // It is tried again by the clock of the timers.
            _clock.Now = _clock.Now.AddSeconds(30);
            return report.LastDueAt is not null;
        });

        var events = await EventsAsync();
        events.Count.ShouldBe(3);
        events.Take(2).ShouldBe(["scheduled", "mailed ann@mail.test"]);
        events[2].ShouldStartWith("finished 127.0.0.1:");
        events[2].ShouldContain("did not take the mail for bob@mail.test");
        _mail.Mails.Count.ShouldBe(1);
        await _api.Center.CatchUpAsync(default);
        await _api.SignInAsync(Role.Auditor);
        (await _api.DataAsync("{ scheduledReports { name lastDueAt failure nextAt } }")).ToString().ShouldStartWith(
            """{"scheduledReports":[{"name":"Calls & waits","lastDueAt":"2026-01-06T06:30:00Z","failure":"127.0.0.1:""");
    }

    [Fact]
    public async Task A_report_is_scheduled_changed_and_cancelled_by_who_may()
    {
        await StartAsync();
        const string Input = "period: WEEK, at: \"07:30\", timeZone: \"Europe/Berlin\", kpis: [\"asa\", \"sl30\"], groupBy: [QUEUE, INTERVAL], interval: DAY, recipients: [\"ann@mail.test\"]";
        const string Schedule = $"mutation {{ scheduleReport(input: {{ name: \"Weekly\", {Input} }}) {{ report {{ id name period at timeZone kpis groupBy interval recipients scheduledBy failure }} errors {{ code message }} }} }}";
        await _api.SignInAsync(Role.Auditor);
        (await _api.ErrorAsync(Schedule)).Code.ShouldBe("FORBIDDEN");
        await _api.SignInAsync(Role.Analyst);
        var scheduled = (await _api.DataAsync(Schedule)).GetProperty("scheduleReport");
        scheduled.GetProperty("errors").GetArrayLength().ShouldBe(0, scheduled.ToString());
        var id = scheduled.GetProperty("report").GetProperty("id").GetString();
        scheduled.GetProperty("report").ToString().ShouldBe(
            $$"""{"id":"{{id}}","name":"Weekly","period":"WEEK","at":"07:30","timeZone":"Europe/Berlin","kpis":["asa","sl30"],"groupBy":["QUEUE","INTERVAL"],"interval":"DAY","recipients":["ann@mail.test"],"scheduledBy":"Analyst","failure":null}""");
        (await CodeAsync($"id: \"{id}\", input: {{ name: \"Mondays\", {Input} }}")).ShouldBe("");
        (await _api.DataAsync("{ scheduledReports { name } }")).ToString().ShouldBe("""{"scheduledReports":[{"name":"Mondays"}]}""");
        (await CodeAsync($"id: \"{Guid.NewGuid()}\", input: {{ name: \"Mondays\", {Input} }}")).ShouldBe("REPORT_NOT_FOUND: There is no such report.");
        (await CodeAsync($"input: {{ name: \"Mondays\", {Input.Replace("sl30", "happiness", StringComparison.Ordinal)} }}")).ShouldStartWith("REPORT_SCHEDULE: \"happiness\" is no figure.");
        (await CodeAsync($"input: {{ name: \"Mondays\", {Input.Replace("INTERVAL]", "QUEUE]", StringComparison.Ordinal)} }}")).ShouldBe("REPORT_SCHEDULE: A dimension is named twice.");
        (await CodeAsync($"input: {{ name: \"\", {Input} }}")).ShouldBe("REPORT_SCHEDULE: A report needs a name.");
        (await _api.DataAsync($$"""mutation { cancelReport(id: "{{id}}") { report { nextAt } errors { code } } }""")).ToString().ShouldBe("""{"cancelReport":{"report":{"nextAt":null},"errors":[]}}""");
        (await _api.DataAsync("{ scheduledReports { name } }")).ToString().ShouldBe("""{"scheduledReports":[]}""");

        async Task<string> CodeAsync(string arguments) => string.Concat(
            (await _api.DataAsync($"mutation {{ scheduleReport({arguments}) {{ errors {{ code message }} }} }}")).GetProperty("scheduleReport").GetProperty("errors").EnumerateArray()
            .Select(error => $"{error.GetProperty("code").GetString()}: {error.GetProperty("message").GetString()}"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync();
        await _api.DisposeAsync();
        await _mail.DisposeAsync();
    }

    private async Task StartAsync()
    {
        _api = await ApiHarness.StartAsync(postgres, ("CALLCENTER_SMTP", $"127.0.0.1:{_mail.Port}"), ("CALLCENTER_MAIL_FROM", "center@center.test"));
        _desk = new ReportDesk(_api.Center.Store, _clock);
        var (call, queue, at) = (Guid.CreateVersion7(), Guid.CreateVersion7(), At("2026-01-05T09:00:00Z"));
        await _api.AppendAsync(queue, Queue.StreamType, new QueueCreated(queue, new QueueSettings("Lines", null), at));
        await _api.AppendAsync(
            call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, "", "1000", at, Topic: "<orders>"), new CallQueued(call, queue, at), new CallAnswered(call, null, at.AddSeconds(2.5)),
            new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.Handled, at.AddSeconds(30)));
        Run();
    }

    private async Task ScheduleAsync(ReportSchedule schedule)
    {
        (await _desk.HandleAsync(_report, at => new ScheduleReport(_report, schedule, at, "ann"), "ann", default)).Refusal.ShouldBeNull();
        await IsDueAsync("2026-01-06T06:30:00Z");
    }

    private void Run()
    {
        var center = _api.Center;
        var server = new MailServer(new DnsEndPoint("127.0.0.1", _mail.Port), MailboxAddress.Parse("center@center.test"), new MailAccess(), TimeProvider.System);
        var mail = new ReportMail(server, _desk, new KpiQueries(center.Source, new CallQueries(center.Source, center.Personal), TimeProvider.System), center.Source, center.CatchUpAsync);
        _subscriptions = new SubscriptionRuntime(
            center.Store, center.Source, new Leadership(center.Source, TimeProvider.System, NullLogger.Instance), [new ReportTimers(_desk, new DurableTimers(center.Source, _clock))], TimeProvider.System, NullLogger.Instance);
        _timers = new TimerRuntime(center.Source, [mail], _clock, NullLogger.Instance);
        _ = _subscriptions.StartAsync();
        _timers.Start();
    }

    private async Task StopAsync()
    {
        await (_subscriptions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_timers?.DisposeAsync() ?? ValueTask.CompletedTask);
        (_subscriptions, _timers) = (null, null);
    }

    private Task IsDueAsync(string at) => EventuallyAsync(() => new DurableTimers(_api.Center.Source, _clock).FindAsync(_report), timer => timer?.DueAt == At(at), $"it is due at {at}");

    private Task BecomesAsync(Func<Report, bool> wanted) => EventuallyAsync(() => _desk.FindAsync(_report, default), wanted, "the report becomes so");

    private static Task EventuallyAsync<T>(Func<Task<T>> read, Func<T, bool> wanted, string what) => Eventually.BecomesAsync(read, wanted, what);

    private async Task<IReadOnlyList<string>> EventsAsync() => [.. (await _api.Center.Store.FetchStreamAsync(_report)).Select(e => e.Data switch
    {
        ReportScheduled => "scheduled",
        ReportMailed mailed => $"mailed {mailed.Recipient}",
        ReportFinished finished => $"finished {finished.Failure}",
        var other => other.GetType().Name,
    })];

    private static string Header(string mail, string name) =>
        mail.ReplaceLineEndings("\n").Split('\n').First(line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);

    private sealed class HandClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
