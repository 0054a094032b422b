using CallCenter.Domain.Calls;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Calls;

/// <summary>Reads and writes whole <see cref="CallView"/>s in the projection's tables, many in one round trip.</summary>
internal sealed class CallsTable(NpgsqlConnection connection, NpgsqlTransaction? transaction, string schema)
{
    private static readonly string[] CallColumns =
    [
        "id:uuid", "direction:text", "state:text", "from_number:text", "to_number:text", "sip_call_id:text", "customer_number:text", "segment:text", "topic:text",
        "agent_id:uuid", "received_at:timestamptz", "entered_ivr_at:timestamptz", "ended_at:timestamptz", "held_at:timestamptz", "wrap_up_at:timestamptz",
        "ended_by:text", "cause:text", "outcome:text", "disposition:text", "resolved:boolean", "notes:text", "version:bigint",
        "from_key:text", "to_key:text", "customer_key:text", "identity_key:text",
    ];

    private static readonly string[] VisitColumns =
    [
        "call_id:uuid", "number:int", "queue_id:uuid", "agent_id:uuid", "queued_at:timestamptz", "answered_at:timestamptz", "outcome:text",
        "wait_ms:bigint", "talk_ms:bigint", "hold_ms:bigint", "wrap_up_ms:bigint", "transferred:boolean", "topic:text", "segment:text",
    ];

    private static readonly string[] OfferColumns = ["call_id:uuid", "visit:int", "number:int", "agent_id:uuid", "offered_at:timestamptz", "result:text"];

    // An answer is found by what it is about: the last visit, or the call where it had none.
    private static readonly string[] SurveyColumns =
        ["call_id:uuid", "number:int", "question:text", "score:int", "lowest:int", "highest:int", "at:timestamptz", "queue_id:uuid", "agent_id:uuid", "topic:text", "segment:text"];

    /// <summary>The calls of these ids with all their visits, offers and answers; unknown ids are absent.</summary>
    public async Task<Dictionary<Guid, CallView>> LoadAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var calls = new Dictionary<Guid, CallView>();
        if (ids.Length == 0)
        {
            return calls;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Select("calls", CallColumns, "id", "id", ids));
        batch.BatchCommands.Add(Select("visits", VisitColumns, "call_id", "call_id, number", ids));
        batch.BatchCommands.Add(Select("offers", OfferColumns, "call_id", "call_id, visit, number", ids));
        batch.BatchCommands.Add(Select("surveys", SurveyColumns, "call_id", "call_id, number", ids));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var call = ReadCall(reader);
            calls.Add(call.Id, call);
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            calls[reader.GetGuid(0)].Visits.Add(ReadVisit(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            calls[reader.GetGuid(0)].Visits[reader.GetInt32(1) - 1].Offers.Add(ReadOffer(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            calls[reader.GetGuid(0)].Surveys.Add(new SurveyView(reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5)));
        }

        return calls;
    }

    /// <summary>Writes the calls as they are now, whether they were there or not.</summary>
    public async Task SaveAsync(IReadOnlyCollection<CallView> calls, CancellationToken cancellationToken)
    {
        var visits = calls.SelectMany(call => call.Visits, (call, visit) => (Call: call, Visit: visit)).ToList();
        var offers = visits.SelectMany(v => v.Visit.Offers, (v, offer) => (v.Call, v.Visit, Offer: offer)).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Upsert("calls", CallColumns, 1, calls, c =>
        [
            c.Id, c.Direction.ToString(), c.State.ToString(), c.From, c.To, c.SipCallId, c.CustomerNumber, c.Segment, c.Topic,
            c.AgentId, c.ReceivedAt, c.EnteredIvrAt, c.EndedAt, c.HeldAt, c.WrapUpAt,
            c.EndedBy?.ToString(), c.Cause, c.Outcome?.ToString(), c.Disposition, c.Resolved, c.Notes, c.Version,
            PersonalToken.SearchKey(c.From), PersonalToken.SearchKey(c.To), PersonalToken.SearchKey(c.CustomerNumber), IdentityKey(c),
        ]));
        batch.BatchCommands.Add(Upsert("visits", VisitColumns, 2, visits, v =>
        [
            v.Call.Id, v.Visit.Number, v.Visit.QueueId, v.Visit.AgentId, v.Visit.QueuedAt, v.Visit.AnsweredAt, v.Visit.Outcome?.ToString(),
            v.Visit.WaitMs, v.Visit.TalkMs, v.Visit.HoldMs, v.Visit.WrapUpMs, v.Visit.Transferred, v.Call.Topic, v.Call.Segment,
        ]));
        batch.BatchCommands.Add(Upsert("offers", OfferColumns, 3, offers, o =>
            [o.Call.Id, o.Visit.Number, o.Offer.Number, o.Offer.AgentId, o.Offer.OfferedAt, o.Offer.Result?.ToString()]));
        var answers = calls.SelectMany(call => call.Surveys.Select((survey, i) => (Call: call, Number: i + 1, Survey: survey))).ToList();
        if (answers.Count > 0)
        {
            batch.BatchCommands.Add(Upsert("surveys", SurveyColumns, 2, answers, a =>
            [
                a.Call.Id, a.Number, a.Survey.Question, a.Survey.Score, a.Survey.Lowest, a.Survey.Highest,
                a.Call.LastVisit?.QueuedAt ?? a.Call.ReceivedAt, a.Call.LastVisit?.QueueId, a.Call.LastVisit?.AgentId, a.Call.Topic, a.Call.Segment,
            ]));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes calls out, with their visits and offers; unknown ids are no fault.</summary>
    public async Task DeleteAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand($"delete from {schema}.calls where id = any($1)", connection, transaction) { Parameters = { new NpgsqlParameter { Value = ids } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>By whom the call is known to be with: the customer's number, else the other side's, unless that is withheld.</summary>
    private static string? IdentityKey(CallView call) =>
        PersonalToken.SearchKey(call.CustomerNumber ?? (call.Direction == CallDirection.Outbound ? call.To : call.From)) is { Length: > 0 } key ? key : null;

    private NpgsqlBatchCommand Select(string table, string[] columns, string key, string order, Guid[] ids) =>
        new($"select {string.Join(", ", columns.Select(Name))} from {schema}.{table} where {key} = any($1) order by {order}")
        {
            Parameters = { new NpgsqlParameter { Value = ids } },
        };

    /// <param name="keys">How many of the first columns are the primary key.</param>
    private NpgsqlBatchCommand Upsert<T>(string table, string[] columns, int keys, IReadOnlyCollection<T> rows, Func<T, object?[]> values)
    {
        var names = columns.Select(Name).ToArray();
        var unnest = string.Join(", ", columns.Select((c, i) => $"${i + 1}::{c[(c.IndexOf(':', StringComparison.Ordinal) + 1)..]}[]"));
        var command = new NpgsqlBatchCommand($"""
            insert into {schema}.{table} ({string.Join(", ", names)}) select * from unnest({unnest})
            on conflict ({string.Join(", ", names[..keys])}) do update set {string.Join(", ", names[keys..].Select(n => $"{n} = excluded.{n}"))}
            """);
        var cells = rows.Select(values).ToList();
        for (var i = 0; i < columns.Length; i++)
        {
            command.Parameters.Add(Column(columns[i], cells, i));
        }

        return command;
    }

    private static NpgsqlParameter Column(string column, List<object?[]> cells, int i) => column[(column.IndexOf(':', StringComparison.Ordinal) + 1)..] switch
    {
        "uuid" => Array<Guid?>(cells, i),
        "text" => Array<string?>(cells, i),
        "timestamptz" => new NpgsqlParameter
        {
            // Said outright: from a column of nothing but nulls the driver would guess a timestamp without time zone.
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
            Value = cells.Select(c => ((DateTimeOffset?)c[i])?.UtcDateTime).ToArray(),
        },
        "boolean" => Array<bool?>(cells, i),
        "int" => Array<int?>(cells, i),
        "bigint" => Array<long?>(cells, i),
        var type => throw new InvalidOperationException($"Column type {type} has no parameter type."),
    };

    private static NpgsqlParameter Array<T>(List<object?[]> cells, int i) => new() { Value = cells.Select(c => (T?)c[i]).ToArray() };

    private static string Name(string column) => column[..column.IndexOf(':', StringComparison.Ordinal)];

    private static CallView ReadCall(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0),
        Direction = Enum.Parse<CallDirection>(r.GetString(1)),
        State = Enum.Parse<CallState>(r.GetString(2)),
        From = r.GetString(3),
        To = r.GetString(4),
        SipCallId = r.Get<string>(5),
        CustomerNumber = r.Get<string>(6),
        Segment = r.Get<string>(7),
        Topic = r.Get<string>(8),
        AgentId = r.GetOrNull<Guid>(9),
        ReceivedAt = r.GetFieldValue<DateTimeOffset>(10),
        EnteredIvrAt = r.GetOrNull<DateTimeOffset>(11),
        EndedAt = r.GetOrNull<DateTimeOffset>(12),
        HeldAt = r.GetOrNull<DateTimeOffset>(13),
        WrapUpAt = r.GetOrNull<DateTimeOffset>(14),
        EndedBy = r.GetEnum<CallParty>(15),
        Cause = r.Get<string>(16),
        Outcome = r.GetEnum<CallOutcome>(17),
        Disposition = r.Get<string>(18),
        Resolved = r.GetOrNull<bool>(19),
        Notes = r.Get<string>(20),
        Version = r.GetInt64(21),
    };

    private static VisitView ReadVisit(NpgsqlDataReader r) => new()
    {
        Number = r.GetInt32(1),
        QueueId = r.GetGuid(2),
        AgentId = r.GetOrNull<Guid>(3),
        QueuedAt = r.GetFieldValue<DateTimeOffset>(4),
        AnsweredAt = r.GetOrNull<DateTimeOffset>(5),
        Outcome = r.GetEnum<VisitOutcome>(6),
        WaitMs = r.GetOrNull<long>(7),
        TalkMs = r.GetOrNull<long>(8),
        HoldMs = r.GetInt64(9),
        WrapUpMs = r.GetOrNull<long>(10),
        Transferred = r.GetBoolean(11),
    };

    private static OfferView ReadOffer(NpgsqlDataReader r) => new()
    {
        Number = r.GetInt32(2),
        AgentId = r.GetGuid(3),
        OfferedAt = r.GetFieldValue<DateTimeOffset>(4),
        Result = r.GetEnum<OfferResult>(5),
    };
}
