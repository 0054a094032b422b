-- Seals over ranges of the global log, each signed and chained to the one before. How the bytes are made: adr/0012.
create table if not exists callcenter.seals (
    number bigint not null,
    first_position bigint not null,
    last_position bigint not null,
    events int not null,
    total_events bigint not null,
    recorded_from bigint not null,
    recorded_to bigint not null,
    sealed_at timestamptz not null,
    root bytea not null,
    previous bytea not null,
    signature bytea not null,
    entries bytea not null,
    constraint pkey_seals primary key (number)
);

-- Hashes do not compress: trying would only cost time.
alter table callcenter.seals alter column entries set storage external;
