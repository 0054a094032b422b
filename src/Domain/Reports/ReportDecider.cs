using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Reports.ReportEvent>;

namespace CallCenter.Domain.Reports;

/// <summary>What happens to a scheduled report.</summary>
public static class ReportDecider
{
    public static Decision<ReportEvent> Decide(ReportCommand command, Report report)
    {
        var at = command.At.NotBefore(report.LastAt);
        return command switch
        {
            ScheduleReport { Schedule.Fault: { } fault } => Refuse("REPORT_SCHEDULE", fault),
            ScheduleReport when report.IsCancelled => Refuse("REPORT_CANCELLED", "The report is cancelled; schedule a new one."),
            ScheduleReport c => Accept(new ReportScheduled(c.ReportId, c.Schedule, at, c.By)),
            _ when report.Schedule is null => Refuse("REPORT_NOT_FOUND", "There is no such report."),
            CancelReport when report.IsCancelled => Accept(),
            CancelReport c => Accept(new ReportCancelled(report.Id, at, c.By)),
            NoteReportMailed c when c.DueAt != report.NextAt || report.Mailed.Contains(c.Recipient, StringComparer.Ordinal) => Accept(),
            NoteReportMailed c => Accept(new ReportMailed(report.Id, c.DueAt, c.Recipient, at)),
            FinishReport c when c.DueAt != report.NextAt => Accept(),
            FinishReport c => Accept(new ReportFinished(report.Id, c.DueAt, c.Failure, at)),
            _ => throw new UnreachableException($"Report does not decide {command.GetType().Name}."),
        };
    }
}
