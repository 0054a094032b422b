-- What the log has in each 256 positions, so that events are found by what Marten's tables have no index for: a block without what is looked for is passed over.
-- Rows are made behind the safe mark, never changed, and could all be made again.
create table if not exists callcenter.trail_map (
    block bigint not null,
    events int not null,
    recorded_from timestamptz not null,
    recorded_to timestamptz not null,
    types text[] not null,
    stream_types text[] not null,
    users text[] not null,
    correlations text[] not null,
    causations text[] not null,
    constraint pkey_trail_map primary key (block)
);

create index if not exists trail_map_contents on callcenter.trail_map using gin (types, stream_types, users, correlations, causations);
