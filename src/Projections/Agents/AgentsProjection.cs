using System.Text.Json;

using CallCenter.Domain.Agents;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Agents;

/// <summary>
/// Every agent with the status of this moment, and the whole folded state: routing starts from that, without the years of events behind it. And every status that is over, from when to when,
/// and every change of what an agent is: agents' time is counted and the floor of the past is seen by those.
/// </summary>
public sealed class AgentsProjection : IProjection
{
    public string Name => "agents";

    public int Version => 4;

    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(AgentCreated), typeof(AgentChanged), typeof(AgentSignedIn), typeof(AgentStatusChanged), typeof(AgentSignedOut),
        typeof(AgentStatusRequested), typeof(AgentSeated), typeof(AgentDeskChanged), typeof(AgentWrapUpExtended), typeof(AgentLoginChanged),
        typeof(AgentShiftWithdrawn),
    ];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.agents (
            id uuid primary key,
            name text not null,
            extension text,
            queues uuid[] not null,
            status text not null,
            status_since timestamptz not null,
            reason text,
            call_id uuid,
            version bigint not null,
            state jsonb not null);
        create index if not exists agents_by_name on {schemaName}.agents (name, id);
        create table if not exists {schemaName}.spans (
            stream_id uuid not null,
            version bigint not null,
            agent_id uuid not null,
            started_at timestamptz not null,
            ended_at timestamptz not null,
            status text not null,
            reason text,
            call_id uuid,
            answered boolean not null,
            primary key (stream_id, version));
        create index if not exists spans_by_time on {schemaName}.spans (ended_at, started_at);
        create index if not exists spans_of_agent on {schemaName}.spans (agent_id, ended_at);
        create table if not exists {schemaName}.settings (
            agent_id uuid not null,
            version bigint not null,
            from_at timestamptz not null,
            name text not null,
            extension text,
            queues uuid[] not null,
            attributes jsonb not null,
            primary key (agent_id, version));
        {ImportedShifts.Schema(schemaName)}
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var agents = await LoadAsync(batch, cancellationToken);
        var spans = new List<AgentSpan>();
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events.Where(e => e.StreamType != Agent.ShiftStreamType))
        {
            var before = agents.GetValueOrDefault(stored.StreamId, (Agent.Initial, 0)).State;
            var after = Agent.Evolve(before, (AgentEvent)stored.Data);
            agents[stored.StreamId] = (after, stored.Version);
            if (AgentSpan.Between(before, after, stored) is { } span)
            {
                spans.Add(span);
            }

            if (!before.Exists || (before.Name, before.Extension, before.Queues, before.Attributes) != (after.Name, after.Extension, after.Queues, after.Attributes))
            {
                commands.BatchCommands.Add(Settings(batch.SchemaName, after, stored.Version));
            }
        }

        AgentSpan.AddTo(commands, batch.SchemaName, spans);
        foreach (var (id, (agent, version)) in agents)
        {
            commands.BatchCommands.Add(Upsert(batch.SchemaName, id, agent, version));
        }

        if (commands.BatchCommands.Count > 0)
        {
            await commands.ExecuteNonQueryAsync(cancellationToken);
        }

        await ImportedShifts.ApplyAsync(batch, cancellationToken);
    }

    private static async Task<Dictionary<Guid, (Agent State, long Version)>> LoadAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select id, state, version from {batch.SchemaName}.agents where id = any($1)", batch.Connection, batch.Transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = batch.Events.Select(e => e.StreamId).Distinct().ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var agents = new Dictionary<Guid, (Agent, long)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            agents.Add(reader.GetGuid(0), (JsonSerializer.Deserialize<Agent>(reader.GetString(1), EventJson.Options)!, reader.GetInt64(2)));
        }

        return agents;
    }

    /// <summary>What the agent is from now on, beside its status.</summary>
    private static NpgsqlBatchCommand Settings(string schema, Agent agent, long version)
    {
        var command = new NpgsqlBatchCommand(
            $"insert into {schema}.settings (agent_id, version, from_at, name, extension, queues, attributes) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing");
        object?[] values = [agent.Id, version, agent.LastAt.UtcDateTime, agent.Name, agent.Extension, agent.Queues.ToArray()];
        command.Parameters.AddRange(values.Select(v => new NpgsqlParameter { Value = v ?? DBNull.Value }).ToArray());
        command.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(agent.Attributes, EventJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb });
        return command;
    }

    private static NpgsqlBatchCommand Upsert(string schema, Guid id, Agent agent, long version)
    {
        object?[] values = [id, agent.Name, agent.Extension, agent.Queues.ToArray(), agent.Status.ToString(), agent.Since.UtcDateTime, agent.Reason, agent.CallId, version];
        var command = new NpgsqlBatchCommand($"""
            insert into {schema}.agents (id, name, extension, queues, status, status_since, reason, call_id, version, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (id) do update set name = $2, extension = $3, queues = $4, status = $5, status_since = $6, reason = $7, call_id = $8, version = $9, state = $10
            """);
        command.Parameters.AddRange(values.Select(v => new NpgsqlParameter { Value = v ?? DBNull.Value }).ToArray());
        command.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(agent, EventJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb });
        return command;
    }
}
