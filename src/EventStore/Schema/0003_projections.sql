-- Events at which projections stopped. A skipped one stays, so that a rebuild passes over it too.
create table if not exists callcenter.projection_poison (
    projection text not null,
    position bigint not null,
    checkpoint text not null,
    event_id uuid not null,
    event_type text not null,
    error text not null,
    stopped_at timestamptz not null default now(),
    skipped boolean not null default false,
    primary key (projection, position, checkpoint)
);

-- Projections written by the appending transactions: which version the tables are of.
create table if not exists callcenter.inline_projections (
    name text primary key,
    version int not null
);
