-- The functions that Marten calls, by the names, arguments and refusals that it expects (Quick mode, all metadata). What is inside is ours:
-- Marten compares bodies as text, down to their comments, and from one release to the next they differ.

-- As Marten declares it: whoever marks a skip gives its bounds only.
alter table public.mt_high_water_skips alter column starting_sequence set not null;
alter table public.mt_high_water_skips alter column timestamp set default (transaction_timestamp());

-- Appends to one stream and gives {its version now, position, position, ...}. The stream's row is locked before anything is compared or drawn, so a stream's positions follow its
-- versions, and of two appends that expect the same version the second is refused before it draws. MT001: archived stream; MT003: another version than the expected one.
create or replace function public.mt_quick_append_events(
    stream uuid, stream_type varchar, tenantid varchar, event_ids uuid[], event_types varchar[], dotnet_types varchar[], bodies jsonb[], bdatas bytea[],
    causation_ids varchar[], correlation_ids varchar[], headers jsonb[], user_names varchar[], expected_version bigint default null)
returns bigint[] language plpgsql set enable_seqscan = off as $$
declare
    v_count constant int := cardinality(event_ids);
    v_version bigint;
    v_tenant varchar;
    v_archived boolean;
    v_positions bigint[];
begin
    select s.version, s.tenant_id, s.is_archived into v_version, v_tenant, v_archived
    from public.mt_streams s where s.id = stream order by s.is_archived limit 1 for no key update;
    if not found then
        -- It may have been waited for while it was moved to the archived streams: a later look finds it there.
        select s.version, s.tenant_id, s.is_archived into v_version, v_tenant, v_archived
        from public.mt_streams s where s.id = stream order by s.is_archived limit 1 for no key update;
    end if;
    if coalesce(v_version, 0) <> expected_version then
        raise exception 'stream % is at version %, but the append expected %', stream, coalesce(v_version, 0), expected_version using errcode = 'MT003';
    end if;
    if v_version is null then
        v_version := 0;
        insert into public.mt_streams (id, type, version, tenant_id) values (stream, stream_type, v_count, coalesce(tenantid, '*DEFAULT*'));
    elsif v_archived then
        raise exception 'stream % is archived', stream using errcode = 'MT001';
    elsif v_tenant <> tenantid then
        raise exception 'stream % belongs to tenant %, not to %', stream, v_tenant, tenantid;
    elsif v_count > 0 then
        update public.mt_streams s set version = v_version + v_count, timestamp = now() where s.id = stream and not s.is_archived;
    end if;

    with written as (
        insert into public.mt_events (
            seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, causation_id, correlation_id, headers, user_name, is_archived)
        select
            nextval('public.mt_events_sequence'), n.id, stream, v_version + n.place, n.body, n.bdata, n.type, now(), coalesce(tenantid, '*DEFAULT*'),
            n.dotnet_type, n.causation_id, n.correlation_id, n.header, n.user_name, false
        from (
            select * from unnest(event_ids, event_types, dotnet_types, bodies, bdatas, causation_ids, correlation_ids, mt_quick_append_events.headers, user_names)
                with ordinality as u (id, type, dotnet_type, body, bdata, causation_id, correlation_id, header, user_name, place)
            where u.place <= v_count order by u.place) as n
        returning mt_events.seq_id)
    select array_agg(w.seq_id order by w.seq_id) into v_positions from written w;
    return (v_version + v_count) || coalesce(v_positions, '{}');
end $$;

create or replace function public.mt_mark_event_progression(name varchar, last_encountered bigint) returns void language sql as $$
    insert into public.mt_event_progression as p (name, last_seq_id, last_updated)
    values (mt_mark_event_progression.name, last_encountered, transaction_timestamp())
    on conflict on constraint pk_mt_event_progression do update set last_seq_id = excluded.last_seq_id, last_updated = excluded.last_updated
$$;

-- Moves a mark over a gap, if it still is where the gap begins, and remembers the gap; gives where the mark is now.
create or replace function public.mt_mark_progression_with_skip(shard_name varchar, ending_sequence bigint, starting_sequence bigint) returns bigint language plpgsql as $$
declare
    v_mark bigint;
begin
    insert into public.mt_event_progression as p (name, last_seq_id, last_updated) values (shard_name, ending_sequence, transaction_timestamp())
    on conflict on constraint pk_mt_event_progression do update set last_seq_id = excluded.last_seq_id, last_updated = excluded.last_updated
    where p.last_seq_id = starting_sequence or p.last_seq_id is null
    returning p.last_seq_id into v_mark;
    if not found then
        return (select p.last_seq_id from public.mt_event_progression p where p.name = shard_name);
    end if;
    if ending_sequence > starting_sequence then
        insert into public.mt_high_water_skips values (ending_sequence, starting_sequence) on conflict do nothing;
    end if;
    return v_mark;
end $$;

-- Where archived streams lie apart, a stream has a row on both sides while its events move: they refer to the one on theirs.
do $do$
begin
    if (select relkind from pg_class where oid = 'public.mt_events'::regclass) = 'p' then
        create or replace function public.mt_archive_stream(streamid uuid) returns void language plpgsql as $$
        begin
            insert into public.mt_streams (id, type, version, timestamp, created, tenant_id, is_archived)
            select s.id, s.type, s.version, s.timestamp, s.created, s.tenant_id, true from public.mt_streams s where s.id = streamid and not s.is_archived for no key update;
            update public.mt_events e set is_archived = true where e.stream_id = streamid and not e.is_archived;
            delete from public.mt_streams s where s.id = streamid and not s.is_archived;
        end $$;
    else
        create or replace function public.mt_archive_stream(streamid uuid) returns void language plpgsql as $$
        begin
            update public.mt_streams s set is_archived = true where s.id = streamid;
            update public.mt_events e set is_archived = true where e.stream_id = streamid;
        end $$;
    end if;
end $do$;
