using System.Collections;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.EventStore;

/// <summary>The call of <c>callcenter.append_events</c>, its arrays filled for one group of requests after another. Not safe for concurrent use.</summary>
internal sealed class AppendStatement
{
    private readonly NpgsqlCommand _command;
    private readonly Dictionary<Guid, int> _places = [];
    private readonly List<NpgsqlParameter> _parameters = [];
    private readonly List<IList> _columns = [];
    private readonly List<Action> _absent = [];

    private readonly List<Guid?> _commands;
    private readonly List<int> _streamRequests;
    private readonly List<Guid> _streamIds;
    private readonly List<string> _streamTypes;
    private readonly List<long> _expected;
    private readonly List<int> _counts;
    private readonly List<int> _eventStreams;
    private readonly List<int> _eventOffsets;
    private readonly List<Guid> _eventIds;
    private readonly List<string> _eventTypes;
    private readonly List<string> _dotNetTypes;
    private readonly List<byte[]> _bodies;
    private readonly List<string?> _correlationIds;
    private readonly List<string?> _causationIds;
    private readonly List<byte[]?> _headers;
    private readonly List<string?> _userNames;
    private readonly NpgsqlParameter _requestCount;
    private readonly NpgsqlParameter _recordedAt;
    private readonly NpgsqlParameter _probe;

    public AppendStatement()
    {
        _requestCount = Scalar(NpgsqlDbType.Integer);
        _commands = Column<Guid?>(NpgsqlDbType.Uuid, absentWhenNull: true);
        _streamRequests = Column<int>(NpgsqlDbType.Integer);
        _streamIds = Column<Guid>(NpgsqlDbType.Uuid);
        _streamTypes = Column<string>(NpgsqlDbType.Varchar);
        _expected = Column<long>(NpgsqlDbType.Bigint);
        _counts = Column<int>(NpgsqlDbType.Integer);
        _eventStreams = Column<int>(NpgsqlDbType.Integer);
        _eventOffsets = Column<int>(NpgsqlDbType.Integer);
        _eventIds = Column<Guid>(NpgsqlDbType.Uuid);
        _eventTypes = Column<string>(NpgsqlDbType.Varchar);
        _dotNetTypes = Column<string>(NpgsqlDbType.Varchar);
        _bodies = Column<byte[]>(NpgsqlDbType.Jsonb);
        _correlationIds = Column<string?>(NpgsqlDbType.Varchar, absentWhenNull: true);
        _causationIds = Column<string?>(NpgsqlDbType.Varchar, absentWhenNull: true);
        _headers = Column<byte[]?>(NpgsqlDbType.Jsonb, absentWhenNull: true);
        _userNames = Column<string?>(NpgsqlDbType.Varchar, absentWhenNull: true);
        _recordedAt = Scalar(NpgsqlDbType.TimestampTz);
        _probe = Scalar(NpgsqlDbType.Boolean);
        _command = new NpgsqlCommand($"select statuses, faults, versions, ends, positions from callcenter.append_events({string.Join(", ", _parameters.Select((_, i) => $"${i + 1}"))})");
        _parameters.ForEach(parameter => _command.Parameters.Add(parameter));
    }

    /// <summary>Carries the requests out and commits, on the calling thread: for a thread that does nothing else.</summary>
    /// <inheritdoc cref="ExecuteAsync"/>
    public List<AppendOutcome> Execute(NpgsqlConnection connection, IReadOnlyList<AppendRequest> requests, DateTimeOffset recordedAt)
    {
        Fill(connection, requests, recordedAt, probe: false);
        _command.Prepare();
        using var reader = _command.ExecuteReader();
        reader.Read();
        return Read(reader, requests);
    }

    /// <summary>Carries the requests out and commits.</summary>
    /// <param name="connection">Outside a transaction.</param>
    /// <param name="requests">No two of them name the same stream.</param>
    /// <param name="recordedAt">When the store takes them.</param>
    /// <param name="probe">Look all event ids up, as after a violated index or an answer that was lost.</param>
    /// <param name="inline">Done before the commit, on what was written.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What became of each request, in the order given.</returns>
    public async Task<List<AppendOutcome>> ExecuteAsync(
        NpgsqlConnection connection, IReadOnlyList<AppendRequest> requests, DateTimeOffset recordedAt, bool probe, InlineWork? inline, CancellationToken ct)
    {
        Fill(connection, requests, recordedAt, probe);
        await using var transaction = inline is null ? null : await connection.BeginTransactionAsync(ct);

        // A round trip only on a connection's first use; from then on the server keeps the plan.
        await _command.PrepareAsync(ct);
        List<AppendOutcome> outcomes;
        await using (var reader = await _command.ExecuteReaderAsync(ct))
        {
            await reader.ReadAsync(ct);
            outcomes = Read(reader, requests);
        }

        if (inline is not null)
        {
            var written = requests.Zip(outcomes).SelectMany(pair => pair.Second.Written(pair.First, recordedAt)).OrderBy(stored => stored.Position).ToList();
            if (written.Count > 0)
            {
                await inline(connection, transaction!, written, ct);
            }

            await transaction!.CommitAsync(ct);
        }

        return outcomes;
    }

    private void Fill(NpgsqlConnection connection, IReadOnlyList<AppendRequest> requests, DateTimeOffset recordedAt, bool probe)
    {
        _command.Connection = connection;
        _columns.ForEach(column => column.Clear());
        AddStreams(requests);
        foreach (var request in requests)
        {
            _commands.Add(request.CommandId);
            foreach (var @event in request.Events)
            {
                Add(_places[request.Streams[@event.Stream].First.StreamId], @event);
            }
        }

        _requestCount.Value = requests.Count;
        _recordedAt.Value = recordedAt.UtcDateTime;
        _probe.Value = probe;
        _absent.ForEach(decide => decide());
    }

    private List<AppendOutcome> Read(NpgsqlDataReader reader, IReadOnlyList<AppendRequest> requests)
    {
        var statuses = reader.GetFieldValue<int[]>(0);
        var faults = reader.GetFieldValue<int[]>(1);
        var versions = reader.GetFieldValue<long[]>(2);
        var ends = reader.IsDBNull(3) ? [] : reader.GetFieldValue<long[]>(3);
        var positions = reader.IsDBNull(4) ? [] : reader.GetFieldValue<long[]>(4);
        var outcomes = new List<AppendOutcome>(requests.Count);
        var next = 0;
        for (var i = 0; i < requests.Count; i++)
        {
            var (request, status) = (requests[i], (AppendStatus)statuses[i]);
            var places = request.Streams.Select(stream => _places[stream.First.StreamId]).ToArray();
            outcomes.Add(new AppendOutcome(
                status,
                Versions: Array.ConvertAll(places, place => versions[place - 1]),
                Ends: status == AppendStatus.Duplicate ? Array.ConvertAll(places, place => ends[place - 1]) : [],
                Positions: status == AppendStatus.Written ? positions[next..(next += request.Events.Count)] : [],
                FaultyStream: faults[i] == 0 ? -1 : Array.IndexOf(places, faults[i])));
        }

        return outcomes;
    }

    // All who append lock streams in this order.
    private void AddStreams(IReadOnlyList<AppendRequest> requests)
    {
        _places.Clear();
        var streams = new List<(RequestedStream Stream, int Request)>(requests.Count);
        for (var number = 0; number < requests.Count; number++)
        {
            foreach (var stream in requests[number].Streams)
            {
                streams.Add((stream, number + 1));
            }
        }

        streams.Sort(static (a, b) => a.Stream.First.StreamId.CompareTo(b.Stream.First.StreamId));
        foreach (var (stream, request) in streams)
        {
            _streamRequests.Add(request);
            _streamIds.Add(stream.First.StreamId);
            _streamTypes.Add(stream.First.StreamType);
            _expected.Add(stream.First.Expected.Value);
            _counts.Add(stream.Count);
            _places.Add(stream.First.StreamId, _streamIds.Count);
        }
    }

    private void Add(int stream, RequestedEvent @event)
    {
        _eventStreams.Add(stream);
        _eventOffsets.Add(@event.Offset);
        _eventIds.Add(@event.Serialized.Id);
        _eventTypes.Add(@event.Serialized.Type);
        _dotNetTypes.Add(@event.Serialized.DotNetType);
        _bodies.Add(@event.Serialized.Json);
        _correlationIds.Add(@event.Metadata.CorrelationId);
        _causationIds.Add(@event.Metadata.CausationId);
        _headers.Add(EventJson.Headers(@event.Metadata));
        _userNames.Add(@event.Metadata.UserName);
    }

    /// <param name="type">Of an element.</param>
    /// <param name="absentWhenNull">An absent array counts as one of nulls, and costs nothing.</param>
    private List<T> Column<T>(NpgsqlDbType type, bool absentWhenNull = false)
    {
        var values = new List<T>();
        var parameter = new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values };
        _columns.Add(values);
        _parameters.Add(parameter);
        if (absentWhenNull)
        {
            _absent.Add(() => parameter.Value = values.TrueForAll(value => value is null) ? DBNull.Value : values);
        }

        return values;
    }

    private NpgsqlParameter Scalar(NpgsqlDbType type)
    {
        var parameter = new NpgsqlParameter { NpgsqlDbType = type };
        _parameters.Add(parameter);
        return parameter;
    }
}
