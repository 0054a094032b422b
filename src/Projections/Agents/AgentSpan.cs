using CallCenter.Domain.Agents;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Agents;

/// <summary>A status that is over, from when to when.</summary>
internal sealed record AgentSpan(Agent Agent, Agent After)
{
    /// <summary>The status that an event ended; null when it ended none.</summary>
    public static AgentSpan? Between(Agent before, Agent after) => before.Since > Agent.Initial.Since && after.Since > before.Since ? new AgentSpan(before, after) : null;

    /// <param name="schema">Where the table is.</param>
    /// <param name="ending">The event that ended the status.</param>
    public NpgsqlBatchCommand Insert(string schema, StoredEvent ending)
    {
        object?[] values =
        [
            ending.StreamId, ending.Version, ((AgentEvent)ending.Data).AgentId, Agent.Since.UtcDateTime, After.Since.UtcDateTime, Agent.Status.ToString(), Agent.Reason, Agent.CallId,
            (Agent.Status, After.Status) == (AgentStatus.Offered, AgentStatus.Busy) && Agent.CallId == After.CallId,
        ];
        var command = new NpgsqlBatchCommand(
            $"insert into {schema}.spans (stream_id, version, agent_id, started_at, ended_at, status, reason, call_id, answered) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing");
        command.Parameters.AddRange(values.Select(v => new NpgsqlParameter { Value = v ?? DBNull.Value }).ToArray());
        return command;
    }
}
