using CallCenter.Domain.Calls;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Calls;

/// <summary>Reads and writes whole <see cref="CallView"/>s in the projection's tables, many in one round trip.</summary>
internal sealed class CallsTable(NpgsqlConnection connection, NpgsqlTransaction? transaction, string schema)
{
    // Fewer rows go with others in one round trip.
    private const int WorthCopying = 200;

    private static readonly RowTable<CallView> Calls = new("calls", 1,
    [
        RowColumn<CallView>.Uuid("id", c => c.Id),
        RowColumn<CallView>.Text("direction", c => c.Direction.ToString()),
        RowColumn<CallView>.Text("state", c => c.State.ToString()),
        RowColumn<CallView>.Text("from_number", c => c.From),
        RowColumn<CallView>.Text("to_number", c => c.To),
        RowColumn<CallView>.Text("sip_call_id", c => c.SipCallId),
        RowColumn<CallView>.Text("customer_number", c => c.CustomerNumber),
        RowColumn<CallView>.Text("segment", c => c.Segment),
        RowColumn<CallView>.Text("topic", c => c.Topic),
        RowColumn<CallView>.Uuid("agent_id", c => c.AgentId),
        RowColumn<CallView>.At("received_at", c => c.ReceivedAt),
        RowColumn<CallView>.At("entered_ivr_at", c => c.EnteredIvrAt),
        RowColumn<CallView>.At("ended_at", c => c.EndedAt),
        RowColumn<CallView>.At("held_at", c => c.HeldAt),
        RowColumn<CallView>.At("wrap_up_at", c => c.WrapUpAt),
        RowColumn<CallView>.Text("ended_by", c => c.EndedBy?.ToString()),
        RowColumn<CallView>.Text("cause", c => c.Cause),
        RowColumn<CallView>.Text("outcome", c => c.Outcome?.ToString()),
        RowColumn<CallView>.Text("disposition", c => c.Disposition),
        RowColumn<CallView>.Boolean("resolved", c => c.Resolved),
        RowColumn<CallView>.Text("notes", c => c.Notes),
        RowColumn<CallView>.Bigint("version", c => c.Version),
        RowColumn<CallView>.Text("from_key", c => PersonalToken.SearchKey(c.From)),
        RowColumn<CallView>.Text("to_key", c => PersonalToken.SearchKey(c.To)),
        RowColumn<CallView>.Text("customer_key", c => PersonalToken.SearchKey(c.CustomerNumber)),
        RowColumn<CallView>.Text("identity_key", IdentityKey),
    ]);

    private static readonly RowTable<(CallView Call, VisitView Visit)> Visits = new("visits", 2,
    [
        RowColumn<(CallView Call, VisitView Visit)>.Uuid("call_id", v => v.Call.Id),
        RowColumn<(CallView Call, VisitView Visit)>.Int("number", v => v.Visit.Number),
        RowColumn<(CallView Call, VisitView Visit)>.Uuid("queue_id", v => v.Visit.QueueId),
        RowColumn<(CallView Call, VisitView Visit)>.Uuid("agent_id", v => v.Visit.AgentId),
        RowColumn<(CallView Call, VisitView Visit)>.At("queued_at", v => v.Visit.QueuedAt),
        RowColumn<(CallView Call, VisitView Visit)>.At("answered_at", v => v.Visit.AnsweredAt),
        RowColumn<(CallView Call, VisitView Visit)>.Text("outcome", v => v.Visit.Outcome?.ToString()),
        RowColumn<(CallView Call, VisitView Visit)>.Bigint("wait_ms", v => v.Visit.WaitMs),
        RowColumn<(CallView Call, VisitView Visit)>.Bigint("talk_ms", v => v.Visit.TalkMs),
        RowColumn<(CallView Call, VisitView Visit)>.Bigint("hold_ms", v => v.Visit.HoldMs),
        RowColumn<(CallView Call, VisitView Visit)>.Bigint("wrap_up_ms", v => v.Visit.WrapUpMs),
        RowColumn<(CallView Call, VisitView Visit)>.Boolean("transferred", v => v.Visit.Transferred),
        RowColumn<(CallView Call, VisitView Visit)>.Text("topic", v => v.Call.Topic),
        RowColumn<(CallView Call, VisitView Visit)>.Text("segment", v => v.Call.Segment),
    ]);

    private static readonly RowTable<(Guid Call, int Visit, OfferView Offer)> Offers = new("offers", 3,
    [
        RowColumn<(Guid Call, int Visit, OfferView Offer)>.Uuid("call_id", o => o.Call),
        RowColumn<(Guid Call, int Visit, OfferView Offer)>.Int("visit", o => o.Visit),
        RowColumn<(Guid Call, int Visit, OfferView Offer)>.Int("number", o => o.Offer.Number),
        RowColumn<(Guid Call, int Visit, OfferView Offer)>.Uuid("agent_id", o => o.Offer.AgentId),
        RowColumn<(Guid Call, int Visit, OfferView Offer)>.At("offered_at", o => o.Offer.OfferedAt),
        RowColumn<(Guid Call, int Visit, OfferView Offer)>.Text("result", o => o.Offer.Result?.ToString()),
    ]);

    // An answer is found by what it is about: the last visit, or the call where it had none.
    private static readonly RowTable<(CallView Call, int Number, SurveyView Survey)> Surveys = new("surveys", 2,
    [
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Uuid("call_id", a => a.Call.Id),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Int("number", a => a.Number),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Text("question", a => a.Survey.Question),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Int("score", a => a.Survey.Score),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Int("lowest", a => a.Survey.Lowest),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Int("highest", a => a.Survey.Highest),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.At("at", a => a.Call.LastVisit?.QueuedAt ?? a.Call.ReceivedAt),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Uuid("queue_id", a => a.Call.LastVisit?.QueueId),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Uuid("agent_id", a => a.Call.LastVisit?.AgentId),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Text("topic", a => a.Call.Topic),
        RowColumn<(CallView Call, int Number, SurveyView Survey)>.Text("segment", a => a.Call.Segment),
    ]);

    /// <summary>The calls of these ids with all their visits, offers and answers; unknown ids are absent.</summary>
    public async Task<Dictionary<Guid, CallView>> LoadAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var calls = new Dictionary<Guid, CallView>();
        if (ids.Length == 0)
        {
            return calls;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Select("calls", Calls.Columns, "id", "id", ids));
        batch.BatchCommands.Add(Select("visits", Visits.Columns, "call_id", "call_id, number", ids));
        batch.BatchCommands.Add(Select("offers", Offers.Columns, "call_id", "call_id, visit, number", ids));
        batch.BatchCommands.Add(Select("surveys", Surveys.Columns, "call_id", "call_id, number", ids));
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
        if (calls.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(batch, Calls, calls);
        Add(batch, Visits, VisitsOf(calls));
        Add(batch, Offers, OffersOf(calls));
        Add(batch, Surveys, SurveysOf(calls));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Writes calls that are not there.</summary>
    public async Task InsertAsync(IReadOnlyCollection<CallView> calls, CancellationToken cancellationToken)
    {
        if (calls.Count < WorthCopying)
        {
            await SaveAsync(calls, cancellationToken);
            return;
        }

        await Calls.CopyAsync(connection, schema, calls, cancellationToken);
        await Visits.CopyAsync(connection, schema, VisitsOf(calls), cancellationToken);
        await Offers.CopyAsync(connection, schema, OffersOf(calls), cancellationToken);
        if (SurveysOf(calls) is { Count: > 0 } answers)
        {
            await Surveys.CopyAsync(connection, schema, answers, cancellationToken);
        }
    }

    /// <summary>Takes calls out, with all that is theirs; unknown ids are no fault.</summary>
    public async Task DeleteAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add($"delete from {schema}.calls where id = any($1)", ids);
        foreach (var table in (string[])["visits", "offers", "surveys"])
        {
            batch.Add($"delete from {schema}.{table} where call_id = any($1)", ids);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static List<(CallView Call, VisitView Visit)> VisitsOf(IEnumerable<CallView> calls) => [.. calls.SelectMany(call => call.Visits, (call, visit) => (call, visit))];

    private static List<(Guid Call, int Visit, OfferView Offer)> OffersOf(IEnumerable<CallView> calls) =>
        [.. calls.SelectMany(call => call.Visits, (call, visit) => (call.Id, visit)).SelectMany(v => v.visit.Offers, (v, offer) => (v.Id, v.visit.Number, offer))];

    private static List<(CallView Call, int Number, SurveyView Survey)> SurveysOf(IEnumerable<CallView> calls) =>
        [.. calls.SelectMany(call => call.Surveys.Select((survey, i) => (call, i + 1, survey)))];

    private void Add<T>(NpgsqlBatch batch, RowTable<T> table, IReadOnlyCollection<T> rows)
    {
        if (rows.Count > 0)
        {
            batch.BatchCommands.Add(table.Upsert(schema, rows));
        }
    }

    /// <summary>By whom the call is known to be with: the customer's number, else the other side's, unless that is withheld.</summary>
    private static string? IdentityKey(CallView call) =>
        PersonalToken.SearchKey(call.CustomerNumber ?? (call.Direction == CallDirection.Outbound ? call.To : call.From)) is { Length: > 0 } key ? key : null;

    private NpgsqlBatchCommand Select(string table, string columns, string key, string order, Guid[] ids) =>
        new($"select {columns} from {schema}.{table} where {key} = any($1) order by {order}")
        {
            Parameters = { new NpgsqlParameter { Value = ids } },
        };

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
