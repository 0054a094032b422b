namespace CallCenter.EventStore;

/// <summary>A stream whose owner keeps its state in memory between commands, as a live call does: a command costs one round trip, the append.</summary>
/// <remarks>Commands are handled one after another. When somebody else wrote to the stream, it is caught up with and the command is decided again.</remarks>
public sealed class LiveAggregate<TState>(PostgresEventStore store, Aggregate<TState> aggregate, Guid streamId) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _current;

    /// <summary>The state after the last handled command; the initial one before the first.</summary>
    public TState State { get; private set; } = aggregate.Initial;

    /// <summary>The stream's version that <see cref="State"/> stands for.</summary>
    public long Version { get; private set; }

    /// <summary>The stream.</summary>
    public Guid StreamId { get; } = streamId;

    /// <summary>An aggregate whose stream the caller knows to be new: its first command is not preceded by a read.</summary>
    public static LiveAggregate<TState> New(PostgresEventStore store, Aggregate<TState> aggregate, Guid streamId) => new(store, aggregate, streamId) { _current = true };

    /// <inheritdoc cref="CommandHandler.HandleAsync"/>
    public async Task<CommandResult<TState>> HandleAsync(Func<TState, IReadOnlyList<EventData>> decide, EventMetadata metadata, CancellationToken ct = default)
    {
        await _turn.WaitAsync(ct);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                await CatchUpAsync(ct);
                var events = decide(State);
                if (events.Count == 0)
                {
                    return new CommandResult<TState>(State, Version, 0, []);
                }

                // Until the answer is here the memory may be behind the stream: whatever goes wrong, the next command reads first.
                _current = false;
                try
                {
                    var appended = await store.AppendAsync(new StreamAppend(StreamId, aggregate.StreamType, ExpectedVersion.Exact(Version), events), metadata, ct);
                    State = aggregate.Fold(State, events.Select(data => data.Data));
                    Version = appended.Version;
                    _current = true;
                    return new CommandResult<TState>(State, Version, appended.LastPosition, events);
                }
                catch (WrongExpectedVersionException) when (attempt < CommandHandler.Attempts)
                {
                    // The next round catches up and decides again.
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task CatchUpAsync(CancellationToken ct)
    {
        if (_current)
        {
            return;
        }

        foreach (var stored in await store.FetchStreamAsync(StreamId, Version, ct))
        {
            State = aggregate.Evolve(State, stored.Data);
            Version = stored.Version;
        }

        _current = true;
    }
}
