namespace CallCenter.EventStore;

/// <summary>How a stream becomes a state.</summary>
/// <param name="StreamType">The streams' type, in snake_case.</param>
/// <param name="Initial">The state before the first event.</param>
/// <param name="Evolve">The state after one more event; total over the events of such streams.</param>
public sealed record Aggregate<TState>(string StreamType, TState Initial, Func<TState, object, TState> Evolve)
{
    internal TState Fold(TState state, IEnumerable<object> events) => events.Aggregate(state, Evolve);
}

/// <summary>What a command came to.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Version">The stream's version after it.</param>
/// <param name="LastPosition">The global position of its last event; 0 when it led to none.</param>
/// <param name="Events">The events that it led to; may be empty.</param>
public sealed record CommandResult<TState>(TState State, long Version, long LastPosition, IReadOnlyList<EventData> Events);
