create schema if not exists callcenter;

-- Commands that were carried out, so that a repeat is answered with what the first came to. Kept for ever: the row is smaller than the events beside it.
create table if not exists callcenter.commands (
    id uuid primary key,
    stream_ids uuid[] not null,
    versions bigint[] not null,
    positions bigint[] not null,
    recorded_at timestamptz not null
);

drop function if exists callcenter.append_events(
    uuid[], varchar[], bigint[], int[], int[], int[], uuid[], varchar[], varchar[], jsonb[], varchar[], varchar[], varchar[], timestamptz);

-- Carries out several requests, each all or nothing and each on its own, in one round trip and one commit. The order of its steps is what its promises rest on:
--   1. every stream's row is locked, in the order given, which is that of their ids: two calls cannot wait for each other;
--   2. a request whose command or whose events are stored already is found and not carried out again;
--   3. versions are compared, so a refusal draws no position;
--   4. positions are drawn under the row locks, so a stream's positions follow its versions; over all streams they follow the order in which the events are given.
-- Requests are numbered from 1; p_commands holds their command ids, or is null when none has one. A stream is named once and names its request; an event names its stream by place, and its
-- own place among the stream's new events, both from 1. p_expected: a version from 0 up, -1 any, -2 an existing stream. p_probe: look all event ids up; otherwise only those of requests that
-- are refused or expect no exact version, and an id that is taken all the same violates the index.
-- statuses (a request): 0 written, 1 its events are stored already, 2 wrong version, 3 archived stream, 4 event ids taken, 5 its command was carried out already.
-- faults (a request): the stream that status 2 or 3 is about. versions (a stream): before the append; for status 1 that of the last event stored. ends (a stream): for status 1 the position of
-- the last event stored. positions: of the events written, in the order given.
-- Its plans are made once a session, for arrays of any length, and may be made while the tables are empty: all rows are found by index, or appends grow slower with every event.
create or replace function callcenter.append_events(
    p_requests int, p_commands uuid[],
    p_stream_requests int[], p_stream_ids uuid[], p_stream_types varchar[], p_expected bigint[], p_counts int[],
    p_event_streams int[], p_event_offsets int[], p_event_ids uuid[], p_event_types varchar[], p_dotnet_types varchar[], p_bodies jsonb[],
    p_correlation_ids varchar[], p_causation_ids varchar[], p_headers jsonb[], p_user_names varchar[], p_recorded_at timestamptz, p_probe boolean,
    out statuses int[], out faults int[], out versions bigint[], out ends bigint[], out positions bigint[])
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
declare
    v_there boolean[];
    v_archived boolean[];
    v_probe boolean := p_probe or 0 > any (p_expected);
    v_request int;
    v_same boolean;
    v_end record;
begin
    -- One event for a stream whose version is known, what most appends of a quiet center are: two statements instead of four.
    if p_requests = 1 and cardinality(p_event_ids) = 1 and p_expected[1] > 0 and p_commands is null and not p_probe then
        update public.mt_streams s set version = s.version + 1, timestamp = p_recorded_at
        where s.id = p_stream_ids[1] and s.version = p_expected[1] and s.is_archived is not true;
        if found then
            insert into public.mt_events (
                seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name)
            values (
                nextval('public.mt_events_sequence'), p_event_ids[1], p_stream_ids[1], p_expected[1] + 1, p_bodies[1], p_event_types[1], p_recorded_at,
                p_dotnet_types[1], p_correlation_ids[1], p_causation_ids[1], p_headers[1], p_user_names[1])
            returning array[seq_id] into positions;
            statuses := array[0];
            faults := statuses;
            versions := p_expected;
            return;
        end if;
    end if;

    -- Where archived streams lie apart, a row that was waited for may have been moved there meanwhile: a second look finds it.
    for i in 1 .. 2 loop
        select array_agg(coalesce(l.version, 0)), array_agg(l.id is not null), array_agg(coalesce(l.is_archived, false)) into versions, v_there, v_archived
        from unnest(p_stream_ids) as n (id)
        left join lateral (
            select s.id, s.version, s.is_archived from public.mt_streams s where s.id = n.id order by s.is_archived limit 1 for no key update) as l on true;
        exit when true = all (v_there);
    end loop;

    statuses := array_fill(0, array[p_requests]);
    faults := statuses;
    for i in 1 .. cardinality(p_stream_ids) loop
        if v_archived[i] then
            statuses[p_stream_requests[i]] := 3;
        elsif not (p_expected[i] = versions[i] or p_expected[i] = -1 or p_expected[i] = -2 and versions[i] > 0) then
            statuses[p_stream_requests[i]] := 2;
        else
            continue;
        end if;
        faults[p_stream_requests[i]] := i;
        v_probe := true;
    end loop;

    if v_probe then
        for v_request, v_same in
            select p_stream_requests[n.stream], bool_and(coalesce(e.stream_id = p_stream_ids[n.stream] and e.type = n.type and e.data = n.body, false))
            from unnest(p_event_ids, p_event_streams, p_event_types, p_bodies) as n (id, stream, type, body)
            left join public.mt_events e on e.id = n.id
            group by 1 having count(e.id) > 0
        loop
            statuses[v_request] := case when v_same then 1 else 4 end;
        end loop;
    end if;
    if p_commands is not null then
        for v_request in select n.request from unnest(p_commands) with ordinality as n (id, request) join callcenter.commands c on c.id = n.id loop
            statuses[v_request] := 5;
        end loop;
    end if;
    if 1 = any (statuses) then
        ends := array_fill(0::bigint, array[cardinality(p_stream_ids)]);
        for v_end in
            select n.stream, max(e.version) as version, max(e.seq_id) as position
            from unnest(p_event_ids, p_event_streams) as n (id, stream) join public.mt_events e on e.id = n.id
            where statuses[p_stream_requests[n.stream]] = 1 group by n.stream
        loop
            versions[v_end.stream] := v_end.version;
            ends[v_end.stream] := v_end.position;
        end loop;
    end if;

    if 0 <> all (statuses) then
        return;
    end if;
    if true = any (v_there) then
        update public.mt_streams s set version = n.version + n.count, timestamp = p_recorded_at
        from unnest(p_stream_ids, p_stream_requests, p_counts, versions, v_there) as n (id, request, count, version, there)
        where s.id = n.id and s.is_archived is not true and n.there and statuses[n.request] = 0;
    end if;
    if false = any (v_there) then
        insert into public.mt_streams (id, type, version, timestamp, created)
        select n.id, n.type, n.count, p_recorded_at, p_recorded_at
        from unnest(p_stream_ids, p_stream_types, p_stream_requests, p_counts, v_there) as n (id, type, request, count, there)
        where not n.there and statuses[n.request] = 0;
    end if;

    with written as (
        insert into public.mt_events (
            seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name)
        select
            nextval('public.mt_events_sequence'), n.id, p_stream_ids[n.stream], versions[n.stream] + n.place, n.body, n.type, p_recorded_at,
            n.dotnet_type, n.correlation_id, n.causation_id, n.headers, n.user_name
        from (
            select * from unnest(
                p_event_ids, p_event_streams, p_event_offsets, p_event_types, p_dotnet_types, p_bodies, p_correlation_ids, p_causation_ids, p_headers, p_user_names)
                with ordinality as u (id, stream, place, type, dotnet_type, body, correlation_id, causation_id, headers, user_name, ordinal)
            where statuses[p_stream_requests[u.stream]] = 0
            order by u.ordinal) as n
        returning seq_id)
    select array_agg(w.seq_id order by w.seq_id) into positions from written w;

    if p_commands is not null then
        insert into callcenter.commands (id, stream_ids, versions, positions, recorded_at)
        select p_commands[w.request], array_agg(w.id order by w.place), array_agg(w.version order by w.place), array_agg(w.position order by w.place), p_recorded_at
        from (
            select p_stream_requests[n.stream] as request, e.stream_id as id, min(n.place) as place, max(e.version) as version, max(e.seq_id) as position
            from unnest(p_event_ids, p_event_streams) with ordinality as n (id, stream, place) join public.mt_events e on e.id = n.id
            where statuses[p_stream_requests[n.stream]] = 0 and p_commands[p_stream_requests[n.stream]] is not null
            group by 1, 2) as w
        group by w.request;
    end if;
end $$;
