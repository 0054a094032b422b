-- Marten's own event tables (9.29, Guid stream ids, MetadataConfig.EnableAll, UserNameEnabled, EnableUniqueIndexOnEventId).
-- Not a column or index more: Marten's migration drops what it does not know.

create table if not exists public.mt_streams (
    id uuid not null,
    type varchar null,
    version bigint null,
    timestamp timestamptz not null default (now()),
    created timestamptz not null default (now()),
    tenant_id varchar null default '*DEFAULT*',
    is_archived boolean null default false,
    constraint pkey_mt_streams_id primary key (id)
);

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
    is_archived boolean null default false,
    constraint pkey_mt_events_seq_id primary key (seq_id),
    constraint fkey_mt_events_stream_id foreign key (stream_id) references public.mt_streams (id) on delete cascade
);

create unique index if not exists pk_mt_events_stream_and_version on public.mt_events using btree (stream_id, version);
create unique index if not exists idx_mt_events_event_id on public.mt_events using btree (id);

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
