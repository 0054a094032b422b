create schema if not exists callcenter;

-- Folded states of long streams: a shortcut, never the truth. May be emptied at any time.
create table if not exists callcenter.snapshots (
    stream_id uuid not null,
    name text not null,
    shape int not null,
    version bigint not null,
    state jsonb not null,
    saved_at timestamptz not null default now(),
    primary key (stream_id, name)
);
