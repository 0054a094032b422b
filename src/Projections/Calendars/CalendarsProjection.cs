using System.Diagnostics;
using System.Text.Json;

using CallCenter.Domain.Calendars;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Calendars;

/// <summary>Every calendar with its settings.</summary>
public sealed class CalendarsProjection : IProjection
{
    public string Name => "calendars";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(CalendarConfigured)];

    public string Schema(string schemaName) => $"create table if not exists {schemaName}.calendars (id uuid primary key, settings jsonb not null);";

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            var configured = stored.Data as CalendarConfigured ?? throw new UnreachableException($"CalendarsProjection does not take {stored.Data.GetType().Name}.");
            commands.BatchCommands.Add(new NpgsqlBatchCommand($"insert into {batch.SchemaName}.calendars (id, settings) values ($1, $2) on conflict (id) do update set settings = $2")
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = configured.CalendarId },
                    new NpgsqlParameter { Value = JsonSerializer.Serialize(configured.Settings, EventJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            });
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
