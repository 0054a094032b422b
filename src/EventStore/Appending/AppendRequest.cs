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
    private readonly List<Stream> _streams = [];
    private readonly Dictionary<Guid, int> _indexes = [];
    private readonly DateTimeOffset _recordedAt;
    private readonly Guid[] _eventIds;
    private readonly int[] _eventStreams;
    private readonly int[] _eventOffsets;
    private readonly string[] _eventTypes;
    private readonly string[] _dotNetTypes;
    private readonly byte[][] _bodies;
    private readonly EventMetadata[] _metadata;

    public AppendRequest(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, EventTypes types, SealedTexts texts, DateTimeOffset recordedAt)
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
        foreach (var append in appends)
        {
            if (!_indexes.TryGetValue(append.StreamId, out var index))
            {
                _indexes.Add(append.StreamId, index = _streams.Count);
                _streams.Add(new Stream(append));
            }

            var stream = _streams[index];
            foreach (var data in append.Events)
            {
                var serialized = SerializedEvent.From(data, types, texts);
                _eventIds[next] = serialized.Id;
                _eventStreams[next] = index + 1;
                _eventOffsets[next] = ++stream.Count;
                _eventTypes[next] = serialized.Type;
                _dotNetTypes[next] = serialized.DotNetType;
                _bodies[next] = serialized.Json;
                _metadata[next] = data.Metadata ?? metadata;
                next++;
            }
        }
    }

    /// <summary>Sends it. The statement is a transaction of its own, committed when this returns.</summary>
    public async Task<IReadOnlyList<AppendResult>> ExecuteAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        var parameters = command.Parameters;
        Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid, Streams(stream => stream.First.StreamId));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Streams(stream => stream.First.StreamType));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Bigint, Streams(stream => stream.First.Expected.Value));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Integer, Streams(stream => stream.Count));
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
            var results = new List<AppendResult>(_streams.Count);
            while (await reader.ReadAsync(ct))
            {
                results.Add(new AppendResult(_streams[results.Count].First.StreamId, reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2)));
            }

            return [.. _appends.Select(append => results[_indexes[append.StreamId]])];
        }
        catch (PostgresException exception) when (exception.SqlState is WrongVersion or Archived or EventIdTaken or PostgresErrorCodes.UntranslatableCharacter)
        {
            throw Refusal(exception);
        }

        void Add(NpgsqlDbType type, object value) => parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
    }

    private string?[] Metadata(Func<EventMetadata, string?> select) => [.. _metadata.Select(select)];

    private T[] Streams<T>(Func<Stream, T> select) => [.. _streams.Select(select)];

    private EventStoreException Refusal(PostgresException exception)
    {
        switch (exception.SqlState)
        {
            case WrongVersion:
                var figures = exception.Hint!.Split(' ');
                var refused = _streams[int.Parse(figures[0]) - 1].First;
                return new WrongExpectedVersionException(refused.StreamId, refused.Expected, long.Parse(figures[1]));
            case Archived:
                return new StreamArchivedException(Guid.Parse(exception.Hint!));
            case EventIdTaken:
                return new EventIdConflictException(Guid.Parse(exception.Hint!), $"{exception.MessageText}; event {exception.Hint} is one of them.");
            default:
                return new EventNotStorableException(Streams(stream => stream.First.StreamId), exception);
        }
    }

    /// <summary>One stream with all its appends: what the first expects is compared, and the others go on from there.</summary>
    private sealed class Stream(StreamAppend first)
    {
        public StreamAppend First { get; } = first;

        public int Count { get; set; }
    }
}
