using System.Text;
using System.Text.Json;

using CallCenter.Api.Mail;
using CallCenter.Domain;
using CallCenter.Domain.Reports;
using CallCenter.EventStore;
using CallCenter.Projections.Kpi;

using Npgsql;

namespace CallCenter.Api.Reports;

/// <summary>
/// Mails a scheduled report when it is due: once to each recipient for each instant at which it was due, however late. Who has got it is told by an event each, so that a stop in the middle goes on with the
/// others; only a stop between the mail server's yes and that event makes a second copy, under the same Message-ID. What the server does not take is tried again for two days; then that instant is done with,
/// by an event that says why, and the next one comes.
/// </summary>
internal sealed class ReportMail(MailServer server, ReportDesk desk, KpiQueries kpis, NpgsqlDataSource source, Func<CancellationToken, Task> readModelsShow) : ITimerHandler
{
    public const string TimerKind = "report_mail";

    private const string By = "reports";

    // Of the ids of mails.
    private static readonly Guid Space = new("5b1c6a3e-7d0f-5e5c-9f0a-3c8e2f4d6b91");

    public string Kind => TimerKind;

    public RetryPolicy Retry { get; } = new(300, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2));

    public async Task FireAsync(DueTimer timer, CancellationToken ct)
    {
        var (id, dueAt) = JsonSerializer.Deserialize<ReportTimer>(timer.Payload) ?? throw new InvalidDataException($"Timer {timer.Id} says of no report that it is due.");
        var report = await desk.FindAsync(id, ct);
        if (report.NextAt != dueAt || report.Schedule is not { } schedule)
        {
            return;
        }

        var refusals = new List<MailRefusedException>();
        var mail = await ComposeAsync(report.Id, schedule, dueAt, ct);
        foreach (var recipient in schedule.Recipients.Except(report.Mailed, StringComparer.Ordinal))
        {
            try
            {
                await server.SendAsync(mail, recipient, ct);
                await desk.HandleAsync(id, at => new NoteReportMailed(dueAt, recipient, at), By, ct);
            }
            catch (MailRefusedException e)
            {
                refusals.Add(e);
            }
        }

        if (timer.Attempt < Retry.Attempts && refusals.Find(refusal => !refusal.IsForGood) is { } forNow)
        {
            throw forNow;
        }

        var failure = refusals.Count == 0 ? null : string.Join("; ", refusals.Select(refusal => refusal.Message));
        await desk.HandleAsync(id, at => new FinishReport(dueAt, failure, at), By, ct);
    }

    private async Task<OutgoingMail> ComposeAsync(Guid id, ReportSchedule schedule, DateTimeOffset dueAt, CancellationToken ct)
    {
        // A report that is late must not be a report of what the read models knew before the outage.
        await readModelsShow(ct);
        var request = RequestOf(schedule, dueAt);
        var table = new ReportTable(await KpiTable.ReadAsync(kpis, request.Query, request.Columns, ct), request.Zone, await ReportNames.ReadAsync(source, ct));
        await using var csv = new StringWriter();
        await KpiCsv.WriteAsync(table, csv);
        var (from, to) = (ReportInstants.Day(request.Query.Filter.From, request.Zone), ReportInstants.Day(request.Query.Filter.To, request.Zone));
        var title = $"{schedule.Name}: {from} to {to} ({schedule.Zone}), the last day not included";
        return new OutgoingMail(
            NameBasedGuid.Of(Space, $"{id:N} {dueAt.UtcTicks}"), $"{schedule.Name} {from}", ReportText.Plain(title, table),
            new MailAttachment("", $"{from}-to-{to}.csv", "text/csv") { Content = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(csv.ToString())] })
        {
            Html = ReportText.Html(title, table),
        };
    }

    /// <summary>The report as it would be asked for by hand.</summary>
    /// <exception cref="BadReportException">It names what there is not.</exception>
    internal static ReportRequest RequestOf(ReportSchedule schedule, DateTimeOffset dueAt)
    {
        var (from, to) = schedule.PeriodOf(dueAt);
        var filter = new KpiFilter(from, to, schedule.Interval is { } interval ? ReportRequest.Word<KpiInterval>("interval", interval) : KpiInterval.Hour, schedule.Zone, schedule.Queues, schedule.Agents, schedule.Topics, schedule.Segments);
        return new ReportRequest(
            new KpiQuery(filter, [.. schedule.DividedBy.Select(dimension => ReportRequest.Word<KpiDimension>("by", dimension))]), ReportInstants.Zone(schedule.Zone), [.. schedule.Figures.Select(KpiColumn.Parse)]);
    }
}
