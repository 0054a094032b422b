using Npgsql;

namespace CallCenter.EventStore;

/// <summary>An event that a subscription failed at as often as it may.</summary>
/// <param name="Subscription">The subscription.</param>
/// <param name="Position">The event's.</param>
/// <param name="StreamId">The event's.</param>
/// <param name="EventId">The event.</param>
/// <param name="EventType">Its registered name.</param>
/// <param name="Attempts">That failed.</param>
/// <param name="Error">Why the last did.</param>
/// <param name="ParkedAt">When it failed first, or came behind another.</param>
/// <param name="LastAttemptAt">When it failed last.</param>
/// <param name="Behind">How many later events of its stream wait for it.</param>
public sealed record DeadLetter(
    string Subscription, long Position, Guid StreamId, Guid EventId, string EventType, int Attempts, string Error, DateTimeOffset ParkedAt, DateTimeOffset LastAttemptAt, long Behind);

/// <summary>How many events of a subscription are parked.</summary>
/// <param name="Subscription">The subscription.</param>
/// <param name="Parked">To be tried again, or behind others; without the dead ones.</param>
/// <param name="Dead">Dead letters.</param>
public sealed record ParkedCounts(string Subscription, long Parked, long Dead);

/// <summary>Looks at dead letters and decides on them, from any process; whoever leads the subscription notices within a second.</summary>
public sealed class DeadLetters(NpgsqlDataSource dataSource, TimeProvider time)
{
    private const string List = """
        select p.subscription, p.position, p.stream_id, p.event_id, coalesce(e.type, ''), p.attempts, coalesce(p.last_error, ''), p.parked_at, p.last_attempt_at,
            (select count(*) from callcenter.parked_events b where b.subscription = p.subscription and b.stream_id = p.stream_id and b.position > p.position)
        from callcenter.parked_events p left join public.mt_events e on e.seq_id = p.position
        where p.next_attempt_at is null and not p.behind and ($1 is null or p.subscription = $1)
        order by p.subscription, p.position limit $2
        """;

    private const string Replay = """
        update callcenter.parked_events set attempts = 0, next_attempt_at = $3
        where subscription = $1 and next_attempt_at is null and not behind and ($2 is null or position = $2)
        """;

    /// <summary>The dead letters, of one subscription or of all, in order of subscription and position.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(string? subscription, int limit, CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand(List);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = subscription });
        command.Parameters.Add(new NpgsqlParameter { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var letters = new List<DeadLetter>();
        while (await reader.ReadAsync(ct))
        {
            letters.Add(new DeadLetter(
                reader.GetString(0), reader.GetInt64(1), reader.GetGuid(2), reader.GetGuid(3), reader.GetString(4), reader.GetInt32(5), reader.GetString(6),
                new DateTimeOffset(reader.GetDateTime(7)), new DateTimeOffset(reader.GetDateTime(8)), reader.GetInt64(9)));
        }

        return letters;
    }

    /// <summary>How many events are parked, for each subscription that has any.</summary>
    public async Task<IReadOnlyList<ParkedCounts>> CountAsync(CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand(
            "select subscription, count(*) filter (where behind or next_attempt_at is not null), count(*) filter (where not behind and next_attempt_at is null) from callcenter.parked_events group by 1 order by 1");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var counts = new List<ParkedCounts>();
        while (await reader.ReadAsync(ct))
        {
            counts.Add(new ParkedCounts(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return counts;
    }

    /// <summary>Has dead letters tried again, from the first attempt: one, or all of a subscription. What waits behind them follows.</summary>
    /// <param name="subscription">Whose.</param>
    /// <param name="position">Which; null for all.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many.</returns>
    /// <exception cref="ArgumentException">There is no such subscription.</exception>
    /// <exception cref="DeadLetterNotFoundException">There is no dead letter at that position.</exception>
    public async Task<int> ReplayAsync(string subscription, long? position, CancellationToken ct = default)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(SubscriptionCheckpoint.Lock) { Parameters = { new() { Value = SubscriptionCheckpoint.RowOf(subscription) } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Replay)
        {
            Parameters = { new() { Value = subscription }, new NpgsqlParameter<long?> { TypedValue = position }, new() { Value = time.GetUtcNow().UtcDateTime } },
        });
        await batch.ExecuteNonQueryAsync(ct);
        if (batch.BatchCommands[0].Rows == 0)
        {
            throw new ArgumentException($"There is no subscription '{subscription}': none of that name has ever run.", nameof(subscription));
        }

        var replayed = (int)batch.BatchCommands[1].RecordsAffected;
        return replayed > 0 || position is null ? replayed : throw new DeadLetterNotFoundException(subscription, position.Value);
    }

    /// <summary>Gives a dead letter up: its subscription never handles that event, and goes on with the next of its stream.</summary>
    /// <exception cref="DeadLetterNotFoundException">There is no dead letter at that position.</exception>
    public async Task DiscardAsync(string subscription, long position, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var find = new NpgsqlCommand(
            "select stream_id from callcenter.parked_events where subscription = $1 and position = $2 and next_attempt_at is null and not behind", connection)
        {
            Parameters = { new() { Value = subscription }, new() { Value = position } },
        };
        if (await find.ExecuteScalarAsync(ct) is not Guid stream)
        {
            throw new DeadLetterNotFoundException(subscription, position);
        }

        await using var removal = ParkedEvents.Removal(connection, subscription, position, stream, time.GetUtcNow());
        await removal.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>There is no such dead letter.</summary>
public sealed class DeadLetterNotFoundException(string subscription, long position)
    : EventStoreException($"Subscription '{subscription}' has no dead letter at position {position}.")
{
    /// <summary>The subscription.</summary>
    public string Subscription { get; } = subscription;

    /// <summary>The global position asked for.</summary>
    public long Position { get; } = position;
}
