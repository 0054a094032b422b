using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Counts what was written under keys, by reading every event that may hold it: for those who do not believe what is said about it.</summary>
public sealed class PersonalTextCensus(NpgsqlDataSource dataSource, EventTypes types)
{
    /// <summary>How many events hold a text under one of these keys.</summary>
    public async Task<long> CountEventsAsync(IReadOnlyCollection<Guid> keys, CancellationToken ct = default)
    {
        if (keys.Count == 0)
        {
            return 0;
        }

        // No index knows tokens: a log of many millions takes minutes, and whoever asks waits for them.
        await using var command = dataSource.CreateCommand("""
            select count(*) from public.mt_events e where e.type = any ($2)
                and exists (select from regexp_matches(e.data::text, 'pd1\.[A-Za-z0-9_-]{22}\.', 'g') found (token) where found.token[1] = any ($1))
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(PersonalToken.StartOf).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = types.PersonalNames.ToArray() });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
