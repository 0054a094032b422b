using Npgsql;
using NpgsqlTypes;

namespace CallCenter.EventStore;

/// <summary>An event to be parked.</summary>
/// <param name="Stored">The event.</param>
/// <param name="Failure">Its first attempt's; null when it was not tried, because it comes behind another of its stream.</param>
/// <param name="NextAttemptAt">When it is tried next; null when it is dead or was not tried.</param>
internal sealed record EventToPark(StoredEvent Stored, Exception? Failure, DateTimeOffset? NextAttemptAt);

/// <summary>A parked event whose time has come, the first of its stream.</summary>
/// <param name="Position">Of the event.</param>
/// <param name="StreamId">Of the event.</param>
/// <param name="Attempts">That failed.</param>
internal readonly record struct DueEvent(long Position, Guid StreamId, int Attempts);

/// <summary>One subscription's parked events and checkpoint, on its leader's connection: whoever has lost the lead can write neither.</summary>
internal sealed class ParkedEvents(NpgsqlConnection connection, string subscription) : IDisposable
{
    /// <summary>Has the first of each stream tried that waited behind another: $1 subscription, $2 streams, $3 now.</summary>
    public const string Promote = """
        update callcenter.parked_events p set behind = false, next_attempt_at = $3
        from (select (select min(e.position) from callcenter.parked_events e where e.subscription = $1 and e.stream_id = s.id) as position from unnest($2) as s (id)) as head
        where p.subscription = $1 and p.position = head.position and p.behind
        """;

    private const string Park = """
        insert into callcenter.parked_events (subscription, position, stream_id, event_id, behind, attempts, next_attempt_at, last_error, parked_at, last_attempt_at)
        select $1, n.position, n.stream_id, n.event_id, n.error is null, case when n.error is null then 0 else 1 end, n.next_attempt_at, n.error, $2, case when n.error is not null then $2 end
        from unnest($3, $4, $5, $6, $7) as n (position, stream_id, event_id, next_attempt_at, error)
        on conflict do nothing
        """;

    private const string Failed =
        "update callcenter.parked_events set attempts = $3, next_attempt_at = $4, last_error = $5, last_attempt_at = $6 where subscription = $1 and position = $2";

    private const string Due = "select position, stream_id, attempts from callcenter.parked_events where subscription = $1 and next_attempt_at <= $2 order by next_attempt_at limit $3";

    // One connection, on which deliveries and retries take turns.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public void Dispose() => _turn.Dispose();

    /// <summary>Those of <paramref name="streams"/> that have parked events. Only their subscription's deliveries add to them.</summary>
    public Task<HashSet<Guid>> StreamsAsync(IEnumerable<Guid> streams, CancellationToken ct) => InTurnAsync(
        async () =>
        {
            await using var command = Command("select distinct stream_id from callcenter.parked_events where subscription = $1 and stream_id = any ($2)", subscription, streams.Distinct().ToArray());
            return (await command.ColumnAsync<Guid>(ct)).ToHashSet();
        },
        ct);

    /// <summary>Moves the checkpoint and parks what was not handled on the way, in one transaction.</summary>
    /// <exception cref="InvalidOperationException">The checkpoint was not at <paramref name="from"/>.</exception>
    public Task<bool> AdvanceAsync(long from, long to, IReadOnlyList<EventToPark> parked, DateTimeOffset now, CancellationToken ct) => InTurnAsync(
        async () =>
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await SubscriptionCheckpoint.AdvanceAsync(connection, subscription, from, to, ct);
            if (parked.Count > 0)
            {
                await using var batch = new NpgsqlBatch(connection, transaction);
                batch.BatchCommands.Add(InsertOf(parked, now));

                // What they were to wait behind may have been handled or discarded since the look.
                batch.BatchCommands.Add(PromotionOf([.. parked.Select(each => each.Stored.StreamId).Distinct()], now));
                await batch.ExecuteNonQueryAsync(ct);
            }

            await transaction.CommitAsync(ct);
            return true;
        },
        ct);

    /// <summary>The events to be tried now, each the first of its stream.</summary>
    public Task<List<DueEvent>> DueAsync(DateTimeOffset now, int limit, CancellationToken ct) => InTurnAsync(
        async () =>
        {
            await using var command = Command(Due, subscription, now.UtcDateTime, limit);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var due = new List<DueEvent>();
            while (await reader.ReadAsync(ct))
            {
                due.Add(new DueEvent(reader.GetInt64(0), reader.GetGuid(1), reader.GetInt32(2)));
            }

            return due;
        },
        ct);

    /// <summary>When the next of them is to be tried; null when none is.</summary>
    public Task<DateTimeOffset?> NextAsync(CancellationToken ct) => InTurnAsync<DateTimeOffset?>(
        async () =>
        {
            await using var command = Command("select min(next_attempt_at) from callcenter.parked_events where subscription = $1 and next_attempt_at is not null", subscription);
            return await command.ExecuteScalarAsync(ct) is DateTime at ? new DateTimeOffset(at) : null;
        },
        ct);

    /// <summary>Takes one out that was handled, and has the next of its stream tried.</summary>
    public Task<bool> HandledAsync(DueEvent handled, DateTimeOffset now, CancellationToken ct) => InTurnAsync(
        async () =>
        {
            await using var batch = Removal(connection, subscription, handled.Position, handled.StreamId, now);
            await batch.ExecuteNonQueryAsync(ct);
            return true;
        },
        ct);

    /// <summary>Notes one that failed again; without a next attempt it is dead.</summary>
    public Task<int> FailedAsync(DueEvent failed, Exception error, DateTimeOffset? next, DateTimeOffset now, CancellationToken ct) => InTurnAsync(
        async () =>
        {
            await using var command = Command(Failed, subscription, failed.Position, failed.Attempts + 1, Nullable(next), ErrorText.Of(error), now.UtcDateTime);
            command.Parameters[3].NpgsqlDbType = NpgsqlDbType.TimestampTz;
            return await command.ExecuteNonQueryAsync(ct);
        },
        ct);

    /// <summary>One transaction that takes an event out and has the next of its stream tried.</summary>
    public static NpgsqlBatch Removal(NpgsqlConnection connection, string subscription, long position, Guid stream, DateTimeOffset now) => new(connection)
    {
        BatchCommands =
        {
            new NpgsqlBatchCommand(SubscriptionCheckpoint.Lock) { Parameters = { new() { Value = SubscriptionCheckpoint.RowOf(subscription) } } },
            new NpgsqlBatchCommand("delete from callcenter.parked_events where subscription = $1 and position = $2") { Parameters = { new() { Value = subscription }, new() { Value = position } } },
            new NpgsqlBatchCommand(Promote) { Parameters = { new() { Value = subscription }, new() { Value = new[] { stream } }, new() { Value = now.UtcDateTime } } },
        },
    };

    private NpgsqlBatchCommand PromotionOf(Guid[] streams, DateTimeOffset now) =>
        new(Promote) { Parameters = { new() { Value = subscription }, new() { Value = streams }, new() { Value = now.UtcDateTime } } };

    private NpgsqlBatchCommand InsertOf(IReadOnlyList<EventToPark> parked, DateTimeOffset now) => new(Park)
    {
        Parameters =
        {
            new() { Value = subscription },
            new() { Value = now.UtcDateTime },
            new() { Value = parked.Select(each => each.Stored.Position).ToArray() },
            new() { Value = parked.Select(each => each.Stored.StreamId).ToArray() },
            new() { Value = parked.Select(each => each.Stored.Id).ToArray() },
            new() { Value = parked.Select(each => each.NextAttemptAt?.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            new() { Value = parked.Select(each => each.Failure is { } failure ? ErrorText.Of(failure) : null).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        },
    };

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return command;
    }

    private static object Nullable(DateTimeOffset? at) => at is { } value ? value.UtcDateTime : DBNull.Value;

    private async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await work();
        }
        finally
        {
            _turn.Release();
        }
    }
}
