-- Keys of persons, in a schema of their own: a data backup is one without it (pg_dump --exclude-schema=person_keys), and nothing outside it refers to it.
create schema if not exists person_keys;

-- Under which identifiers become hashes; itself wrapped by the master key, so it also tells whether a master key is the right one.
create table if not exists person_keys.identifier_key (
    only_one boolean primary key default true check (only_one),
    wrapped bytea not null
);

-- A key a first-seen number (or other identifier). Joined keys have one person. A forgotten key stays as a row without its secret: what was written under it is known to be gone for good.
create table if not exists person_keys.keys (
    id uuid primary key,
    person uuid not null,
    subject uuid unique,
    wrapped bytea,
    made_at timestamptz not null default now(),
    forgotten_at timestamptz,
    check ((wrapped is null) = (forgotten_at is not null))
);

create index if not exists keys_by_person on person_keys.keys (person);

-- Which identifiers were written under which keys: where to look for a number, and what to destroy with it.
create table if not exists person_keys.identifiers (
    hash uuid not null,
    key_id uuid not null references person_keys.keys (id),
    primary key (hash, key_id)
);

create index if not exists identifiers_by_key on person_keys.identifiers (key_id);

-- Among the data, so that an older backup of the keys brings nobody back.
create table if not exists callcenter.forgotten_keys (
    key_id uuid primary key,
    forgotten_at timestamptz not null
);
