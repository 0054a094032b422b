namespace CallCenter.EventStore;

/// <summary>Handles commands: load, decide, append with the expected version.</summary>
public sealed class CommandHandler(PostgresEventStore store)
{
    // Each round loses only to a writer who won: ten in a row mean that the stream is no place for this command.
    internal const int Attempts = 10;

    /// <summary>Decides on a stream's present state and appends what was decided.</summary>
    /// <param name="aggregate">How the stream becomes a state.</param>
    /// <param name="streamId">The stream, which may not exist yet.</param>
    /// <param name="decide">Pure, because it is asked again on the new state when another writer came first. No events: nothing is appended. Its exceptions pass through.</param>
    /// <param name="metadata">Kept beside the events.</param>
    /// <param name="ct">Ends the wait; see <see cref="PostgresEventStore.AppendAsync(StreamAppend, EventMetadata, CancellationToken)"/>.</param>
    /// <exception cref="WrongExpectedVersionException">Other writers came first ten times in a row.</exception>
    /// <exception cref="UnknownEventTypeException">The stream holds an event that nobody here knows: nothing is decided on half a state.</exception>
    /// <exception cref="UnreadableEventException">The stream holds an event that does not fit its type.</exception>
    public async Task<CommandResult<TState>> HandleAsync<TState>(
        Aggregate<TState> aggregate, Guid streamId, Func<TState, IReadOnlyList<EventData>> decide, EventMetadata metadata, CancellationToken ct = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            var loaded = await store.States.LoadAsync(aggregate, streamId, ct);
            var events = decide(loaded.State);
            if (events.Count == 0)
            {
                return new CommandResult<TState>(loaded.State, loaded.Version, 0, []);
            }

            try
            {
                var append = new StreamAppend(streamId, aggregate.StreamType, ExpectedVersion.Exact(loaded.Version), events);
                var appended = await store.AppendAsync(append, metadata, ct);
                if (appended.Version != loaded.Version + events.Count)
                {
                    // Decided and stored before, under the same event ids: the state that was loaded holds it.
                    return new CommandResult<TState>(loaded.State, loaded.Version, appended.LastPosition, events);
                }

                var state = aggregate.Fold(loaded.State, events.Select(data => data.Data));
                var snapshot = loaded.SnapshotVersion;
                if (aggregate.Snapshots is { } policy && appended.Version - snapshot >= policy.Every)
                {
                    await store.Snapshots.SaveAsync(policy, streamId, appended.Version, state);
                    snapshot = appended.Version;
                }

                store.States.Keep(aggregate, streamId, new(state, appended.Version, snapshot), events[^1].Id);
                return new CommandResult<TState>(state, appended.Version, appended.LastPosition, events);
            }
            catch (WrongExpectedVersionException) when (attempt < Attempts)
            {
                // Decide again on what the other writer left.
            }
        }
    }
}
