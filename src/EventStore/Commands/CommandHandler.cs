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
    public async Task<CommandResult<TState>> HandleAsync<TState>(
        Aggregate<TState> aggregate, Guid streamId, Func<TState, IReadOnlyList<EventData>> decide, EventMetadata metadata, CancellationToken ct = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stream = await store.FetchStreamAsync(streamId, ct: ct);
            var state = aggregate.Fold(aggregate.Initial, stream.Select(stored => stored.Data));
            var version = stream.Count == 0 ? 0 : stream[^1].Version;
            var events = decide(state);
            if (events.Count == 0)
            {
                return new CommandResult<TState>(state, version, 0, []);
            }

            try
            {
                var appended = await store.AppendAsync(new StreamAppend(streamId, aggregate.StreamType, ExpectedVersion.Exact(version), events), metadata, ct);
                return new CommandResult<TState>(aggregate.Fold(state, events.Select(data => data.Data)), appended.Version, appended.LastPosition, events);
            }
            catch (WrongExpectedVersionException) when (attempt < Attempts)
            {
                // Decide again on what the other writer left.
            }
        }
    }
}
