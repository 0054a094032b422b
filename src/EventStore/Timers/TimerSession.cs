using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.EventStore;

/// <summary>What a node found when it looked for timers.</summary>
/// <param name="Claimed">Due ones, which are this node's to fire now.</param>
/// <param name="Next">When the first of the others is due.</param>
/// <param name="Orphans">Nodes that are gone and have claims.</param>
internal sealed record TimerLook(IReadOnlyList<DueTimer> Claimed, DateTimeOffset? Next, IReadOnlyList<int> Orphans);

/// <summary>The connection on which a node looks for timers, is woken, and holds the lock that makes its claims good: they end with it.</summary>
internal sealed class TimerSession : IAsyncDisposable
{
    // A claim that a statement sees was made under a lock taken before, so whose lock is not there any more is gone.
    private const string Orphans = """
        select distinct t.claimed_by from callcenter.timers t
        where t.claimed_by is not null and not exists (
            select from pg_locks l
            where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid::bigint = $1 and l.objid::bigint = t.claimed_by
              and l.database = (select oid from pg_database where datname = current_database()))
        """;

    private const string Claim = """
        with due as materialized (
            select of_kind.id, of_kind.next_attempt_at from unnest($2) as k (kind) cross join lateral (
                select t.id, t.next_attempt_at from callcenter.timers t
                where t.kind = k.kind and t.claimed_by is null and t.next_attempt_at <= $3
                order by t.next_attempt_at limit $4 for update skip locked) as of_kind
            order by of_kind.next_attempt_at limit $4)
        update callcenter.timers t set claimed_by = $1 from due where t.id = due.id
        returning t.id, t.firing_id, t.kind, t.due_at, t.payload::text, t.attempts
        """;

    private const string Next = """
        select min(of_kind.next_attempt_at) from unnest($1) as k (kind) cross join lateral (
            select t.next_attempt_at from callcenter.timers t
            where t.kind = k.kind and t.claimed_by is null and t.next_attempt_at is not null
            order by t.next_attempt_at limit 1) as of_kind
        """;

    private static readonly int LockClass = (int)SessionLock.KeyOf("callcenter.timers");

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _look;
    private volatile bool _notified;

    private TimerSession(NpgsqlConnection connection, string[] kinds)
    {
        _connection = connection;
        _connection.Notification += Notified;
        _look = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Orphans) { Parameters = { new() { Value = (long)(uint)LockClass } } },
                new NpgsqlBatchCommand(Claim)
                {
                    Parameters = { new() { Value = Node }, new() { Value = kinds }, new() { NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { NpgsqlDbType = NpgsqlDbType.Integer } },
                },
                new NpgsqlBatchCommand(Next) { Parameters = { new() { Value = kinds } } },
            },
        };
    }

    /// <summary>Under which the claims are made; never used before.</summary>
    public int Node { get; } = RandomNumberGenerator.GetInt32(1, int.MaxValue);

    public static async Task<TimerSession> OpenAsync(NpgsqlDataSource dataSource, string[] kinds, CancellationToken ct)
    {
        var session = new TimerSession(await dataSource.OpenConnectionAsync(ct), kinds);
        try
        {
            // Most timers wait, whatever the planner thinks of a table that was never analysed: a look that read them all would cost what waiting must not.
            await session.ExecuteAsync($"set enable_seqscan = off; select pg_advisory_lock({LockClass}, {session.Node}); listen {DurableTimers.Channel}", ct);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Claims what is due, at most <paramref name="limit"/>, in one round trip.</summary>
    public async Task<TimerLook> LookAsync(DateTimeOffset now, int limit, CancellationToken ct)
    {
        _notified = false;
        _look.BatchCommands[1].Parameters[2].Value = now.UtcDateTime;
        _look.BatchCommands[1].Parameters[3].Value = limit;
        await _look.PrepareAsync(ct);
        await using var reader = await _look.ExecuteReaderAsync(ct);
        var (orphans, claimed) = (new List<int>(), new List<DueTimer>());
        while (await reader.ReadAsync(ct))
        {
            orphans.Add(reader.GetInt32(0));
        }

        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            claimed.Add(new DueTimer(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), new DateTimeOffset(reader.GetDateTime(3)), reader.GetString(4), Attempt: reader.GetInt32(5) + 1));
        }

        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return new TimerLook(claimed, reader.IsDBNull(0) ? null : new DateTimeOffset(reader.GetDateTime(0)), orphans);
    }

    /// <summary>Takes the claims of nodes away; passes over timers that somebody is changing just now.</summary>
    /// <returns>How many.</returns>
    public async Task<int> ReleaseAsync(IReadOnlyList<int> nodes, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "update callcenter.timers set claimed_by = null where id in (select id from callcenter.timers where claimed_by = any ($1) for update skip locked)", _connection)
        {
            Parameters = { new() { Value = nodes.ToArray() } },
        };
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Waits until somebody calls, which may have been during the last look, or until the time is over.</summary>
    public async Task SleepAsync(TimeSpan atMost, CancellationToken ct)
    {
        // To Npgsql, no time at all is for ever.
        if (!_notified && atMost > TimeSpan.Zero)
        {
            await _connection.WaitAsync(TimeSpan.FromMilliseconds(Math.Ceiling(atMost.TotalMilliseconds)), ct);
        }
    }

    /// <summary>Gives up the claims that are left and the lock, and wakes the other nodes for them.</summary>
    public async ValueTask DisposeAsync()
    {
        _connection.Notification -= Notified;
        await _look.DisposeAsync();
        if (_connection.FullState == System.Data.ConnectionState.Open)
        {
            try
            {
                if (await ReleaseAsync([Node], CancellationToken.None) > 0)
                {
                    await ExecuteAsync(DurableTimers.Notify, CancellationToken.None);
                }

                await ExecuteAsync($"unlisten {DurableTimers.Channel}", CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // Then the connection is gone, and the claims with it.
            }
        }

        await SessionLock.ReleaseAllAsync(_connection);
        await _connection.DisposeAsync();
    }

    private void Notified(object sender, NpgsqlNotificationEventArgs e) => _notified = true;

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
