namespace CallCenter.EventStore;

/// <summary>How a stream becomes a state.</summary>
/// <param name="StreamType">The streams' type, in snake_case.</param>
/// <param name="Initial">The state before the first event.</param>
/// <param name="Evolve">The state after one more event; total over the events of such streams, and pure: it never changes the state that it is given.</param>
public sealed record Aggregate<TState>(string StreamType, TState Initial, Func<TState, object, TState> Evolve)
{
    /// <summary>Keeps states of long streams, so that loading one reads few events; null, as for short streams, keeps none.</summary>
    public SnapshotPolicy? Snapshots { get; init; }

    /// <summary>
    /// Up to so many states, those used last, stay in memory with each store, so that only later events are read. Every read still asks the database, which proves that the state is of that
    /// stream. States that stay must never change: 0, the default, keeps none.
    /// </summary>
    public int InMemory { get; init; }

    internal TState Fold(TState state, IEnumerable<object> events) => events.Aggregate(state, Evolve);
}

/// <summary>When a state is kept, and which kept states may be used.</summary>
/// <remarks>A kept state is only ever a shortcut. It counts for nothing when it is of another shape, cannot be read, or stands for a version that the stream has not got: then the events do.</remarks>
public sealed record SnapshotPolicy
{
    /// <param name="name">Of this way of folding, one for each: a stream may be folded in several.</param>
    /// <param name="shape">To be raised, from 1 up, whenever the state's type or what is folded into it changes.</param>
    /// <param name="every">After so many events beyond the last kept state a command keeps its own; from 1 up.</param>
    public SnapshotPolicy(string name, int shape, int every)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shape);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        (Name, Shape, Every) = (name, shape, every);
    }

    /// <summary>Of this way of folding.</summary>
    public string Name { get; }

    /// <summary>Of the state; only snapshots of exactly this one are used.</summary>
    public int Shape { get; }

    /// <summary>Events from one snapshot to the next, at least.</summary>
    public int Every { get; }
}

/// <summary>A stream, folded.</summary>
/// <param name="State">The state; the initial one when there is no such stream.</param>
/// <param name="Version">The version that it stands for; 0 when there is no such stream.</param>
public readonly record struct StreamState<TState>(TState State, long Version);

/// <summary>What a command came to.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Version">The stream's version after it.</param>
/// <param name="LastPosition">The global position of its last event; 0 when it led to none.</param>
/// <param name="Events">The events that it led to; may be empty.</param>
public sealed record CommandResult<TState>(TState State, long Version, long LastPosition, IReadOnlyList<EventData> Events);
