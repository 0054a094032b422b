using Npgsql;

namespace CallCenter.Projections.Recordings;

/// <summary>A recording of a call.</summary>
/// <param name="File">Path below the folder of recordings.</param>
/// <param name="HasEnded">Its file is closed.</param>
/// <param name="Sha256">Of the whole file, in hexadecimal.</param>
/// <param name="Seconds">Pauses included.</param>
/// <param name="Failure">What is missing in it; null when it is whole.</param>
/// <param name="DeletedAt">Null for one that is kept.</param>
public sealed record RecordingView(
    Guid Id, Guid CallId, DateTimeOffset StartedAt, bool IsPaused, string File, bool HasEnded, string? Sha256, double? Seconds, long? Bytes, string? Failure, DateTimeOffset? DeletedAt)
{
    /// <summary>Whether an instant of the call can be heard in it.</summary>
    public bool Holds(DateTimeOffset at) => at >= StartedAt && (at - StartedAt).TotalSeconds <= (Seconds ?? 0);
}

/// <summary>Reads the recordings of calls.</summary>
public sealed class RecordingQueries(NpgsqlDataSource source)
{
    private const string Columns = "select id, call_id, started_at, paused, file, ended, sha256, seconds, bytes, failure, deleted_at from recordings.recordings";

    public async Task<RecordingView?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync($"{Columns} where id = $1", id, cancellationToken)).SingleOrDefault();

    /// <summary>Of each of these calls all recordings, the latest first.</summary>
    public async Task<ILookup<Guid, RecordingView>> OfCallsAsync(IReadOnlyList<Guid> calls, CancellationToken cancellationToken) =>
        (await ReadAsync($"{Columns} where call_id = any ($1) order by started_at desc, id desc", calls.ToArray(), cancellationToken)).ToLookup(recording => recording.CallId);

    /// <summary>Of calls of a queue that have ended, the oldest recordings whose files are kept.</summary>
    /// <param name="queue">Where the call was when the recording began; null for all.</param>
    /// <param name="before">When they began, at the latest.</param>
    /// <param name="most">How many.</param>
    /// <param name="held">Keys of callers whose calls are left out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<(Guid Id, Guid CallId)>> KeptAsync(Guid? queue, DateTimeOffset before, int most, string[] held, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select r.id, r.call_id from recordings.recordings r join calls.calls c on c.id = r.call_id
            where r.ended and r.deleted_at is null and r.started_at < $2 and c.state = 'Ended'
                and ($1::uuid is null or $1 = (select v.queue_id from calls.visits v where v.call_id = r.call_id and v.queued_at <= r.started_at order by v.number desc limit 1))
                and not exists (select from unnest($4) k (key) where k.key in (c.from_key, c.to_key, c.customer_key))
            order by r.started_at limit $3
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = queue ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter { Value = before });
        command.Parameters.Add(new NpgsqlParameter { Value = most });
        command.Parameters.Add(new NpgsqlParameter { Value = held });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var kept = new List<(Guid, Guid)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            kept.Add((reader.GetGuid(0), reader.GetGuid(1)));
        }

        return kept;
    }

    /// <summary>Those whose end nobody has told of: being made now, or cut by a restart.</summary>
    public Task<IReadOnlyList<RecordingView>> OpenAsync(CancellationToken cancellationToken) => ReadAsync($"{Columns} where not ended and $1", true, cancellationToken);

    private async Task<IReadOnlyList<RecordingView>> ReadAsync(string sql, object parameter, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var recordings = new List<RecordingView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            recordings.Add(new RecordingView(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetBoolean(3), reader.GetString(4), reader.GetBoolean(5), reader.Get<string>(6),
                reader.GetOrNull<double>(7), reader.GetOrNull<long>(8), reader.Get<string>(9), reader.GetOrNull<DateTimeOffset>(10)));
        }

        return recordings;
    }
}
