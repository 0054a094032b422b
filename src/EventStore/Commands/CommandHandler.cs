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
    /// <param name="commandId">Made by who sends the command, once: when it was carried out before, nothing is decided, and where its stream ended then is given again, without events.</param>
    /// <param name="ct">Ends the wait; see <see cref="PostgresEventStore.AppendAsync(StreamAppend, EventMetadata, CancellationToken)"/>.</param>
    /// <exception cref="WrongExpectedVersionException">Other writers came first ten times in a row.</exception>
    /// <exception cref="UnknownEventTypeException">The stream holds an event that nobody here knows: nothing is decided on half a state.</exception>
    /// <exception cref="UnreadableEventException">The stream holds an event that does not fit its type.</exception>
    public async Task<CommandResult<TState>> HandleAsync<TState>(
        Aggregate<TState> aggregate, Guid streamId, Func<TState, IReadOnlyList<EventData>> decide, EventMetadata metadata, Guid? commandId = null, CancellationToken ct = default)
    {
        if (commandId is { } id && await store.FindCommandAsync(id, ct) is { } before)
        {
            return await RepeatedAsync(aggregate, streamId, before, ct);
        }

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
                var appended = await AppendAsync(append, metadata, commandId, ct);
                if (appended.StreamId != streamId || (commandId is not null && appended.Duplicate))
                {
                    return await RepeatedAsync(aggregate, streamId, [appended], ct);
                }

                if (appended.Version != loaded.Version + events.Count)
                {
                    // Decided and stored before, under the same event ids: the state that was loaded holds it.
                    return new CommandResult<TState>(loaded.State, loaded.Version, appended.LastPosition, events);
                }

                var state = aggregate.Fold(loaded.State, events.Select(data => data.Data));
                if (events.Any(data => store.Types.PersonalOf(data.Data.GetType()) is not null))
                {
                    // Made of what was said of a person in plain text, which nothing keeps: a state to be kept is read from the stored events.
                    return new CommandResult<TState>(state, appended.Version, appended.LastPosition, events);
                }

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

    private async Task<AppendResult> AppendAsync(StreamAppend append, EventMetadata metadata, Guid? commandId, CancellationToken ct) =>
        commandId is { } id ? (await store.AppendAsync([append], metadata, id, ct))[0] : await store.AppendAsync(append, metadata, ct);

    // The state of then, as the first answer gave it.
    private async Task<CommandResult<TState>> RepeatedAsync<TState>(Aggregate<TState> aggregate, Guid streamId, IReadOnlyList<AppendResult> before, CancellationToken ct)
    {
        var own = before.FirstOrDefault(result => result.StreamId == streamId)
            ?? throw new ArgumentException($"The command was carried out before, on stream {before[0].StreamId} and not on {streamId}.", nameof(streamId));
        var then = await store.AggregateStreamAsync(aggregate, streamId, own.Version, ct: ct);
        return new CommandResult<TState>(then.State, then.Version, own.LastPosition, []);
    }
}
