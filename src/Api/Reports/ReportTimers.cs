using System.Text.Json;

using CallCenter.Domain.Reports;
using CallCenter.EventStore;

namespace CallCenter.Api.Reports;

/// <summary>What a report's timer carries.</summary>
internal sealed record ReportTimer(Guid ReportId, DateTimeOffset DueAt);

/// <summary>Sets the durable timer of each scheduled report for when it is due next. What that is follows from the report's state alone, so that an event handled late or twice does no harm.</summary>
internal sealed class ReportTimers(ReportDesk desk, DurableTimers timers) : ISubscription
{
    public string Name => "report_timers";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(ReportScheduled), typeof(ReportFinished), typeof(ReportCancelled)];

    public SubscriptionStart Start => SubscriptionStart.FromBeginning;

    public async Task HandleAsync(StoredEvent stored, CancellationToken ct)
    {
        var report = await desk.FindAsync(stored.StreamId, ct);
        if (report.NextAt is { } due)
        {
            await timers.ScheduleAsync(new TimerRequest(report.Id, ReportMail.TimerKind, due, JsonSerializer.Serialize(new ReportTimer(report.Id, due))), ct);
        }
        else
        {
            await timers.CancelAsync(report.Id, ct);
        }
    }
}
