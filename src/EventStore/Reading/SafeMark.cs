using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Finds the highest position up to which nothing can still appear.</summary>
/// <remarks>
/// From a transaction's first <c>nextval</c> to its end PostgreSQL keeps a RowExclusiveLock on the sequence, so the holders of that lock are exactly the
/// transactions that may own an invisible position. The sequence's value is read first and the holders after it: whoever drew a position up to that value
/// is among those holders or has ended, and locks are let go only after the commit is visible. Once all of them have ended, everything up to that value is
/// decided, and the highest event visible to a later statement is the mark. No time-outs, no guessing about gaps: rolled-back positions simply never appear.
/// The mark is an event's position and not the sequence's value, because positions of transactions that did not commit may be drawn again after a crash.
/// </remarks>
internal sealed partial class SafeMark(NpgsqlDataSource dataSource, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>For how long readers wait for a transaction before it is reported, again and again as long as it stays.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const string Drawn = "select case when is_called then last_value else 0 end from public.mt_events_sequence";

    private const string OfTheSequence = """
        l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted and l.relation = 'public.mt_events_sequence'::regclass
        and l.database = (select oid from pg_database where datname = current_database())
        """;

    private const string Holders = $"select l.virtualtransaction from pg_locks l where {OfTheSequence}";

    private const string Report = $"""
        select coalesce(l.pid, 0), coalesce(a.application_name, 'prepared transaction'), coalesce(extract(epoch from now() - a.xact_start), 0)::float8, coalesce(a.state, ''), coalesce(a.query, '')
        from pg_locks l left join pg_stat_activity a on a.pid = l.pid where {OfTheSequence} and l.virtualtransaction = any ($1) order by a.xact_start
        """;

    private const string Visible = "select coalesce(max(seq_id), 0) from public.mt_events";

    // Looks are taken one after another: holders seen before a candidate's value was read would prove nothing about it.
    private readonly SemaphoreSlim _turn = new(1, 1);

    // Always the same connection: that it is still there proves that the server has not crashed since the candidate was taken.
    private NpgsqlConnection? _connection;
    private Candidate? _candidate;
    private long _last;

    /// <summary>The mark as last found; never falls.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>True when the last look saw positions drawn above the mark, by transactions still open then.</summary>
    public bool HeldBack => Volatile.Read(ref _candidate) is not null;

    /// <summary>The transactions that have held the mark for <see cref="Patience"/> or longer; empty otherwise.</summary>
    public IReadOnlyList<OpenAppend> HeldBy { get; private set; } = [];

    /// <summary>Looks again and gives the mark, which may still be the old one while an appending transaction is open.</summary>
    public async Task<long> LookAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var kept = _connection is not null;
            try
            {
                await LookOnceAsync(ct);
            }
            catch (NpgsqlException exception) when (kept && DatabaseFaults.IsOutage(exception))
            {
                // The connection was kept since the last look, and the server may be back long since: only a new one can tell.
                await ForgetConnectionAsync();
                await LookOnceAsync(ct);
            }

            return Last;
        }
        catch
        {
            await ForgetConnectionAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task LookOnceAsync(CancellationToken ct)
    {
        var look = await QueryAsync(ct);
        Judge(look);
        await ReportAsync(look, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await ForgetConnectionAsync();
        _turn.Dispose();
    }

    private void Judge(Look look)
    {
        if (look.Holders.Count == 0)
        {
            Raise(Math.Min(look.Drawn, look.Visible));
            _candidate = null;
        }
        else if (_candidate is null)
        {
            _candidate = NewCandidate(look);
        }
        else if (!_candidate.Holders.Overlaps(look.Holders))
        {
            Raise(Math.Min(_candidate.Drawn, look.Visible));
            _candidate = NewCandidate(look);
        }
    }

    private Candidate NewCandidate(Look look) => new(look.Drawn, look.Holders) { Reported = time.GetTimestamp() };

    private async Task ReportAsync(Look look, CancellationToken ct)
    {
        if (_candidate is not { } candidate || (HeldBy.Count > 0 && !candidate.Holders.Overlaps(look.Holders)))
        {
            HeldBy = [];
        }
        else if (time.GetElapsedTime(candidate.Reported) >= Patience)
        {
            candidate.Reported = time.GetTimestamp();
            HeldBy = await ReadHoldersAsync([.. candidate.Holders.Intersect(look.Holders, StringComparer.Ordinal)], ct);
            foreach (var open in HeldBy)
            {
                LogHeld(logger, open.Pid, open.Application, open.Age.TotalSeconds, open.State, open.Query);
            }
        }
    }

    private async Task<IReadOnlyList<OpenAppend>> ReadHoldersAsync(string[] holders, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Report, _connection) { Parameters = { new() { Value = holders } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var open = new List<OpenAppend>();
        while (await reader.ReadAsync(ct))
        {
            open.Add(new OpenAppend(reader.GetInt32(0), reader.GetString(1), TimeSpan.FromSeconds(reader.GetDouble(2)), reader.GetString(3), reader.GetString(4)));
        }

        return open;
    }

    private void Raise(long mark)
    {
        if (mark > _last)
        {
            Interlocked.Exchange(ref _last, mark);
        }
    }

    private async Task<Look> QueryAsync(CancellationToken ct)
    {
        _connection ??= await dataSource.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { new(Drawn), new(Holders), new(Visible) } };
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

        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return new Look(drawn, holders, reader.GetInt64(0));
    }

    private async Task ForgetConnectionAsync()
    {
        _candidate = null;
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private sealed record Look(long Drawn, HashSet<string> Holders, long Visible);

    private sealed record Candidate(long Drawn, HashSet<string> Holders)
    {
        /// <summary>When its holders were last reported; at first, when it was taken.</summary>
        public long Reported { get; set; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Readers of the log are held by a transaction that has drawn positions and is still open: backend {Pid} ({Application}), begun {Seconds:0} s ago, {State}, last query: {Query}")]
    private static partial void LogHeld(ILogger logger, int pid, string application, double seconds, string state, string query);
}
