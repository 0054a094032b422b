using System.Diagnostics;
using System.Text.Json;

using CallCenter.Domain.Queues;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Queues;

/// <summary>Every queue with its settings, and those that it had before. Who waits in it is read from the calls, who serves it from the agents.</summary>
public sealed class QueuesProjection : IProjection
{
    public string Name => "queues";

    public int Version => 3;

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(QueueCreated), typeof(QueueChanged)];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.queues (
            id uuid primary key,
            name text not null,
            number text,
            ring_seconds int not null,
            wrap_up_seconds int not null,
            short_abandon_seconds int not null,
            settings jsonb not null);
        create table if not exists {schemaName}.settings (
            queue_id uuid not null,
            version bigint not null,
            from_at timestamptz not null,
            settings jsonb not null,
            primary key (queue_id, version));
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            var (id, settings) = stored.Data switch
            {
                QueueCreated e => (e.QueueId, e.Settings),
                QueueChanged e => (e.QueueId, e.Settings),
                var other => throw new UnreachableException($"QueuesProjection does not take {other.GetType().Name}."),
            };
            var json = JsonSerializer.Serialize(settings, EventJson.Options);
            commands.BatchCommands.Add(new NpgsqlBatchCommand($"""
                insert into {batch.SchemaName}.queues (id, name, number, ring_seconds, wrap_up_seconds, short_abandon_seconds, settings) values ($1, $2, $3, $4, $5, $6, $7)
                on conflict (id) do update set name = $2, number = $3, ring_seconds = $4, wrap_up_seconds = $5, short_abandon_seconds = $6, settings = $7
                """)
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = id },
                    new NpgsqlParameter { Value = settings.Name },
                    new NpgsqlParameter { Value = (object?)settings.Number ?? DBNull.Value },
                    new NpgsqlParameter { Value = settings.RingSeconds },
                    new NpgsqlParameter { Value = settings.WrapUpSeconds },
                    new NpgsqlParameter { Value = settings.ShortAbandonSeconds },
                    new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            });
            commands.BatchCommands.Add(new NpgsqlBatchCommand($"insert into {batch.SchemaName}.settings (queue_id, version, from_at, settings) values ($1, $2, $3, $4) on conflict do nothing")
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = id },
                    new NpgsqlParameter { Value = stored.Version },
                    new NpgsqlParameter { Value = ((QueueEvent)stored.Data).OccurredAt.UtcDateTime },
                    new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            });
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
