namespace CallCenter.Projections.Calls;

internal static class CallsSchema
{
    /// <summary>One row a call, one a visit to a queue, one an offer to an agent, one an answer in a survey. Numbers and notes are tokens; they are searched by the columns that end in _key. Whom a call is with is known by <c>identity_key</c>.</summary>
    public static string Create(string schema) => $"""
        create table if not exists {schema}.calls (
            id uuid primary key,
            direction text not null,
            state text not null,
            from_number text not null,
            to_number text not null,
            sip_call_id text,
            customer_number text,
            segment text,
            topic text,
            agent_id uuid,
            received_at timestamptz not null,
            entered_ivr_at timestamptz,
            ended_at timestamptz,
            held_at timestamptz,
            wrap_up_at timestamptz,
            ended_by text,
            cause text,
            outcome text,
            disposition text,
            resolved boolean,
            notes text,
            version bigint not null,
            from_key text,
            to_key text,
            customer_key text,
            identity_key text);
        create table if not exists {schema}.visits (
            call_id uuid not null,
            number int not null,
            queue_id uuid not null,
            agent_id uuid,
            queued_at timestamptz not null,
            answered_at timestamptz,
            outcome text,
            wait_ms bigint,
            talk_ms bigint,
            hold_ms bigint not null,
            wrap_up_ms bigint,
            transferred boolean not null,
            topic text,
            segment text,
            primary key (call_id, number));
        create index if not exists visits_by_queue on {schema}.visits (queue_id, queued_at);
        create table if not exists {schema}.offers (
            call_id uuid not null,
            visit int not null,
            number int not null,
            agent_id uuid not null,
            offered_at timestamptz not null,
            result text,
            primary key (call_id, visit, number));
        create table if not exists {schema}.surveys (
            call_id uuid not null,
            number int not null,
            question text not null,
            score int not null,
            lowest int not null,
            highest int not null,
            at timestamptz not null,
            queue_id uuid,
            agent_id uuid,
            topic text,
            segment text,
            primary key (call_id, number));
        {CallQuarters.Schema(schema)}
        """;

    /// <summary>By what calls are found that is no key.</summary>
    public static string Indexes(string schema) => $"""
        create index if not exists calls_newest on {schema}.calls (received_at desc, id desc);
        create index if not exists calls_live on {schema}.calls (state) where state <> 'Ended';
        create index if not exists calls_long on {schema}.calls (received_at) where ended_at - received_at > interval '4 hours';
        create index if not exists calls_from on {schema}.calls (from_key, received_at) where from_key is not null;
        create index if not exists calls_to on {schema}.calls (to_key, received_at) where to_key is not null;
        create index if not exists calls_customer on {schema}.calls (customer_key, received_at) where customer_key is not null;
        create index if not exists calls_identity on {schema}.calls (identity_key, received_at) where identity_key is not null;
        create index if not exists visits_by_time on {schema}.visits (queued_at);
        create index if not exists visits_by_agent on {schema}.visits (agent_id, queued_at);
        create index if not exists surveys_by_time on {schema}.surveys (at);
        create index if not exists visits_abandoned on {schema}.visits (queued_at, queue_id, wait_ms) where outcome = 'Abandoned';
        """;
}
