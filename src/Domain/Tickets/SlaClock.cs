using CallCenter.Domain.Calendars;

namespace CallCenter.Domain.Tickets;

/// <summary>A ticket's clock as it stands at the event that tells it. It runs from there on, or stands still.</summary>
/// <param name="CalendarId">By whose open hours it runs; null: round the clock.</param>
/// <param name="ResponseSeconds">The promise of an answer; null for none.</param>
/// <param name="ResolutionSeconds">The promise of a solution; null for none.</param>
/// <param name="UsedMs">What has passed of it, in open milliseconds.</param>
/// <param name="IsRunning">False while the ticket is pending, solved or closed.</param>
/// <param name="ResponseDueAt">When an answer is due; null when none is, or the clock stands still.</param>
/// <param name="DueAt">When the solution is due; null when none is, or the clock stands still.</param>
public sealed record SlaClock(Guid? CalendarId, int? ResponseSeconds, int? ResolutionSeconds, long UsedMs, bool IsRunning, DateTimeOffset? ResponseDueAt, DateTimeOffset? DueAt)
{
    public static readonly SlaClock None = new(null, null, null, 0, IsRunning: false, null, null);

    /// <summary>The same, standing still: nothing is due.</summary>
    public SlaClock Stopped() => this with { IsRunning = false, ResponseDueAt = null, DueAt = null };
}

/// <summary>What promises are measured by: the policy, and every calendar that it or a ticket's clock names.</summary>
public sealed record SlaTerms(SlaSettings Settings, IReadOnlyDictionary<Guid, BusinessCalendar> Calendars)
{
    /// <summary>Open time between two instants. A calendar that is not there is open always.</summary>
    public TimeSpan Between(Guid? calendarId, DateTimeOffset from, DateTimeOffset to) =>
        Calendar(calendarId) is { } calendar ? calendar.Between(from, to)
        : to > from ? to - from
        : TimeSpan.Zero;

    /// <summary>What a clock shows at an instant, in open milliseconds.</summary>
    public long Used(SlaClock clock, DateTimeOffset since, DateTimeOffset at) =>
        clock.IsRunning ? clock.UsedMs + (long)Between(clock.CalendarId, since, at).TotalMilliseconds : clock.UsedMs;

    /// <summary>The clock that runs from an instant on, as the policy has it for this priority and segment.</summary>
    /// <param name="isAnswered">Whether the customer has had an answer: then none is due.</param>
    /// <param name="before">The clock as it ran until then: what was due by it stays so, where nothing is left.</param>
    public SlaClock Run(TicketPriority priority, string? segment, long usedMs, bool isAnswered, DateTimeOffset at, SlaClock? before = null)
    {
        var target = Settings.Of(priority, segment);
        return new SlaClock(
            Settings.CalendarId, target?.ResponseSeconds, target?.ResolutionSeconds, usedMs, IsRunning: true,
            isAnswered ? null : Due(target?.ResponseSeconds, before?.ResponseDueAt), Due(target?.ResolutionSeconds, before?.DueAt));

        DateTimeOffset? Due(int? seconds, DateTimeOffset? wasDue) => seconds is not { } promised ? null
            : Left(promised) <= TimeSpan.Zero ? (wasDue < at ? wasDue : at)
            : Calendar(Settings.CalendarId) is { } calendar ? calendar.Add(at, Left(promised))
            : at + Left(promised);

        TimeSpan Left(int promised) => TimeSpan.FromMilliseconds((promised * 1_000L) - usedMs);
    }

    private BusinessCalendar? Calendar(Guid? id) => id is { } known ? Calendars.GetValueOrDefault(known) : null;
}
