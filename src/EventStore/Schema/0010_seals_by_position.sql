-- An excerpt of the trail looks up the seals over single events.
create index if not exists seals_by_position on callcenter.seals (last_position);
