using Npgsql;
using NpgsqlTypes;

namespace CallCenter.EventStore;

/// <summary>One append, checked and serialised once, however often it must be sent.</summary>
internal sealed class AppendRequest
{
    private const string Sql =
        "select stream_version, last_position, duplicate from callcenter.append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

    // The append function's own SQLSTATEs.
    private const string WrongVersion = "CC001";
    private const string Archived = "CC002";
    private const string EventIdTaken = "CC003";

    private readonly IReadOnlyList<StreamAppend> _appends;
    private readonly DateTimeOffset _recordedAt;
    private readonly Guid[] _eventIds;
    private readonly int[] _eventStreams;
    private readonly int[] _eventOffsets;
    private readonly string[] _eventTypes;
    private readonly string[] _dotNetTypes;
    private readonly byte[][] _bodies;
    private readonly EventMetadata[] _metadata;

    public AppendRequest(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, EventTypes types, DateTimeOffset recordedAt)
    {
        StreamAppendRules.Check(appends);
        var count = appends.Sum(append => append.Events.Count);
        if (count > AppendLimits.Events)
        {
            throw new AppendTooLargeException(count);
        }

        _appends = appends;
        _recordedAt = recordedAt;
        _eventIds = new Guid[count];
        _eventStreams = new int[count];
        _eventOffsets = new int[count];
        _eventTypes = new string[count];
        _dotNetTypes = new string[count];
        _bodies = new byte[count][];
        _metadata = new EventMetadata[count];

        var next = 0;
        for (var stream = 0; stream < appends.Count; stream++)
        {
            for (var place = 0; place < appends[stream].Events.Count; place++, next++)
            {
                var serialized = SerializedEvent.From(appends[stream].Events[place], types);
                _eventIds[next] = serialized.Id;
                _eventStreams[next] = stream + 1;
                _eventOffsets[next] = place + 1;
                _eventTypes[next] = serialized.Type;
                _dotNetTypes[next] = serialized.DotNetType;
                _bodies[next] = serialized.Json;
                _metadata[next] = appends[stream].Events[place].Metadata ?? metadata;
            }
        }
    }

    /// <summary>Sends it. The statement is a transaction of its own, committed when this returns.</summary>
    public async Task<IReadOnlyList<AppendResult>> ExecuteAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        var parameters = command.Parameters;
        Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid, Streams(append => append.StreamId));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Streams(append => append.StreamType));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Bigint, Streams(append => append.Expected.Value));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, Streams(append => append.Events.Count));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, _eventStreams);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, _eventOffsets);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid, _eventIds);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, _eventTypes);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, _dotNetTypes);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Jsonb, _bodies);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Metadata(m => m.CorrelationId));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Metadata(m => m.CausationId));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Metadata(m => m.UserName));
        Add(NpgsqlDbType.TimestampTz, _recordedAt.UtcDateTime);

        // A round trip only on a connection's first use; from then on the server keeps the plan.
        await command.PrepareAsync(ct);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            var results = new List<AppendResult>(_appends.Count);
            while (await reader.ReadAsync(ct))
            {
                results.Add(new AppendResult(_appends[results.Count].StreamId, reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2)));
            }

            return results;
        }
        catch (PostgresException exception) when (exception.SqlState is WrongVersion or Archived or EventIdTaken or PostgresErrorCodes.UntranslatableCharacter)
        {
            throw Refusal(exception);
        }

        void Add(NpgsqlDbType type, object value) => parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
    }

    private string?[] Metadata(Func<EventMetadata, string?> select) => [.. _metadata.Select(select)];

    private T[] Streams<T>(Func<StreamAppend, T> select) => [.. _appends.Select(select)];

    private EventStoreException Refusal(PostgresException exception)
    {
        switch (exception.SqlState)
        {
            case WrongVersion:
                var figures = exception.Hint!.Split(' ');
                var refused = _appends[int.Parse(figures[0]) - 1];
                return new WrongExpectedVersionException(refused.StreamId, refused.Expected, long.Parse(figures[1]));
            case Archived:
                return new StreamArchivedException(Guid.Parse(exception.Hint!));
            case EventIdTaken:
                return new EventIdConflictException(Guid.Parse(exception.Hint!), $"{exception.MessageText}; event {exception.Hint} is one of them.");
            default:
                return new EventNotStorableException(Streams(append => append.StreamId), exception);
        }
    }
}
