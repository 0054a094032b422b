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

    private async Task<Loaded<TState>> FoldAsync<TState>(Aggregate<TState> aggregate, Guid streamId, string sql, object[] values, CancellationToken ct)
    {
        var loaded = new Loaded<TState>(aggregate.Initial, 0, 0);
        await using (var connection = await dataSource.OpenConnectionAsync(ct))
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await command.PrepareAsync(ct);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var unread = false;
            while (!unread && await reader.ReadAsync(ct))
            {
                var version = reader.GetInt64(0);
                var json = reader.GetFieldValue<byte[]>(2);
                if (reader.IsDBNull(1))
                {
                    loaded = new Loaded<TState>(SnapshotStore.Read<TState>(version, json), version, version);
                    continue;
                }

                var data = Read(reader.GetString(1), json);
                unread = data is null;
                loaded = new Loaded<TState>(unread ? loaded.State : aggregate.Evolve(loaded.State, data!), version, loaded.SnapshotVersion);
            }

            if (!unread)
            {
                return loaded;
            }
        }

        throw await ReasonAsync(streamId, loaded.Version, ct);
    }

    private object? Read(string type, byte[] json)
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
}
