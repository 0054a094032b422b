using CallCenter.Domain.Calendars;
using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Floor;

/// <summary>A queue as it is configured, and what has happened in it lately.</summary>
public sealed record QueueOnFloor(Guid Id, QueueSettings Settings)
{
    /// <summary>That of <see cref="QueueSettings.CalendarId"/>; null for a queue that is always open.</summary>
    public Calendar? Calendar { get; init; }

    /// <summary>Whom the queue has offered a contact last; null before the first.</summary>
    public Guid? LastOffered { get; init; }

    /// <summary>How fast contacts have been taken from it.</summary>
    public QueuePace Pace { get; init; } = QueuePace.Unknown;

    public bool IsOpen(DateTimeOffset at) => Calendar?.IsOpen(at) ?? true;
}
