using System.Runtime.CompilerServices;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Folds a stream into a state as its events come from the server: one statement, so one round trip and one view of the stream.</summary>
/// <remarks>It reads what folding needs and no more: no position, no metadata, no stream's row.</remarks>
internal sealed class StateReader(NpgsqlDataSource dataSource, EventTypes types, SnapshotStore snapshots, EventReader events)
{
    internal const string All = "select e.version, e.type, e.data from public.mt_events e where e.stream_id = $1 and e.version <= $2 order by e.version";

    // What was recorded up to an instant, but never an event without all before it: clocks of two writers may differ.
    internal const string UntilInstant = """
        select e.version, e.type, e.data from public.mt_events e
        where e.stream_id = $1 and e.version <= $2
          and e.version < coalesce((select min(l.version) from public.mt_events l where l.stream_id = $1 and l.timestamp > $3), 9223372036854775807)
        order by e.version
        """;

    // The kept state comes first, with no type, and the events after it. One whose version the stream has not got stands for another history, as after a restore.
    internal const string AfterSnapshot = """
        with kept as materialized (
            select s.version, s.state from callcenter.snapshots s
            where s.stream_id = $1 and s.name = $3 and s.shape = $4 and s.version <= $2
              and exists (select from public.mt_events e where e.stream_id = $1 and e.version = s.version))
        select version, null::varchar, state from kept
        union all
        select e.version, e.type, e.data from public.mt_events e
        where e.stream_id = $1 and e.version <= $2 and e.version > coalesce((select version from kept), 0)
        order by 1
        """;

    // The event that a state in memory ends with, for its id, and those after it.
    internal const string AfterKept = """
        select e.version, e.type, case when e.version > $2 then e.data end, e.id
        from public.mt_events e where e.stream_id = $1 and e.version >= $2 order by e.version
        """;

    private readonly ConditionalWeakTable<object, object> _caches = [];

    /// <summary>The present state, and the version of the snapshot that it was folded from (0: from none).</summary>
    public Task<Loaded<TState>> LoadAsync<TState>(Aggregate<TState> aggregate, Guid streamId, CancellationToken ct) =>
        LoadAsync(aggregate, streamId, version: null, timestamp: null, ct);

    public async Task<Loaded<TState>> LoadAsync<TState>(Aggregate<TState> aggregate, Guid streamId, long? version, DateTimeOffset? timestamp, CancellationToken ct)
    {
        var last = version ?? long.MaxValue;
        if (timestamp is { } at)
        {
            return await FoldAsync(aggregate, streamId, UntilInstant, [streamId, last, at.UtcDateTime], ct);
        }

        if (version is null && aggregate.InMemory > 0 && await LoadKeptAsync(aggregate, streamId, ct) is { } kept)
        {
            return kept;
        }

        if (aggregate.Snapshots is { } policy)
        {
            try
            {
                return await FoldAsync(aggregate, streamId, AfterSnapshot, [streamId, last, policy.Name, policy.Shape], ct);
            }
            catch (UnreadableSnapshotException exception)
            {
                snapshots.NotRead(policy, streamId, exception);
            }
        }

        return await FoldAsync(aggregate, streamId, All, [streamId, last], ct);
    }

    /// <summary>Keeps the state that a command led to, if its aggregate's states stay in memory.</summary>
    public void Keep<TState>(Aggregate<TState> aggregate, Guid streamId, Loaded<TState> loaded, Guid lastEventId)
    {
        if (aggregate.InMemory > 0)
        {
            Cache(aggregate).Keep(streamId, new StateCache<TState>.Kept(loaded, lastEventId));
        }
    }

    private StateCache<TState> Cache<TState>(Aggregate<TState> aggregate) => (StateCache<TState>)_caches.GetValue(aggregate, _ => new StateCache<TState>(aggregate.InMemory));

    // Null when there is no state in memory but may be a snapshot, or when what is in memory is not of this stream any more.
    private async Task<Loaded<TState>?> LoadKeptAsync<TState>(Aggregate<TState> aggregate, Guid streamId, CancellationToken ct)
    {
        var kept = Cache(aggregate).Find(streamId);
        if (kept is null && aggregate.Snapshots is not null)
        {
            return null;
        }

        var fold = new Fold<TState>(aggregate, kept?.Loaded ?? new Loaded<TState>(aggregate.Initial, 0, 0));
        var lastEventId = Guid.Empty;
        var proved = kept is null;
        await using (var connection = await dataSource.OpenConnectionAsync(ct))
        {
            await using var command = await PreparedAsync(connection, AfterKept, [streamId, fold.Loaded.Version], ct);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (!fold.Stuck && await reader.ReadAsync(ct))
            {
                lastEventId = reader.GetGuid(3);
                if (proved)
                {
                    fold.Take(reader, types);
                }
                else if (reader.GetInt64(0) == kept!.Loaded.Version && lastEventId == kept.LastEventId)
                {
                    proved = true;
                }
                else
                {
                    return null;
                }
            }
        }

        if (proved && lastEventId != Guid.Empty && !fold.Stuck)
        {
            Keep(aggregate, streamId, fold.Loaded, lastEventId);
        }

        return proved ? await ResultAsync(fold, streamId, ct) : null;
    }

    private async Task<Loaded<TState>> FoldAsync<TState>(Aggregate<TState> aggregate, Guid streamId, string sql, object[] values, CancellationToken ct)
    {
        var fold = new Fold<TState>(aggregate, new Loaded<TState>(aggregate.Initial, 0, 0));
        await using (var connection = await dataSource.OpenConnectionAsync(ct))
        {
            await using var command = await PreparedAsync(connection, sql, values, ct);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (!fold.Stuck && await reader.ReadAsync(ct))
            {
                fold.Take(reader, types);
            }
        }

        return await ResultAsync(fold, streamId, ct);
    }

    private static async Task<NpgsqlCommand> PreparedAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken ct)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.PrepareAsync(ct);
        return command;
    }

    private async Task<Loaded<TState>> ResultAsync<TState>(Fold<TState> fold, Guid streamId, CancellationToken ct) =>
        fold.Stuck ? throw await ReasonAsync(streamId, fold.Loaded.Version, ct) : fold.Loaded;

    private async Task<Exception> ReasonAsync(Guid streamId, long version, CancellationToken ct)
    {
        var stored = (await events.StreamAsync(streamId, version - 1, version, timestamp: null, ct)).Single();
        try
        {
            return new InvalidOperationException($"Event '{stored.Type}' (stream {streamId}, version {version}) could not be read at first, and then as {stored.Data}: its upcaster is not pure.");
        }
        catch (EventStoreException exception)
        {
            return exception;
        }
    }

    /// <param name="SnapshotVersion">Of the snapshot that it was folded from; 0 when from none.</param>
    internal readonly record struct Loaded<TState>(TState State, long Version, long SnapshotVersion);

    /// <summary>Takes rows of version, type and contents, in order.</summary>
    private sealed class Fold<TState>(Aggregate<TState> aggregate, Loaded<TState> from)
    {
        public Loaded<TState> Loaded { get; private set; } = from;

        /// <summary>At an event that cannot be read: the version is its, the state is the one before it.</summary>
        public bool Stuck { get; private set; }

        public void Take(NpgsqlDataReader reader, EventTypes types)
        {
            var version = reader.GetInt64(0);
            var json = reader.GetFieldValue<byte[]>(2);
            if (reader.IsDBNull(1))
            {
                Loaded = new Loaded<TState>(SnapshotStore.Read<TState>(version, json), version, version);
                return;
            }

            var data = Read(types, reader.GetString(1), json);
            Stuck = data is null;
            Loaded = Loaded with { Version = version, State = Stuck ? Loaded.State : aggregate.Evolve(Loaded.State, data!) };
        }

        private static object? Read(EventTypes types, string type, byte[] json)
        {
            try
            {
                return types.Read(type, json);
            }
            catch (Exception)
            {
                // The event is read again, whole, for an error that says which it is and where.
                return null;
            }
        }
    }
}
