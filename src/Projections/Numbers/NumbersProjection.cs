using System.Diagnostics;
using System.Text.Json;

using CallCenter.Domain.Numbers;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Numbers;

/// <summary>Every dialled number that is configured.</summary>
public sealed class NumbersProjection : IProjection
{
    public string Name => "numbers";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(NumberConfigured), typeof(NumberRemoved)];

    public string Schema(string schemaName) => $"create table if not exists {schemaName}.numbers (id uuid primary key, number text not null, settings jsonb not null);";

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            commands.BatchCommands.Add(stored.Data switch
            {
                NumberConfigured e => new NpgsqlBatchCommand($"insert into {batch.SchemaName}.numbers (id, number, settings) values ($1, $2, $3) on conflict (id) do update set settings = $3")
                {
                    Parameters =
                    {
                        new NpgsqlParameter { Value = e.NumberId },
                        new NpgsqlParameter { Value = e.Number },
                        new NpgsqlParameter { Value = JsonSerializer.Serialize(e.Settings, EventJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
                    },
                },
                NumberRemoved e => new NpgsqlBatchCommand($"delete from {batch.SchemaName}.numbers where id = $1") { Parameters = { new NpgsqlParameter { Value = e.NumberId } } },
                var other => throw new UnreachableException($"NumbersProjection does not take {other.GetType().Name}."),
            });
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
