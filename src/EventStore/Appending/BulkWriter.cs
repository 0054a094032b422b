using Npgsql;
using NpgsqlTypes;

namespace CallCenter.EventStore;

/// <summary>Writes many new streams by binary COPY, in transactions short enough that readers of the log hardly notice.</summary>
internal sealed class BulkWriter(Resend resend, InlineWork? inline, EventTypes types, PersonalSealing sealing, TimeProvider time)
{
    // About a tenth of a second of COPY: the transaction holds the safe mark back while it lasts.
    private const int EventsPerTransaction = 5_000;

    // While the server takes one chunk, the next is being serialised.
    private const int Connections = 2;

    private const string InsertStreams = """
        insert into public.mt_streams (id, type, version, timestamp, created)
        select n.id, n.type, n.version, $4, $4 from unnest($1, $2, $3) as n (id, type, version)
        where not exists (select from public.mt_streams s where s.id = n.id) order by n.id
        on conflict do nothing returning id
        """;

    private const string CopyEvents = """
        copy public.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name)
        from stdin (format binary)
        """;

    public async Task<BulkAppendResult> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, CancellationToken ct)
    {
        StreamAppendRules.Check(appends);
        if (appends.FirstOrDefault(append => append.Expected != ExpectedVersion.NoStream) is { } old)
        {
            throw new ArgumentException($"A bulk append takes new streams only, but stream {old.StreamId} is expected at {old.Expected}.", nameof(appends));
        }

        var chunks = Chunks(appends).ToList();
        var written = new BulkAppendResult[chunks.Count];
        var drawn = Enumerable.Range(0, chunks.Count + 1).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        drawn[0].SetResult();
        await Parallel.ForAsync(0, chunks.Count, new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = ct }, async (i, token) =>
        {
            try
            {
                var texts = await sealing.SealAsync(chunks[i], token);
                var rows = chunks[i].ConvertAll(append => new StreamRows(append, [.. append.Events.Select(data => SerializedEvent.From(data, types, texts))]));

                // Positions follow the order given: a chunk draws its own after those of the chunk before it.
                written[i] = await resend.RunAsync((connection, sentBefore) => TryWriteAsync(connection, new Chunk(rows, drawn[i].Task, drawn[i + 1]), metadata, sentBefore, token), sent: false, token);
            }
            finally
            {
                drawn[i + 1].TrySetResult();
            }
        });
        return new BulkAppendResult(
            written.Sum(chunk => chunk.Streams), written.Sum(chunk => chunk.Events), [.. written.SelectMany(chunk => chunk.Existing)], written.Max(chunk => chunk.LastPosition));
    }

    private static IEnumerable<List<StreamAppend>> Chunks(IReadOnlyList<StreamAppend> appends)
    {
        var chunk = new List<StreamAppend>();
        var events = 0;
        foreach (var append in appends)
        {
            if (events > 0 && events + append.Events.Count > EventsPerTransaction)
            {
                yield return chunk;
                (chunk, events) = ([], 0);
            }

            chunk.Add(append);
            events += append.Events.Count;
        }

        yield return chunk;
    }

    private async Task<BulkAppendResult> TryWriteAsync(
        NpgsqlConnection connection, Chunk chunk, EventMetadata metadata, bool sentBefore, CancellationToken ct)
    {
        var rows = chunk.Rows;
        try
        {
            return await WriteAsync(connection, chunk, metadata, sentBefore, ct);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UntranslatableCharacter)
        {
            throw new EventNotStorableException([.. rows.Select(row => row.Append.StreamId)], exception);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            await using var taken = new NpgsqlCommand(
                "select e.id from unnest($1, $2) as n (id, stream_id) join public.mt_events e on e.id = n.id where e.stream_id <> n.stream_id limit 1", connection)
            {
                Parameters =
                {
                    new() { Value = rows.SelectMany(row => row.Events).Select(data => data.Id).ToArray() },
                    new() { Value = rows.SelectMany(row => Enumerable.Repeat(row.Append.StreamId, row.Events.Count)).ToArray() },
                },
            };
            if (await taken.ExecuteScalarAsync(ct) is Guid id)
            {
                throw new EventIdConflictException(id, $"Event id {id} is taken by an event of another stream.");
            }

            throw;
        }
    }

    private async Task<BulkAppendResult> WriteAsync(
        NpgsqlConnection connection, Chunk chunk, EventMetadata metadata, bool sentBefore, CancellationToken ct)
    {
        var rows = chunk.Rows;
        var now = time.GetUtcNow().UtcDateTime;
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var made = await InsertStreamsAsync(connection, rows, now, ct);
        var fresh = rows.FindAll(row => made.Contains(row.Append.StreamId));
        var events = fresh.Sum(row => row.Events.Count);
        await chunk.Before.WaitAsync(ct);
        var positions = await DrawAsync(connection, events, ct);
        chunk.Drawn.TrySetResult();
        await CopyAsync(connection, fresh, positions, metadata, now, ct);
        if (inline is not null && events > 0)
        {
            await inline(connection, transaction, Written(fresh, positions, metadata, now), ct);
        }

        await transaction.CommitAsync(ct);

        var existing = rows.FindAll(row => !made.Contains(row.Append.StreamId));
        var earlier = sentBefore ? await FindOwnAsync(connection, existing, ct) : [];
        var own = existing.FindAll(row => earlier.ContainsKey(row.Append.StreamId));
        return new BulkAppendResult(
            fresh.Count + own.Count,
            events + own.Sum(row => row.Events.Count),
            [.. existing.Except(own).Select(row => row.Append.StreamId)],
            earlier.Values.Append(positions.LastOrDefault()).Max());
    }

    private static async Task<HashSet<Guid>> InsertStreamsAsync(NpgsqlConnection connection, List<StreamRows> rows, DateTime now, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(InsertStreams, connection)
        {
            Parameters =
            {
                new() { Value = rows.ConvertAll(row => row.Append.StreamId) },
                new() { Value = rows.ConvertAll(row => row.Append.StreamType) },
                new() { Value = rows.ConvertAll(row => (long)row.Events.Count) },
                new() { Value = now },
            },
        };
        return [.. await command.ColumnAsync<Guid>(ct)];
    }

    private static async Task<long[]> DrawAsync(NpgsqlConnection connection, int count, CancellationToken ct)
    {
        if (count == 0)
        {
            return [];
        }

        await using var command = new NpgsqlCommand("select array_agg(nextval('public.mt_events_sequence')) from generate_series(1, $1)", connection)
        {
            Parameters = { new() { Value = count } },
        };
        return (long[])(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, List<StreamRows> rows, long[] positions, EventMetadata metadata, DateTime now, CancellationToken ct)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyEvents, ct);
        var next = 0;
        foreach (var (append, events) in rows)
        {
            for (var place = 0; place < events.Count; place++)
            {
                var data = events[place];
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(positions[next++], NpgsqlDbType.Bigint, ct);
                await copy.WriteAsync(data.Id, NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(append.StreamId, NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(place + 1L, NpgsqlDbType.Bigint, ct);
                await copy.WriteAsync(data.Json, NpgsqlDbType.Jsonb, ct);
                await copy.WriteAsync(data.Type, NpgsqlDbType.Varchar, ct);
                await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, ct);
                await copy.WriteAsync(data.DotNetType, NpgsqlDbType.Varchar, ct);
                var about = append.Events[place].Metadata ?? metadata;
                await WriteTextAsync(about.CorrelationId);
                await WriteTextAsync(about.CausationId);
                await (EventJson.Headers(about) is { } headers ? copy.WriteAsync(headers, NpgsqlDbType.Jsonb, ct) : copy.WriteNullAsync(ct));
                await WriteTextAsync(about.UserName);
            }
        }

        await copy.CompleteAsync(ct);

        Task WriteTextAsync(string? text) => text is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(text, NpgsqlDbType.Varchar, ct);
    }

    private List<StoredEvent> Written(List<StreamRows> rows, long[] positions, EventMetadata metadata, DateTime now)
    {
        var next = 0;
        return
        [
            .. rows.SelectMany(row => row.Events.Select((data, place) => new StoredEvent(
                data.Id, positions[next++], row.Append.StreamId, row.Append.StreamType, place + 1, data.Type, data.Json, new DateTimeOffset(now),
                row.Append.Events[place].Metadata ?? metadata, types))),
        ];
    }

    // A try whose answer was lost may have made these streams: they are ours when they begin with our event.
    private static async Task<Dictionary<Guid, long>> FindOwnAsync(NpgsqlConnection connection, List<StreamRows> existing, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select f.stream_id, (select max(l.seq_id) from public.mt_events l where l.stream_id = f.stream_id)
            from public.mt_events f where f.id = any ($1) and f.version = 1
            """,
            connection)
        {
            Parameters = { new() { Value = existing.ConvertAll(row => row.Events[0].Id) } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var own = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(ct))
        {
            own[reader.GetGuid(0)] = reader.GetInt64(1);
        }

        return own;
    }

    /// <param name="Before">Ends when the chunk before has drawn its positions.</param>
    /// <param name="Drawn">To be set when this one has.</param>
    private sealed record Chunk(List<StreamRows> Rows, Task Before, TaskCompletionSource Drawn);

    private sealed record StreamRows(StreamAppend Append, List<SerializedEvent> Events);
}
