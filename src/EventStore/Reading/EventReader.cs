using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Reads events in one statement, so in one snapshot.</summary>
internal sealed class EventReader(NpgsqlDataSource dataSource, EventTypes types)
{
    private const string Columns = $"""
        select e.seq_id, e.id, e.stream_id, s.type, e.version, e.type, e.data, e.timestamp, {MetadataColumns.Names}
        from public.mt_events e join public.mt_streams s on s.id = e.stream_id
        """;

    internal const string Stream = Columns + " where e.stream_id = $1 and e.version > $2 and e.version <= $3 order by e.version";

    // What was recorded up to an instant, but never an event without all before it: clocks of two writers may differ.
    internal const string StreamUntilInstant = Columns + """
         where e.stream_id = $1 and e.version > $2 and e.version <= $3
          and e.version < coalesce((select min(l.version) from public.mt_events l where l.stream_id = $1 and l.timestamp > $4), 9223372036854775807)
        order by e.version
        """;

    internal const string Page = Columns + " where e.seq_id > $1 and e.seq_id <= $2 order by e.seq_id limit $3";
    internal const string PageOfTypes = Columns + " where e.seq_id > $1 and e.seq_id <= $2 and e.type = any ($4) order by e.seq_id limit $3";

    public async Task<IReadOnlyList<StoredEvent>> StreamAsync(Guid streamId, long afterVersion, long? version, DateTimeOffset? timestamp, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(timestamp is null ? Stream : StreamUntilInstant, connection)
        {
            Parameters = { new() { Value = streamId }, new() { Value = afterVersion }, new() { Value = version ?? long.MaxValue } },
        };
        if (timestamp is { } at)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = at.UtcDateTime });
        }

        return await ReadAsync(command, ct);
    }

    public async Task<EventPage> PageAsync(long after, long mark, int limit, IReadOnlyList<string>? ofTypes, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(ofTypes is null ? Page : PageOfTypes, connection)
        {
            Parameters = { new() { Value = after }, new() { Value = mark }, new() { Value = limit } },
        };
        if (ofTypes is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = ofTypes.ToArray() });
        }

        var events = await ReadAsync(command, ct);

        // A full page may have more behind it; a page that is not full has seen all up to the mark.
        return new EventPage(events, events.Count == limit ? events[^1].Position : mark, mark);
    }

    /// <param name="condition">What follows <c>where</c>, over events e and streams s.</param>
    /// <param name="values">Of the condition's parameters.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IReadOnlyList<StoredEvent>> WhereAsync(string condition, IEnumerable<object> values, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand($"{Columns} where {condition}", connection);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return await ReadAsync(command, ct);
    }

    private async Task<List<StoredEvent>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var events = new List<StoredEvent>();
        while (await reader.ReadAsync(ct))
        {
            events.Add(new StoredEvent(
                id: reader.GetGuid(1),
                position: reader.GetInt64(0),
                streamId: reader.GetGuid(2),
                streamType: reader.IsDBNull(3) ? "" : reader.GetString(3),
                version: reader.GetInt64(4),
                type: reader.GetString(5),
                json: reader.GetFieldValue<byte[]>(6),
                recordedAt: new DateTimeOffset(reader.GetDateTime(7)),
                metadata: MetadataColumns.Read(reader, 8),
                types));
        }

        return events;
    }
}
