using Npgsql;
using NpgsqlTypes;

namespace CallCenter.EventStore;

/// <summary>Schedules and cancels timers, from any process; <see cref="TimerRuntime"/> fires them.</summary>
/// <remarks>Nothing here waits for a timer that is being fired, so it may be part of a transaction that the handler's own append waits for.</remarks>
public sealed class DurableTimers(NpgsqlDataSource dataSource, TimeProvider time)
{
    internal const string Channel = "callcenter_timers";
    internal const string Notify = $"select pg_notify('{Channel}', '')";

    // In the order of their ids, so that two calls with the same timers cannot wait for each other.
    private const string Place = """
        insert into callcenter.timers as t (id, firing_id, kind, payload, due_at, next_attempt_at, scheduled_at)
        select n.id, n.firing_id, n.kind, n.payload, n.due_at, n.due_at, $6
        from unnest($1, $2, $3, $4, $5) as n (id, firing_id, kind, payload, due_at) order by n.id
        on conflict (id) do update set
            firing_id = excluded.firing_id, kind = excluded.kind, payload = excluded.payload, due_at = excluded.due_at, next_attempt_at = excluded.due_at, attempts = 0,
            last_error = null, claimed_by = null, scheduled_at = excluded.scheduled_at
        where t.firing_id <> excluded.firing_id
        """;

    private const string Columns = "select id, kind, due_at, next_attempt_at, attempts, last_error, claimed_by is not null from callcenter.timers";

    /// <summary>Schedules a timer, or reschedules it when its id is there.</summary>
    /// <remarks>A timer that is rescheduled while it is being fired may have fired as it was before, and fires again as it is now.</remarks>
    /// <returns>False when exactly this was scheduled already; nothing is changed then.</returns>
    /// <exception cref="ArgumentException">The id or the kind is empty, or the payload is no JSON.</exception>
    public async Task<bool> ScheduleAsync(TimerRequest timer, CancellationToken ct = default) => await ScheduleAsync([timer], ct) == 1;

    /// <summary>Schedules many at once, all or none.</summary>
    /// <returns>How many were scheduled or rescheduled.</returns>
    /// <exception cref="ArgumentException">One of them cannot be stored, or two have the same id.</exception>
    public async Task<int> ScheduleAsync(IReadOnlyList<TimerRequest> timers, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await ScheduleAsync(timers, connection, transaction: null, ct);
    }

    /// <summary>The same as part of a transaction.</summary>
    /// <inheritdoc cref="ScheduleAsync(IReadOnlyList{TimerRequest}, CancellationToken)"/>
    public async Task<int> ScheduleAsync(IReadOnlyList<TimerRequest> timers, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken ct = default)
    {
        foreach (var timer in timers)
        {
            TimerRequest.Check(timer);
        }

        if (timers.CountBy(timer => timer.Id).FirstOrDefault(ids => ids.Value > 1) is { Value: > 1 } twice)
        {
            throw new ArgumentException($"Timer {twice.Key} is scheduled twice at once.", nameof(timers));
        }

        var now = time.GetUtcNow();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Place)
        {
            Parameters =
            {
                new() { Value = timers.Select(timer => timer.Id).ToArray() },
                new() { Value = timers.Select(timer => timer.FiringId()).ToArray() },
                new() { Value = timers.Select(timer => timer.Kind).ToArray() },
                new() { Value = timers.Select(timer => timer.Payload).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                new() { Value = timers.Select(timer => timer.DueAt.UtcDateTime).ToArray() },
                new() { Value = now.UtcDateTime },
            },
        });
        if (timers.Any(timer => MustWake(timer.DueAt - now)))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Notify));
        }

        await batch.ExecuteNonQueryAsync(ct);
        return (int)batch.BatchCommands[0].RecordsAffected;
    }

    /// <summary>Takes a timer back.</summary>
    /// <returns>True when it never fires. False when it has fired, when it is just being fired, or when there was none.</returns>
    public async Task<bool> CancelAsync(Guid id, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await CancelAsync(id, connection, transaction: null, ct);
    }

    /// <summary>The same as part of a transaction; until that ends, the timer does not fire.</summary>
    /// <inheritdoc cref="CancelAsync(Guid, CancellationToken)"/>
    public async Task<bool> CancelAsync(Guid id, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken ct = default)
    {
        await using var command = new NpgsqlCommand("delete from callcenter.timers where id = $1 returning claimed_by is null", connection, transaction) { Parameters = { new() { Value = id } } };
        return await command.ExecuteScalarAsync(ct) is true;
    }

    /// <summary>How a timer stands; null when it has fired, was cancelled or never was.</summary>
    public async Task<TimerStatus?> FindAsync(Guid id, CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand($"{Columns} where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return (await ReadAsync(command, ct)).SingleOrDefault();
    }

    /// <summary>The timers that failed as often as they may, the earliest first.</summary>
    public async Task<IReadOnlyList<TimerStatus>> DeadAsync(int limit, CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand($"{Columns} where next_attempt_at is null order by due_at limit $1");
        command.Parameters.Add(new NpgsqlParameter { Value = limit });
        return await ReadAsync(command, ct);
    }

    /// <summary>Has a dead timer tried again, from the first attempt.</summary>
    /// <returns>False when no such timer is dead.</returns>
    public async Task<bool> RetryAsync(Guid id, CancellationToken ct = default)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update callcenter.timers set next_attempt_at = $2, attempts = 0 where id = $1 and next_attempt_at is null")
        {
            Parameters = { new() { Value = id }, new() { Value = time.GetUtcNow().UtcDateTime } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Notify));
        await batch.ExecuteNonQueryAsync(ct);
        return batch.BatchCommands[0].RecordsAffected == 1;
    }

    /// <summary>Counts all timers: a look at every row.</summary>
    public async Task<TimerCounts> CountAsync(CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand(
            "select count(next_attempt_at), count(*) - count(next_attempt_at), min(due_at) filter (where next_attempt_at is not null) from callcenter.timers");
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var lag = reader.IsDBNull(2) ? TimeSpan.Zero : time.GetUtcNow() - new DateTimeOffset(reader.GetDateTime(2));
        return new TimerCounts(reader.GetInt64(0), reader.GetInt64(1), lag > TimeSpan.Zero ? lag : TimeSpan.Zero);
    }

    /// <summary>Whether sleepers must be told: what is due later than their next look is found by that. A notification makes commits wait for one another.</summary>
    internal static bool MustWake(TimeSpan ahead) => ahead < 2 * TimerRuntime.LookInterval;

    private static async Task<IReadOnlyList<TimerStatus>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var timers = new List<TimerStatus>();
        while (await reader.ReadAsync(ct))
        {
            timers.Add(new TimerStatus(
                reader.GetGuid(0), reader.GetString(1), new DateTimeOffset(reader.GetDateTime(2)), reader.IsDBNull(3) ? null : new DateTimeOffset(reader.GetDateTime(3)),
                reader.GetInt32(4), reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetBoolean(6)));
        }

        return timers;
    }
}
