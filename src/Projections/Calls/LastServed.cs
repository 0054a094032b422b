using CallCenter.Domain;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Calls;

/// <summary>Who served each number last, from the visits to queues.</summary>
public sealed class LastServed(NpgsqlDataSource source, PersonalReader personal)
{
    /// <summary>The latest first, each number once, in plain; what is of forgotten persons is left out.</summary>
    /// <param name="from">Visits that began before are not looked at.</param>
    /// <param name="most">How many numbers at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<(string Number, Guid AgentId)>> ReadAsync(DateTimeOffset from, int most, CancellationToken cancellationToken)
    {
        // Whom we have called back is the one who was called.
        await using var command = source.CreateCommand("""
            select call_id, number, agent_id from (
                select distinct on (key) call_id, number, agent_id, answered_at from (
                    select v.call_id, v.agent_id, v.answered_at,
                        case c.direction when 'Outbound' then c.to_number else c.from_number end as number,
                        case c.direction when 'Outbound' then c.to_key else c.from_key end as key
                    from calls.visits v join calls.calls c on c.id = v.call_id
                    where v.queued_at >= $1 and v.answered_at is not null and v.agent_id is not null) served
                where number <> ''
                order by key, answered_at desc) latest
            order by answered_at desc limit $2
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = from.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter { Value = most });
        var found = new List<(PersonalText Number, Guid AgentId)>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add((new PersonalText(reader.GetGuid(0), PersonalKinds.Number, reader.GetString(1)), reader.GetGuid(2)));
            }
        }

        var plain = await personal.RevealAsync(found.ConvertAll(served => served.Number), cancellationToken);
        return [.. found.Select(served => (plain[served.Number], served.AgentId)).Where(served => served.Item1 != PersonVault.ForgottenText)];
    }
}
