using System.Diagnostics;

namespace CallCenter.Domain.Queues;

/// <summary>What a supervisor may set on a queue.</summary>
/// <param name="Number">The dialled number that leads here; null for a queue that is known only from history.</param>
/// <param name="RingSeconds">How long an agent's phone rings before the next one is tried, 1..300.</param>
/// <param name="WrapUpSeconds">Longest wrap-up after a call, 0..3600; 0 means none.</param>
/// <param name="ShortAbandonSeconds">Who leaves within so many seconds counts as a short abandon (KPI.md), 0..300.</param>
public sealed record QueueSettings(string Name, string? Number, int RingSeconds = 15, int WrapUpSeconds = 30, int ShortAbandonSeconds = 5)
{
    /// <summary>Whether its calls are recorded, from an agent's answer to the end.</summary>
    public bool Record { get; init; }

    /// <summary>The key by which a waiting caller asks to be called back, one of 0 to 9, * and #; null: none.</summary>
    public string? CallbackKey { get; init; }

    /// <summary>The key by which a waiting caller leaves a message instead, one of 0 to 9, * and #; null: none.</summary>
    public string? VoicemailKey { get; init; }
}

public abstract record QueueEvent(Guid QueueId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

public sealed record QueueCreated(Guid QueueId, QueueSettings Settings, DateTimeOffset OccurredAt) : QueueEvent(QueueId, OccurredAt);

/// <summary>The queue's settings as they are from now on.</summary>
public sealed record QueueChanged(Guid QueueId, QueueSettings Settings, DateTimeOffset OccurredAt) : QueueEvent(QueueId, OccurredAt);

public abstract record QueueCommand(DateTimeOffset At);

public sealed record CreateQueue(Guid QueueId, QueueSettings Settings, DateTimeOffset At) : QueueCommand(At);

public sealed record ChangeQueue(QueueSettings Settings, DateTimeOffset At) : QueueCommand(At);

/// <summary>State of one queue's configuration. Who waits in it is told by the calls.</summary>
public sealed record Queue(Guid Id, QueueSettings Settings, DateTimeOffset LastAt)
{
    public const string StreamType = "queue";

    public static readonly Queue Initial = new(Guid.Empty, new QueueSettings("", null), DateTimeOffset.MinValue);

    public bool Exists => Id != Guid.Empty;

    /// <summary>Total over the events of a queue.</summary>
    public static Queue Evolve(Queue queue, QueueEvent @event) => @event switch
    {
        QueueCreated e => new Queue(e.QueueId, e.Settings, e.OccurredAt),
        QueueChanged e => queue with { Settings = e.Settings, LastAt = e.OccurredAt },
        _ => throw new UnreachableException($"Queue does not evolve {@event.GetType().Name}."),
    };
}
