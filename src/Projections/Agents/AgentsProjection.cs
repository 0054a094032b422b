using System.Diagnostics;

using CallCenter.Domain.Agents;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Agents;

/// <summary>Every agent with the status of this moment.</summary>
public sealed class AgentsProjection : IProjection
{
    public string Name => "agents";

    public IReadOnlyCollection<Type> Handles { get; } =
        [typeof(AgentCreated), typeof(AgentChanged), typeof(AgentSignedIn), typeof(AgentStatusChanged), typeof(AgentSignedOut)];

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
            version bigint not null);
        create index if not exists agents_by_name on {schemaName}.agents (name, id);
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            commands.BatchCommands.Add(Command((AgentEvent)stored.Data, stored.Version, batch.SchemaName));
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Command(AgentEvent @event, long version, string schema)
    {
        return @event switch
        {
            AgentCreated e => Sql($"""
                insert into {schema}.agents (id, version, name, extension, queues, status, status_since) values ($1, $2, $3, $4, $5, $6, $7)
                """, e.Name, e.Extension, e.Queues.ToArray(), nameof(AgentStatus.SignedOut), e.OccurredAt.UtcDateTime),
            AgentChanged e => Sql($"update {schema}.agents set version = $2, name = $3, extension = $4, queues = $5 where id = $1", e.Name, e.Extension, e.Queues.ToArray()),
            AgentSignedIn => Status(AgentStatus.Available, null, null),
            AgentStatusChanged e => Status(e.Status, e.Reason, e.CallId),
            AgentSignedOut e => Status(AgentStatus.SignedOut, e.Reason, null),
            _ => throw new UnreachableException($"AgentsProjection does not take {@event.GetType().Name}."),
        };

        NpgsqlBatchCommand Status(AgentStatus status, string? reason, Guid? call) => Sql($"""
            update {schema}.agents set version = $2, status = $3, status_since = $4, reason = $5, call_id = $6 where id = $1
            """, status.ToString(), @event.OccurredAt.UtcDateTime, reason, call);

        NpgsqlBatchCommand Sql(string text, params object?[] values)
        {
            var command = new NpgsqlBatchCommand(text) { Parameters = { new NpgsqlParameter { Value = @event.AgentId }, new NpgsqlParameter { Value = version } } };
            command.Parameters.AddRange(values.Select(v => new NpgsqlParameter { Value = v ?? DBNull.Value }).ToArray());
            return command;
        }
    }
}
