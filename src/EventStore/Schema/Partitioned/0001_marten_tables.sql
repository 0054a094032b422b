-- Instead of the migration of this name where archived streams lie apart: Marten's tables under UseArchivedStreamPartitioning, else as there.
-- PostgreSQL wants the partition key in every unique key of a partitioned table, so each carries is_archived, and Marten's unique index on event ids
-- cannot be. Each partition has one instead: Marten compares the indexes of the table and not those of its parts.

create table if not exists public.mt_streams (
    id uuid not null,
    type varchar null,
    version bigint null,
    timestamp timestamptz not null default (now()),
    created timestamptz not null default (now()),
    tenant_id varchar null default '*DEFAULT*',
    is_archived boolean not null default false,
    constraint pkey_mt_streams_id_is_archived primary key (id, is_archived)
) partition by list (is_archived);

create table if not exists public.mt_streams_archived partition of public.mt_streams for values in (true);
create table if not exists public.mt_streams_default partition of public.mt_streams default;

create table if not exists public.mt_events (
    seq_id bigint not null,
    id uuid not null,
    stream_id uuid null,
    version bigint not null,
    data jsonb not null,
    bdata bytea null,
    type varchar(500) not null,
    timestamp timestamptz not null default (now()),
    tenant_id varchar null default '*DEFAULT*',
    mt_dotnet_type varchar null,
    correlation_id varchar null,
    causation_id varchar null,
    headers jsonb null,
    user_name varchar null,
    is_archived boolean not null default false,
    constraint pkey_mt_events_seq_id_is_archived primary key (seq_id, is_archived),
    constraint fkey_mt_events_stream_id_is_archived foreign key (stream_id, is_archived) references public.mt_streams (id, is_archived) on delete cascade
) partition by list (is_archived);

create table if not exists public.mt_events_archived partition of public.mt_events for values in (true);
create table if not exists public.mt_events_default partition of public.mt_events default;

create unique index if not exists pk_mt_events_stream_and_version on public.mt_events using btree (stream_id, version, is_archived);
create unique index if not exists idx_mt_events_archived_event_id on public.mt_events_archived using btree (id);
create unique index if not exists idx_mt_events_default_event_id on public.mt_events_default using btree (id);

create sequence if not exists public.mt_events_sequence;
alter sequence public.mt_events_sequence owned by public.mt_events.seq_id;

create table if not exists public.mt_event_progression (
    name varchar not null,
    last_seq_id bigint null,
    last_updated timestamptz null default (transaction_timestamp()),
    constraint pk_mt_event_progression primary key (name)
);

create table if not exists public.mt_high_water_skips (
    ending_sequence bigint not null,
    starting_sequence bigint null,
    timestamp timestamptz null,
    constraint pkey_mt_high_water_skips_ending_sequence primary key (ending_sequence)
);
