using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Finds the highest position up to which nothing can still appear.</summary>
/// <remarks>
/// From a transaction's first <c>nextval</c> to its end PostgreSQL keeps a RowExclusiveLock on the sequence, so the holders of that lock are exactly the
/// transactions that may own an invisible position. The sequence's value is read first and the holders after it: whoever drew a position up to that value
/// is among those holders or has ended, and locks are let go only after the commit is visible. Once all of them have ended, the value is safe.
/// No time-outs, no guessing about gaps: rolled-back positions simply never appear.
/// </remarks>
internal sealed class SafeMark(NpgsqlDataSource dataSource) : IDisposable
{
    private const string Drawn = "select case when is_called then last_value else 0 end from public.mt_events_sequence";

    private const string Holders = """
        select virtualtransaction from pg_locks
        where locktype = 'relation' and mode = 'RowExclusiveLock' and granted and relation = 'public.mt_events_sequence'::regclass
          and database = (select oid from pg_database where datname = current_database())
        """;

    // Looks are taken one after another: holders seen before a candidate's value was read would prove nothing about it.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Candidate? _candidate;
    private long _last;

    /// <summary>The mark as last found; never falls.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>True when the last look saw positions drawn above the mark, by transactions still open then.</summary>
    public bool HeldBack => Volatile.Read(ref _candidate) is not null;

    /// <summary>Looks again and gives the mark, which may still be the old one while an appending transaction is open.</summary>
    public async Task<long> LookAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var (drawn, holders) = await QueryAsync(ct);
            if (holders.Count == 0)
            {
                _candidate = null;
                return Raise(drawn);
            }

            if (_candidate is not { } candidate)
            {
                _candidate = new Candidate(drawn, holders);
            }
            else if (!candidate.Holders.Overlaps(holders))
            {
                Raise(candidate.Drawn);
                _candidate = new Candidate(drawn, holders);
            }

            return Last;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private long Raise(long mark)
    {
        if (mark > _last)
        {
            Interlocked.Exchange(ref _last, mark);
        }

        return _last;
    }

    private async Task<(long Drawn, HashSet<string> Holders)> QueryAsync(CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(Drawn), new(Holders) } };
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var drawn = reader.GetInt64(0);
        await reader.NextResultAsync(ct);
        var holders = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            holders.Add(reader.GetString(0));
        }

        return (drawn, holders);
    }

    private sealed record Candidate(long Drawn, HashSet<string> Holders);
}
