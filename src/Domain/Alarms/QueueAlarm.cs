using System.Diagnostics;

namespace CallCenter.Domain.Alarms;

/// <summary>What a queue may come to before somebody is told. What is null is not watched.</summary>
public sealed record AlarmThresholds
{
    /// <summary>The caller who waits longest, s; 1 up.</summary>
    public int? WaitSeconds { get; init; }

    /// <summary>Callers who wait; 1 up.</summary>
    public int? Waiting { get; init; }

    /// <summary>Share of the contacts of the last quarter of an hour that were answered within <see cref="ServiceLevelSeconds"/>, in percent, 1 to 100: below it is an alarm.</summary>
    public int? ServiceLevelPercent { get; init; }

    /// <summary>1 to 3600 s.</summary>
    public int ServiceLevelSeconds { get; init; } = 20;

    /// <summary>Whether it is an alarm that no agent of the queue is signed in.</summary>
    public bool NobodySignedIn { get; init; }

    /// <summary>What is wrong with it, for people; null when nothing is.</summary>
    internal string? Fault => this switch
    {
        { WaitSeconds: < 1 } => $"A wait is 1 s or more, not {WaitSeconds}.",
        { Waiting: < 1 } => $"A length is 1 or more, not {Waiting}.",
        { ServiceLevelPercent: < 1 or > 100 } => $"A service level is 1 to 100 percent, not {ServiceLevelPercent}.",
        { ServiceLevelSeconds: < 1 or > 3600 } => $"A service level counts answers within 1 to 3600 s, not {ServiceLevelSeconds}.",
        _ => null,
    };
}

public enum AlarmKind { Wait, Waiting, ServiceLevel, NobodySignedIn }

/// <summary>A queue at an instant.</summary>
/// <param name="LongestWaitSeconds">0 when nobody waits.</param>
/// <param name="ServiceLevelPercent">Null when nothing was answered or abandoned lately.</param>
public sealed record QueueFigures(Guid QueueId, int Waiting, double LongestWaitSeconds, double? ServiceLevelPercent, int SignedIn);

/// <summary>An event of one queue's alarms; their stream is not the queue's own.</summary>
public abstract record AlarmEvent(Guid QueueId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>What is watched from now on.</summary>
public sealed record AlarmsConfigured(Guid QueueId, AlarmThresholds Thresholds, DateTimeOffset OccurredAt) : AlarmEvent(QueueId, OccurredAt);

/// <param name="Value">What the queue has come to.</param>
/// <param name="Threshold">What it should not have come to.</param>
public sealed record AlarmRaised(Guid QueueId, AlarmKind Kind, double Value, double Threshold, DateTimeOffset OccurredAt) : AlarmEvent(QueueId, OccurredAt);

public sealed record AlarmCleared(Guid QueueId, AlarmKind Kind, DateTimeOffset OccurredAt) : AlarmEvent(QueueId, OccurredAt);

public abstract record AlarmCommand(DateTimeOffset At);

public sealed record ConfigureAlarms(Guid QueueId, AlarmThresholds Thresholds, DateTimeOffset At) : AlarmCommand(At);

public sealed record ObserveQueue(QueueFigures Figures, DateTimeOffset At) : AlarmCommand(At);

/// <summary>What is watched of one queue, and what is wrong with it now.</summary>
public sealed record QueueAlarms(Guid QueueId, AlarmThresholds Thresholds, IReadOnlyDictionary<AlarmKind, AlarmRaised> Raised, DateTimeOffset LastAt)
{
    public const string StreamType = "alarm";

    public static readonly QueueAlarms Initial = new(Guid.Empty, new AlarmThresholds(), new Dictionary<AlarmKind, AlarmRaised>(), DateTimeOffset.MinValue);

    private static readonly Guid Space = new("7d0c9f1a-5a5e-5d0b-8f64-1f0b6a3c2e11");

    /// <summary>The stream of a queue's alarms.</summary>
    public static Guid IdOf(Guid queue) => NameBasedGuid.Of(Space, queue.ToString());

    /// <summary>Total over the events of a queue's alarms.</summary>
    public static QueueAlarms Evolve(QueueAlarms alarms, AlarmEvent @event)
    {
        var next = alarms with { QueueId = @event.QueueId, LastAt = @event.OccurredAt };
        return @event switch
        {
            AlarmsConfigured e => next with { Thresholds = e.Thresholds },
            AlarmRaised e => next with { Raised = new Dictionary<AlarmKind, AlarmRaised>(alarms.Raised) { [e.Kind] = e } },
            AlarmCleared e => next with { Raised = alarms.Raised.Where(raised => raised.Key != e.Kind).ToDictionary() },
            _ => throw new UnreachableException($"QueueAlarms does not evolve {@event.GetType().Name}."),
        };
    }
}
