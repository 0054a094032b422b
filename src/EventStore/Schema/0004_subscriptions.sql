-- Events that a subscription could not handle, and behind each the later ones of its stream, which wait for it. Only the first of a stream has a time for its next attempt; when it has none,
-- it is a dead letter. Whoever changes a subscription's rows holds its row of mt_event_progression, so that none waits behind one that is gone.
create table if not exists callcenter.parked_events (
    subscription text not null,
    position bigint not null,
    stream_id uuid not null,
    event_id uuid not null,
    behind boolean not null,
    attempts int not null,
    next_attempt_at timestamptz null,
    last_error text null,
    parked_at timestamptz not null,
    last_attempt_at timestamptz null,
    primary key (subscription, position)
);

create index if not exists parked_events_streams on callcenter.parked_events (subscription, stream_id, position);
create index if not exists parked_events_due on callcenter.parked_events (subscription, next_attempt_at) where next_attempt_at is not null;
create index if not exists parked_events_dead on callcenter.parked_events (subscription, position) where next_attempt_at is null and not behind;
