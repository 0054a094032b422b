using System.Text.Json;

using CallCenter.Domain.Alarms;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Alarms;

/// <summary>What is watched of each queue, and what is wrong with it now.</summary>
public sealed class AlarmsProjection : IProjection
{
    public string Name => "alarms";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(AlarmsConfigured), typeof(AlarmRaised), typeof(AlarmCleared)];

    public string Schema(string schemaName) => $"create table if not exists {schemaName}.alarms (queue_id uuid primary key, state jsonb not null);";

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var alarms = new Dictionary<Guid, QueueAlarms>();
        await using (var load = new NpgsqlCommand($"select state from {batch.SchemaName}.alarms where queue_id = any($1)", batch.Connection, batch.Transaction))
        {
            load.Parameters.Add(new NpgsqlParameter { Value = batch.Events.Select(e => ((AlarmEvent)e.Data).QueueId).Distinct().ToArray() });
            foreach (var known in await AlarmQueries.ReadAsync(load, cancellationToken))
            {
                alarms.Add(known.QueueId, known);
            }
        }

        foreach (var @event in batch.Events.Select(e => (AlarmEvent)e.Data))
        {
            alarms[@event.QueueId] = QueueAlarms.Evolve(alarms.GetValueOrDefault(@event.QueueId, QueueAlarms.Initial), @event);
        }

        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var (id, state) in alarms)
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand($"insert into {batch.SchemaName}.alarms (queue_id, state) values ($1, $2) on conflict (queue_id) do update set state = $2")
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = id },
                    new NpgsqlParameter { Value = JsonSerializer.Serialize(state, EventJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            });
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
