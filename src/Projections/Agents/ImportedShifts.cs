using System.Text.Json;

using CallCenter.Domain.Agents;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Agents;

/// <summary>Shifts that were imported: they make spans of agents' time as live ones do, and change nothing of what the agents are now.</summary>
internal static class ImportedShifts
{
    /// <summary>A shift lies here only between two pages of the log that part it.</summary>
    public static string Schema(string schema) => $"create table if not exists {schema}.parted_shifts (id uuid primary key, state jsonb not null);";

    public static async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var events = batch.Events.Where(e => e.StreamType == Agent.ShiftStreamType).ToList();
        if (events.Count == 0)
        {
            return;
        }

        var parted = events.GroupBy(e => e.StreamId).Where(shift => shift.First().Version > 1).Select(shift => shift.Key).ToArray();
        var shifts = await TakeAsync(batch, parted, cancellationToken);
        var spans = new List<AgentSpan>();
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in events)
        {
            if (stored.Data is AgentShiftWithdrawn)
            {
                // The shift may have been written by this page.
                spans.RemoveAll(span => span.Ending.StreamId == stored.StreamId);
                commands.Add($"delete from {batch.SchemaName}.spans where stream_id = $1", stored.StreamId);
                continue;
            }

            var before = shifts.GetValueOrDefault(stored.StreamId, Agent.Initial);
            var after = shifts[stored.StreamId] = Agent.Evolve(before, (AgentEvent)stored.Data);
            if (AgentSpan.Between(before, after, stored) is { } span)
            {
                spans.Add(span);
            }
        }

        AgentSpan.AddTo(commands, batch.SchemaName, spans);
        foreach (var (id, shift) in shifts.Where(pair => pair.Value.Status != AgentStatus.SignedOut))
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand($"insert into {batch.SchemaName}.parted_shifts (id, state) values ($1, $2)")
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = id },
                    new NpgsqlParameter { Value = JsonSerializer.Serialize(shift, EventJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            });
        }

        if (commands.BatchCommands.Count > 0)
        {
            await commands.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<Dictionary<Guid, Agent>> TakeAsync(ProjectionBatch batch, Guid[] ids, CancellationToken cancellationToken)
    {
        var shifts = new Dictionary<Guid, Agent>();
        if (ids.Length == 0)
        {
            return shifts;
        }

        await using var command = new NpgsqlCommand($"delete from {batch.SchemaName}.parted_shifts where id = any($1) returning id, state", batch.Connection, batch.Transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            shifts.Add(reader.GetGuid(0), JsonSerializer.Deserialize<Agent>(reader.GetString(1), EventJson.Options)!);
        }

        return shifts;
    }
}
