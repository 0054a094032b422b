namespace CallCenter.Projections.Kpi;

/// <summary>What a figure is counted from. Each becomes a table expression with the instant <c>at</c> to which a row belongs and the columns by which rows are divided.</summary>
internal enum KpiFacts
{
    /// <summary>Visits to queues, offers to agents, calls in the IVR.</summary>
    Contacts,

    /// <summary>Calls from outside.</summary>
    Attempts,

    /// <summary>Agents' statuses, cut at quarter hours where time divides the report.</summary>
    AgentTimes,

    /// <summary>Visits of calls with a known customer.</summary>
    Customers,

    /// <summary>Answers of customers.</summary>
    Surveys,

    /// <summary>What happened to tickets.</summary>
    Tickets,

    /// <summary>What adds up of contacts, by quarter hour and queue; see <see cref="KpiQuarters"/>.</summary>
    Quarters,
}

/// <summary>The facts as SQL.</summary>
internal static class KpiFactTables
{
    private const string NoQueue = "null::uuid as queue_id, null::uuid as agent_id";

    /// <param name="within">Condition that a column, whose name takes the place of {0}, lies in the period.</param>
    /// <param name="withIvr">Whether calls in the IVR, which have no queue and no agent, are among them.</param>
    public static string Contacts(string within, bool withIvr) => $"""
        select 'visit' as kind, v.call_id, v.queued_at as at, v.queue_id, v.agent_id, coalesce(v.topic, 'none') as topic, v.segment, 'voice' as channel,
                v.outcome, v.wait_ms, v.talk_ms, v.hold_ms, v.wrap_up_ms, v.transferred, q.short_abandon_seconds * 1000 as short_ms
         from calls.visits v left join queues.queues q on q.id = v.queue_id where {In("v.queued_at", within)}
         union all
         select 'offer', v.call_id, v.queued_at, v.queue_id, o.agent_id, coalesce(v.topic, 'none'), v.segment, 'voice', o.result, null, null, null, null, null, null
         from calls.offers o join calls.visits v on v.call_id = o.call_id and v.number = o.visit where {In("v.queued_at", within)}
        {(withIvr ? $"""
         union all
         select 'ivr', c.id, c.received_at, null, null, coalesce(c.topic, 'none'), c.segment, 'voice', c.outcome, null, null, null, null, null, null
         from calls.calls c where c.entered_ivr_at is not null and {In("c.received_at", within)}
        """ : "")}
        """;

    public static string Attempts(string within) => $"""
        select c.id as call_id, c.received_at as at, {NoQueue}, coalesce(c.topic, 'none') as topic, c.segment, 'voice' as channel, c.outcome
         from calls.calls c where c.direction = 'Inbound' and {In("c.received_at", within)}
        """;

    /// <param name="from">The period's beginning, as a parameter.</param>
    /// <param name="to">Its end.</param>
    /// <param name="now">Until when a status that lasts is counted.</param>
    /// <param name="cut">Whether spans are cut at quarter hours: every interval's edge is one, in every zone of today.</param>
    public static string AgentTimes(string from, string to, string now, bool cut)
    {
        var spans = $"""
            select s.agent_id, s.status, s.answered, greatest(s.started_at, {from}) as a, least(s.ended_at, {to}) as b
             from agents.spans s where s.status <> 'SignedOut' and s.ended_at > {from} and s.started_at < {to}
             union all
             select g.id, g.status, false, greatest(g.status_since, {from}), least({now}, {to}) from agents.agents g where g.status <> 'SignedOut' and g.status_since < least({now}, {to})
            """;
        var (pieces, start, end) = cut
            ? ($"({spans}) s cross join lateral generate_series(date_bin('15 minutes', s.a, timestamptz '2000-01-01Z'), s.b, interval '15 minutes') as p(at)", "greatest(s.a, p.at)", "least(s.b, p.at + interval '15 minutes')")
            : ($"({spans}) s", "s.a", "s.b");
        return $"""
            select {start} as at, null::uuid as queue_id, s.agent_id, null::text as topic, null::text as segment, null::text as channel, s.status, s.answered,
                    (extract(epoch from {end} - {start}) * 1000)::bigint as ms
             from {pieces} where {end} > {start}
            """;
    }

    /// <param name="within">As for <see cref="Contacts"/>.</param>
    /// <param name="window">How long a contact is followed by no other, as a parameter of type interval.</param>
    public static string Customers(string within, string window)
    {
        return $"""
            select v.call_id, v.queued_at as at, v.queue_id, v.agent_id, coalesce(v.topic, 'none') as topic, v.segment, 'voice' as channel, c.identity_key as customer, c.resolved,
                    v.outcome = 'Handled' and not exists (select from calls.visits l where l.call_id = v.call_id and l.number > v.number and l.outcome = 'Handled') as is_handled,
                    not exists ({Another($"o.received_at < c.received_at and o.received_at >= c.received_at - {window}")}) as is_first,
                    exists ({Another($"o.received_at > c.received_at and o.received_at <= coalesce(c.ended_at, c.received_at) + {window}")}) as came_back
             from calls.visits v join calls.calls c on c.id = v.call_id where c.identity_key is not null and {In("v.queued_at", within)}
            """;

        // That we call is no sign that the customer came back.
        static string Another(string when) =>
            $"select from calls.calls o where o.identity_key = c.identity_key and {when} and o.id <> c.id and o.direction = 'Inbound' and coalesce(o.topic, 'none') = coalesce(c.topic, 'none')";
    }

    public static string Surveys(string within) => $"""
        select s.call_id, s.at, s.queue_id, s.agent_id, coalesce(s.topic, 'none') as topic, s.segment, 'voice' as channel, s.score, s.lowest, s.highest
         from calls.surveys s where {In("s.at", within)}
        """;

    /// <param name="within">As for <see cref="Contacts"/>.</param>
    /// <param name="priority">Of which priority, as a parameter; null for all.</param>
    public static string Tickets(string within, string? priority) => $"""
        select m.at, null::uuid as queue_id, m.agent_id, coalesce(m.topic, 'none') as topic, m.segment, case m.channel when 'ByHand' then 'by-hand' else lower(m.channel) end as channel,
                m.kind, m.sla_met, m.open_ms, m.first_line, m.is_last
         from tickets.milestones m where {In("m.at", within)}{(priority is null ? "" : $" and m.priority = {priority}")}
        """;

    public static string In(string column, string within) => string.Format(System.Globalization.CultureInfo.InvariantCulture, within, column);
}
