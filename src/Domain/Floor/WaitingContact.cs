using System.Collections.ObjectModel;

using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Floor;

/// <summary>A contact that waits in a queue.</summary>
/// <param name="QueuedAt">When it entered the queue.</param>
public sealed record WaitingContact(Guid ContactId, Guid QueueId, DateTimeOffset QueuedAt)
{
    /// <summary>Seconds by which it ranks as if already waiting.</summary>
    public int HeadStartSeconds { get; init; }

    /// <summary>Points of its own, beside those of queue and segment.</summary>
    public int Priority { get; init; }

    /// <summary>Customer segment; null when it is not known.</summary>
    public string? Segment { get; init; }

    /// <summary>Skills that it needs beside those of its queue.</summary>
    public IReadOnlyList<SkillNeed> Needs { get; init; } = [];

    /// <summary>The agent whom it is for; null for any.</summary>
    public Guid? NamedAgentId { get; init; }

    /// <summary>How long it waits for that agent, while the agent is there and ready; null for ever, whatever the agent does.</summary>
    public int? NamedPatienceSeconds { get; init; }

    /// <summary>Who served this customer last; null when that is not known.</summary>
    public Guid? LastAgentId { get; init; }

    /// <summary>How often each agent has not answered this very contact.</summary>
    public IReadOnlyDictionary<Guid, int> Missed { get; init; } = ReadOnlyDictionary<Guid, int>.Empty;

    /// <summary>How often it has overflowed from a queue.</summary>
    public int Overflows { get; init; }

    /// <summary>Seconds waited at an instant, never negative.</summary>
    public double WaitedSeconds(DateTimeOffset at) => Math.Max(0, (at - QueuedAt).TotalSeconds);
}
