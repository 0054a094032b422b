namespace CallCenter.Domain.Tickets;

/// <summary>What customers are promised of tickets.</summary>
/// <param name="CalendarId">By whose open hours the clocks run; null: round the clock.</param>
/// <param name="Targets">How soon, by priority and segment. A ticket goes by the line of its segment, else by that for all; without a line it has no clock.</param>
/// <param name="ReopenDays">So long after its resolution a ticket may be reopened, 0 to 365; then it is closed.</param>
public sealed record SlaSettings(Guid? CalendarId, IReadOnlyList<SlaTarget> Targets, int ReopenDays = 7)
{
    /// <summary>What holds as long as nothing is configured.</summary>
    public static SlaSettings Default { get; } = new(
        null,
        [
            new SlaTarget(TicketPriority.Urgent, null, 15 * 60, 4 * 3_600), new SlaTarget(TicketPriority.High, null, 3_600, 8 * 3_600),
            new SlaTarget(TicketPriority.Normal, null, 4 * 3_600, 24 * 3_600), new SlaTarget(TicketPriority.Low, null, 8 * 3_600, 72 * 3_600),
        ]);

    /// <summary>The line for a ticket; null when there is none.</summary>
    public SlaTarget? Of(TicketPriority priority, string? segment) =>
        Targets.FirstOrDefault(target => target.Priority == priority && target.Segment is not null && target.Segment == segment)
        ?? Targets.FirstOrDefault(target => target.Priority == priority && target.Segment is null);

    /// <summary>What is wrong with it, for people; null when nothing is.</summary>
    internal string? Fault => this switch
    {
        { ReopenDays: < 0 or > 365 } => $"A ticket may be reopened for 0 to 365 days, not {ReopenDays}.",
        _ when Targets.FirstOrDefault(target => target.Segment is { } segment && string.IsNullOrWhiteSpace(segment)) is not null => "A segment has a name; without one the target is for all.",
        _ when Targets.FirstOrDefault(target => target is { ResponseSeconds: null, ResolutionSeconds: null }) is { } empty => $"The target of {empty.Name} has no time.",
        _ when Targets.FirstOrDefault(target => IsOutside(target.ResponseSeconds) || IsOutside(target.ResolutionSeconds)) is { } far =>
            $"The target of {far.Name} is not 1 to {SlaTarget.Longest} s.",
        _ when Targets.GroupBy(target => (target.Priority, target.Segment)).FirstOrDefault(same => same.Count() > 1) is { } twice => $"There are two targets of {twice.First().Name}.",
        _ => null,
    };

    private static bool IsOutside(int? seconds) => seconds is < 1 or > SlaTarget.Longest;
}

/// <summary>How soon tickets of one priority are to be answered and solved, in open seconds.</summary>
/// <param name="Segment">Of whose customers; null: of all.</param>
/// <param name="ResponseSeconds">Until somebody has answered the customer, 1 to <see cref="Longest"/>; null: no promise.</param>
/// <param name="ResolutionSeconds">Until it is solved, 1 to <see cref="Longest"/>; null: no promise.</param>
public sealed record SlaTarget(TicketPriority Priority, string? Segment, int? ResponseSeconds, int? ResolutionSeconds)
{
    /// <summary>A year of open hours.</summary>
    public const int Longest = 366 * 86_400;

    internal string Name => Segment is null ? $"{Priority}" : $"{Priority}, {Segment}";
}
