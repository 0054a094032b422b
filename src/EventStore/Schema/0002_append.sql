create schema if not exists callcenter;

-- Appends to one or several streams, all or nothing, in one round trip. The order of its steps is what its promises rest on:
--   1. every stream's row is locked (in the order of ids: two appends cannot wait for each other), or made when new;
--   2. an append whose events are all stored already is answered from what is stored;
--   3. versions are compared, so a refusal draws no position;
--   4. positions are drawn under the row locks, so a stream's positions follow its versions.
-- Streams are numbered from 1 by their place in p_stream_ids; events name theirs in p_event_streams, and their place in it, from 1, in p_event_offsets.
-- p_expected: a version from 0 up, -1 any, -2 an existing stream.
-- Its plans are made once a session and may be made while the tables are empty: all rows are found by index, or appends grow slower with every event.
-- Refusals: CC001 wrong version, CC002 archived stream, CC003 event ids taken; HINT carries the figures (Npgsql keeps DETAIL to itself by default).
create or replace function callcenter.append_events(
    p_stream_ids uuid[], p_stream_types varchar[], p_expected bigint[], p_counts int[],
    p_event_streams int[], p_event_offsets int[], p_event_ids uuid[], p_event_types varchar[], p_dotnet_types varchar[], p_bodies jsonb[],
    p_correlation_ids varchar[], p_causation_ids varchar[], p_user_names varchar[], p_recorded_at timestamptz)
returns table (stream_version bigint, last_position bigint, duplicate boolean)
language plpgsql set enable_seqscan = off as $$
declare
    v_streams constant int := cardinality(p_stream_ids);
    v_bases bigint[] := array_fill(0::bigint, array[v_streams]);
    v_archived boolean[] := array_fill(false, array[v_streams]);
    v_new boolean[] := array_fill(false, array[v_streams]);
    v_base bigint;
    v_is_archived boolean;
    v_stored int;
    v_same int;
    i int;
begin
    for i in select s.place from unnest(p_stream_ids) with ordinality as s (id, place) order by s.id loop
        select s.version, s.is_archived into v_base, v_is_archived from public.mt_streams s where s.id = p_stream_ids[i] for no key update;
        if not found then
            insert into public.mt_streams (id, type, version, timestamp, created)
            values (p_stream_ids[i], p_stream_types[i], p_counts[i], p_recorded_at, p_recorded_at) on conflict (id) do nothing;
            v_new[i] := found;
            if not found then
                -- Another writer made it between the two statements, and has committed by now.
                select s.version, s.is_archived into v_base, v_is_archived from public.mt_streams s where s.id = p_stream_ids[i] for no key update;
            end if;
        end if;
        if not v_new[i] then
            v_bases[i] := coalesce(v_base, 0);
            v_archived[i] := coalesce(v_is_archived, false);
        end if;
    end loop;

    select count(*) into v_stored from public.mt_events e where e.id = any (p_event_ids);
    if v_stored > 0 then
        select count(*) into v_same
        from unnest(p_event_ids, p_event_streams, p_event_types, p_bodies) as n (id, stream, type, body)
        join public.mt_events e on e.id = n.id and e.stream_id = p_stream_ids[n.stream] and e.type = n.type and e.data = n.body;
        if v_same < cardinality(p_event_ids) then
            raise exception using errcode = 'CC003',
                message = format('%s of the %s event ids are stored already, %s of them with the same contents in the same stream',
                    v_stored, cardinality(p_event_ids), v_same),
                hint = (select e.id::text from public.mt_events e where e.id = any (p_event_ids) order by e.seq_id limit 1);
        end if;
        return query
            select max(e.version), max(e.seq_id), true
            from unnest(p_event_ids, p_event_streams) as n (id, stream) join public.mt_events e on e.id = n.id
            group by n.stream order by n.stream;
        return;
    end if;

    for i in 1 .. v_streams loop
        if v_archived[i] then
            raise exception using errcode = 'CC002', message = 'stream is archived', hint = p_stream_ids[i]::text;
        end if;
        if not (p_expected[i] = -1 or p_expected[i] = v_bases[i] or (p_expected[i] = -2 and v_bases[i] > 0)) then
            raise exception using errcode = 'CC001', message = 'wrong expected version', hint = format('%s %s', i, v_bases[i]);
        end if;
        if not v_new[i] then
            update public.mt_streams s set version = v_bases[i] + p_counts[i], timestamp = p_recorded_at where s.id = p_stream_ids[i];
        end if;
    end loop;

    return query
        with written as (
            insert into public.mt_events (
                seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, user_name)
            select
                nextval('public.mt_events_sequence'), n.id, p_stream_ids[n.stream], v_bases[n.stream] + n.place, n.body, n.type, p_recorded_at,
                n.dotnet_type, n.correlation_id, n.causation_id, n.user_name
            from (
                select * from unnest(
                    p_event_ids, p_event_streams, p_event_offsets, p_event_types, p_dotnet_types, p_bodies, p_correlation_ids, p_causation_ids, p_user_names)
                    with ordinality as u (id, stream, place, type, dotnet_type, body, correlation_id, causation_id, user_name, ordinal)
                order by u.ordinal) as n
            returning mt_events.stream_id, mt_events.version, mt_events.seq_id)
        select max(w.version), max(w.seq_id), false from written w
        group by w.stream_id order by array_position(p_stream_ids, w.stream_id);
end $$;
