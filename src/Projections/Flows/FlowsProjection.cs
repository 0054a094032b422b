using System.Diagnostics;

using CallCenter.Domain.Flows;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Flows;

/// <summary>Every flow with its versions, and which of them is active.</summary>
public sealed class FlowsProjection : IProjection
{
    public string Name => "flows";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(FlowSaved), typeof(FlowActivated)];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.flows (
            id uuid primary key,
            name text not null,
            active int);
        create table if not exists {schemaName}.versions (
            flow_id uuid not null,
            version int not null,
            source text not null,
            saved_at timestamptz not null,
            activated_at timestamptz,
            primary key (flow_id, version));
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            switch (stored.Data)
            {
                case FlowSaved e:
                    Add($"insert into {batch.SchemaName}.flows (id, name) values ($1, $2) on conflict (id) do nothing", e.FlowId, e.Name);
                    Add($"insert into {batch.SchemaName}.versions (flow_id, version, source, saved_at) values ($1, $2, $3, $4)", e.FlowId, e.Version, e.Source, e.OccurredAt.UtcDateTime);
                    break;
                case FlowActivated e:
                    Add($"update {batch.SchemaName}.flows set active = $2 where id = $1", e.FlowId, e.Version);
                    Add($"update {batch.SchemaName}.versions set activated_at = $3 where flow_id = $1 and version = $2", e.FlowId, e.Version, e.OccurredAt.UtcDateTime);
                    break;
                default:
                    throw new UnreachableException($"FlowsProjection does not take {stored.Data.GetType().Name}.");
            }
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);

        void Add(string sql, params ReadOnlySpan<object> values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            commands.BatchCommands.Add(command);
        }
    }
}
