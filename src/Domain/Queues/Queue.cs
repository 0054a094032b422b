using System.Diagnostics;

namespace CallCenter.Domain.Queues;

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
