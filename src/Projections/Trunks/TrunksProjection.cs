using System.Diagnostics;
using System.Text.Json;

using CallCenter.Domain.Trunks;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Trunks;

/// <summary>Every trunk with its settings; those of one that was removed are null.</summary>
public sealed class TrunksProjection : IProjection
{
    public string Name => "trunks";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(TrunkConfigured), typeof(TrunkRemoved)];

    public string Schema(string schemaName) => $"create table if not exists {schemaName}.trunks (id uuid primary key, settings jsonb);";

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            var (id, settings) = stored.Data switch
            {
                TrunkConfigured e => (e.TrunkId, e.Settings),
                TrunkRemoved e => (e.TrunkId, null),
                var other => throw new UnreachableException($"TrunksProjection does not take {other.GetType().Name}."),
            };
            commands.BatchCommands.Add(new NpgsqlBatchCommand($"insert into {batch.SchemaName}.trunks (id, settings) values ($1, $2) on conflict (id) do update set settings = $2")
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = id },
                    new NpgsqlParameter { Value = settings is null ? DBNull.Value : JsonSerializer.Serialize(settings, EventJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            });
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
