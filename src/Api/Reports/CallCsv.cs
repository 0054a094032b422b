using System.Globalization;

using CallCenter.Domain;
using CallCenter.EventStore;
using CallCenter.Projections.Calls;

using NodaTime;

namespace CallCenter.Api.Reports;

/// <summary>Which calls of which period, and how.</summary>
/// <param name="Personal">Whether numbers, the customer's number and notes are among the columns.</param>
internal sealed record CallExport(CallFilter Filter, DateTimeZone Zone, bool Personal);

/// <summary>
/// Calls, or their visits to queues, as CSV, newest call first. Read in pages by the key of the last call, so that neither the memory nor a transaction grows with the file: a download that takes an hour
/// holds nothing in the database while it takes it. Calls that come meanwhile are newer than where it began, and are not in it.
/// </summary>
/// <param name="calls">Reads them.</param>
/// <param name="reveal">Gives personal texts in plain.</param>
/// <param name="names">Of queues and agents.</param>
internal sealed class CallCsv(CallQueries calls, Func<IReadOnlyCollection<PersonalText>, CancellationToken, Task<IReadOnlyDictionary<PersonalText, string>>> reveal, ReportNames names)
{
    private const int CallsAtOnce = 1_000;

    private static readonly string[] PersonalColumns = ["from", "to", "customer_number", "notes"];

    private static readonly string[] CallColumns =
    [
        "call_id", "direction", "state", "received_at", "entered_ivr_at", "ended_at", "ended_by", "cause", "outcome", "topic", "segment", "agent", "visits",
        "queue", "queued_at", "answered_at", "wait_seconds", "talk_seconds", "hold_seconds", "after_call_work_seconds", "disposition", "resolved",
    ];

    private static readonly string[] VisitColumns =
    [
        "call_id", "visit", "queue", "agent", "queued_at", "answered_at", "outcome", "wait_seconds", "talk_seconds", "hold_seconds", "after_call_work_seconds", "transferred",
        "offers", "offers_not_answered", "topic", "segment", "call_received_at", "call_outcome",
    ];

    /// <summary>One line a call; figures of queues are those of its last visit.</summary>
    public Task WriteCallsAsync(CallExport export, TextWriter to, CancellationToken ct) => WriteAsync(export, export.Personal ? CallColumns.Concat(PersonalColumns) : CallColumns, to, (csv, call, texts) =>
    {
        var visit = call.LastVisit;
        csv.Plain(call.Id.ToString()).Plain(call.Direction.ToString()).Plain(call.State.ToString()).Plain(At(call.ReceivedAt)).Plain(At(call.EnteredIvrAt)).Plain(At(call.EndedAt))
            .Plain(call.EndedBy?.ToString()).Text(call.Cause).Plain(call.Outcome?.ToString()).Text(call.Topic).Text(call.Segment).Text(names.Of(call.AgentId)).Number(call.Visits.Count)
            .Text(names.Of(visit?.QueueId)).Plain(At(visit?.QueuedAt)).Plain(At(visit?.AnsweredAt)).Number(Seconds(visit?.WaitMs)).Number(Seconds(visit?.TalkMs))
            .Number(visit?.AnsweredAt is null ? null : Seconds(visit.HoldMs)).Number(Seconds(visit?.WrapUpMs)).Text(call.Disposition).Plain(Flag(call.Resolved));
        if (export.Personal)
        {
            csv.Text(texts(PersonalKinds.Number, call.From)).Text(texts(PersonalKinds.Number, call.To)).Text(texts(PersonalKinds.CustomerNumber, call.CustomerNumber)).Text(texts(PersonalKinds.Text, call.Notes));
        }

        return csv.EndLineAsync();

        string? At(DateTimeOffset? at) => ReportInstants.Write(at, export.Zone);
    }, ct);

    /// <summary>One line a visit, those of a call together. A filter by queue or agent leaves the other visits of its calls out.</summary>
    public Task WriteVisitsAsync(CallExport export, TextWriter to, CancellationToken ct) => WriteAsync(export with { Personal = false }, VisitColumns, to, async (csv, call, _) =>
    {
        foreach (var visit in call.Visits.Where(v => (export.Filter.Queue ?? v.QueueId) == v.QueueId && (export.Filter.Agent is null || export.Filter.Agent == v.AgentId)))
        {
            csv.Plain(call.Id.ToString()).Number(visit.Number).Text(names.Of(visit.QueueId)).Text(names.Of(visit.AgentId)).Plain(At(visit.QueuedAt)).Plain(At(visit.AnsweredAt)).Plain(visit.Outcome?.ToString())
                .Number(Seconds(visit.WaitMs)).Number(Seconds(visit.TalkMs)).Number(visit.AnsweredAt is null ? null : Seconds(visit.HoldMs)).Number(Seconds(visit.WrapUpMs)).Plain(Flag(visit.Transferred))
                .Number(visit.Offers.Count).Number(visit.Offers.Count(offer => offer.Result is OfferResult.Refused or OfferResult.TimedOut or OfferResult.Unreachable))
                .Text(call.Topic).Text(call.Segment).Plain(At(call.ReceivedAt)).Plain(call.Outcome?.ToString());
            await csv.EndLineAsync();
        }

        string? At(DateTimeOffset? at) => ReportInstants.Write(at, export.Zone);
    }, ct);

    private async Task WriteAsync(CallExport export, IEnumerable<string> columns, TextWriter to, Func<CsvWriter, CallView, Func<string, string?, string?>, Task> write, CancellationToken ct)
    {
        var csv = new CsvWriter(to);
        foreach (var column in columns)
        {
            csv.Plain(column);
        }

        await csv.EndLineAsync();
        for (string? after = null; ;)
        {
            var page = await calls.PageAsync(export.Filter, CallsAtOnce, after, ct);
            var texts = export.Personal ? await reveal([.. page.Nodes.SelectMany(TextsOf)], ct) : null;
            foreach (var call in page.Nodes)
            {
                await write(csv, call, (kind, text) => string.IsNullOrEmpty(text) || texts is null ? null : texts[new PersonalText(call.Id, kind, text)]);
            }

            await to.FlushAsync(ct);
            if (!page.HasNext)
            {
                return;
            }

            after = page.Cursors[^1];
        }
    }

    private static IEnumerable<PersonalText> TextsOf(CallView call) => new[]
    {
        (PersonalKinds.Number, call.From), (PersonalKinds.Number, call.To), (PersonalKinds.CustomerNumber, call.CustomerNumber), (PersonalKinds.Text, call.Notes),
    }.Where(text => !string.IsNullOrEmpty(text.Item2)).Select(text => new PersonalText(call.Id, text.Item1, text.Item2!));

    private static double? Seconds(long? milliseconds) => milliseconds / 1000.0;

    private static string? Flag(bool? flag) => flag switch { true => "true", false => "false", null => null };
}
