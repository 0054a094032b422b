using System.Diagnostics;

namespace CallCenter.Domain.Reports;

/// <summary>An event of one scheduled report's stream.</summary>
public abstract record ReportEvent(Guid ReportId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>The report is new, or is as this from now on.</summary>
/// <param name="By">User name.</param>
public sealed record ReportScheduled(Guid ReportId, ReportSchedule Schedule, DateTimeOffset OccurredAt, string? By = null) : ReportEvent(ReportId, OccurredAt);

/// <summary>The mail server has taken it for one recipient.</summary>
/// <param name="DueAt">When it was due.</param>
public sealed record ReportMailed(Guid ReportId, DateTimeOffset DueAt, string Recipient, DateTimeOffset OccurredAt) : ReportEvent(ReportId, OccurredAt);

/// <summary>What was due then is done with: nobody tries any more.</summary>
/// <param name="Failure">Why somebody did not get it; null when all did.</param>
public sealed record ReportFinished(Guid ReportId, DateTimeOffset DueAt, string? Failure, DateTimeOffset OccurredAt) : ReportEvent(ReportId, OccurredAt);

/// <param name="By">User name.</param>
public sealed record ReportCancelled(Guid ReportId, DateTimeOffset OccurredAt, string? By = null) : ReportEvent(ReportId, OccurredAt);

public abstract record ReportCommand(DateTimeOffset At);

public sealed record ScheduleReport(Guid ReportId, ReportSchedule Schedule, DateTimeOffset At, string? By = null) : ReportCommand(At);

public sealed record CancelReport(DateTimeOffset At, string? By = null) : ReportCommand(At);

public sealed record NoteReportMailed(DateTimeOffset DueAt, string Recipient, DateTimeOffset At) : ReportCommand(At);

public sealed record FinishReport(DateTimeOffset DueAt, string? Failure, DateTimeOffset At) : ReportCommand(At);

/// <summary>State of one scheduled report.</summary>
/// <param name="Schedule">Null before the first event.</param>
/// <param name="After">What was due until then is done with, or was due before the schedule was as it is.</param>
/// <param name="Mailed">Who has got what is due now.</param>
public sealed record Report(Guid Id, ReportSchedule? Schedule, DateTimeOffset After, IReadOnlyList<string> Mailed, DateTimeOffset LastAt)
{
    public const string StreamType = "report";

    public static readonly Report Initial = new(Guid.Empty, null, DateTimeOffset.MinValue, [], DateTimeOffset.MinValue);

    public string? ScheduledBy { get; init; }

    public bool IsCancelled { get; init; }

    /// <summary>When it was due last, of what is done with; null before that.</summary>
    public DateTimeOffset? LastDueAt { get; init; }

    /// <summary>Why somebody did not get that; null when all did.</summary>
    public string? Failure { get; init; }

    /// <summary>When it is due next, or has been; null once it is cancelled.</summary>
    public DateTimeOffset? NextAt => Schedule is null || IsCancelled ? null : Schedule.NextAfter(After);

    /// <summary>Total over the events of a report.</summary>
    public static Report Evolve(Report report, ReportEvent @event)
    {
        var next = report with { LastAt = @event.OccurredAt };
        return @event switch
        {
            ReportScheduled e => next with { Id = e.ReportId, Schedule = e.Schedule, ScheduledBy = e.By, After = e.OccurredAt, Mailed = [] },
            ReportMailed e => next with { Mailed = [.. report.Mailed, e.Recipient] },
            ReportFinished e => next with { After = e.DueAt, LastDueAt = e.DueAt, Failure = e.Failure, Mailed = [] },
            ReportCancelled => next with { IsCancelled = true },
            _ => throw new UnreachableException($"Report does not evolve {@event.GetType().Name}."),
        };
    }
}
