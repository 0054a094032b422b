namespace CallCenter.EventStore;

/// <summary>What a projection is doing in this process.</summary>
public enum ProjectionState
{
    /// <summary>Not running: before the start, after the end, or while its database connection is being made again.</summary>
    Stopped,

    /// <summary>Another process leads; this one would take over.</summary>
    Standby,

    /// <summary>Leads: applies events as they come.</summary>
    Leading,

    /// <summary>Stopped at an event that it could not apply.</summary>
    Poisoned,

    /// <summary>Its tables are of an older version; the new ones are being built beside them, here or in another process.</summary>
    Rebuilding,

    /// <summary>Another version's tables have taken the place of its own: it does not run here any more.</summary>
    Superseded,
}

/// <summary>How far a projection's shard is.</summary>
/// <param name="Name">The projection.</param>
/// <param name="Shard"><c>All</c> when it has but one, else <c>shard-0</c> and so on.</param>
/// <param name="State">What it is doing here.</param>
/// <param name="Checkpoint">All its events up to this position are in its tables.</param>
/// <param name="HighWaterMark">The safe mark last seen; the difference is its lag.</param>
/// <param name="PoisonPosition">The position of the event that stopped it.</param>
/// <param name="Error">Why it stopped, or why it is being started again.</param>
public sealed record ProjectionStatus(string Name, string Shard, ProjectionState State, long Checkpoint, long HighWaterMark, long? PoisonPosition, string? Error);

/// <summary>How far a rebuild is.</summary>
/// <param name="Position">Events up to here are in the new tables.</param>
/// <param name="HighWaterMark">The end that it is heading for.</param>
public sealed record RebuildProgress(long Position, long HighWaterMark);

/// <summary>A projection met an event that it cannot apply, and waits there until it is repaired.</summary>
public sealed class ProjectionPoisonedException(string projection, long position, Exception innerException)
    : EventStoreException($"Projection '{projection}' stopped at position {position}: {innerException.Message}", innerException)
{
    /// <summary>The projection.</summary>
    public string Projection { get; } = projection;

    /// <summary>The global position of the event.</summary>
    public long Position { get; } = position;
}

/// <summary>A newer version of a projection, or one divided into other shards, has taken its place, so this one will get no further.</summary>
public sealed class ProjectionSupersededException(string projection, int version)
    : EventStoreException($"Version {version} of projection '{projection}' is superseded: the tables are another version's by now.")
{
    /// <summary>The projection.</summary>
    public string Projection { get; } = projection;
}
