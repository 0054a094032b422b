-- Timers that have not fired yet: one that has is gone. next_attempt_at is null when the timer is dead. claimed_by is the node that is firing it, by the number under which that node holds
-- an advisory lock: a claim whose lock is gone is a dead node's.
create table if not exists callcenter.timers (
    id uuid primary key,
    firing_id uuid not null,
    kind text not null,
    payload jsonb not null,
    due_at timestamptz not null,
    next_attempt_at timestamptz null,
    attempts int not null default 0,
    last_error text null,
    claimed_by int null,
    scheduled_at timestamptz not null
);

create index if not exists timers_waiting on callcenter.timers (kind, next_attempt_at) where claimed_by is null and next_attempt_at is not null;
create index if not exists timers_claimed on callcenter.timers (claimed_by) where claimed_by is not null;
create index if not exists timers_dead on callcenter.timers (due_at) where next_attempt_at is null;
