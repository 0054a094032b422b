using CallCenter.Domain.Agents;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Agents;

/// <summary>A status that is over, from when to when.</summary>
/// <param name="Agent">As the status was.</param>
/// <param name="After">As it ended.</param>
/// <param name="Ending">The event that ended it.</param>
internal sealed record AgentSpan(Agent Agent, Agent After, StoredEvent Ending)
{
    /// <summary>The status that an event ended; null when it ended none.</summary>
    public static AgentSpan? Between(Agent before, Agent after, StoredEvent ending) => before.Since > Agent.Initial.Since && after.Since > before.Since ? new AgentSpan(before, after, ending) : null;

    /// <summary>Adds the statement that writes all of these, if there are any.</summary>
    public static void AddTo(NpgsqlBatch batch, string schema, IReadOnlyList<AgentSpan> spans)
    {
        if (spans.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand($"""
            insert into {schema}.spans (stream_id, version, agent_id, started_at, ended_at, status, reason, call_id, answered)
            select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[], $8::uuid[], $9::boolean[]) on conflict do nothing
            """);
        Add(span => span.Ending.StreamId);
        Add(span => span.Ending.Version);
        Add(span => ((AgentEvent)span.Ending.Data).AgentId);
        Add(span => span.Agent.Since.UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(span => span.After.Since.UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(span => span.Agent.Status.ToString());
        Add(span => span.Agent.Reason);
        Add(span => span.Agent.CallId);
        Add(span => (span.Agent.Status, span.After.Status) == (AgentStatus.Offered, AgentStatus.Busy) && span.Agent.CallId == span.After.CallId);
        batch.BatchCommands.Add(command);

        void Add<T>(Func<AgentSpan, T> column, NpgsqlDbType? type = null)
        {
            var parameter = new NpgsqlParameter { Value = spans.Select(column).ToArray() };
            if (type is { } element)
            {
                parameter.NpgsqlDbType = NpgsqlDbType.Array | element;
            }

            command.Parameters.Add(parameter);
        }
    }
}
