using Npgsql;

namespace CallCenter.Projections.Recordings;

/// <summary>A recording of a call.</summary>
/// <param name="File">Path below the folder of recordings.</param>
/// <param name="HasEnded">Its file is closed.</param>
/// <param name="Sha256">Of the whole file, in hexadecimal.</param>
/// <param name="Seconds">Pauses included.</param>
/// <param name="Failure">What is missing in it; null when it is whole.</param>
public sealed record RecordingView(Guid Id, Guid CallId, DateTimeOffset StartedAt, bool IsPaused, string File, bool HasEnded, string? Sha256, double? Seconds, long? Bytes, string? Failure)
{
    /// <summary>Whether an instant of the call can be heard in it.</summary>
    public bool Holds(DateTimeOffset at) => at >= StartedAt && (at - StartedAt).TotalSeconds <= (Seconds ?? 0);
}

/// <summary>Reads the recordings of calls.</summary>
public sealed class RecordingQueries(NpgsqlDataSource source)
{
    private const string Columns = "select id, call_id, started_at, paused, file, ended, sha256, seconds, bytes, failure from recordings.recordings";

    public async Task<RecordingView?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync($"{Columns} where id = $1", id, cancellationToken)).SingleOrDefault();

    /// <summary>Of each of these calls all recordings, the latest first.</summary>
    public async Task<ILookup<Guid, RecordingView>> OfCallsAsync(IReadOnlyList<Guid> calls, CancellationToken cancellationToken) =>
        (await ReadAsync($"{Columns} where call_id = any ($1) order by started_at desc, id desc", calls.ToArray(), cancellationToken)).ToLookup(recording => recording.CallId);

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
                reader.GetOrNull<double>(7), reader.GetOrNull<long>(8), reader.Get<string>(9)));
        }

        return recordings;
    }
}
