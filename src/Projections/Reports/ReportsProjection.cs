using System.Text.Json;

using CallCenter.Domain.Reports;
using CallCenter.EventStore;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections.Reports;

/// <summary>Every scheduled report as it stands.</summary>
public sealed class ReportsProjection : IProjection
{
    public string Name => "reports";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(ReportScheduled), typeof(ReportMailed), typeof(ReportFinished), typeof(ReportCancelled)];

    public string Schema(string schemaName) => $"create table if not exists {schemaName}.reports (id uuid primary key, state jsonb not null);";

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var reports = await LoadAsync(batch, cancellationToken);
        foreach (var stored in batch.Events)
        {
            reports[stored.StreamId] = Report.Evolve(reports.GetValueOrDefault(stored.StreamId, Report.Initial), (ReportEvent)stored.Data);
        }

        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var (id, report) in reports)
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand($"insert into {batch.SchemaName}.reports (id, state) values ($1, $2) on conflict (id) do update set state = $2")
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = id },
                    new NpgsqlParameter { Value = JsonSerializer.Serialize(report, EventJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            });
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Dictionary<Guid, Report>> LoadAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select id, state from {batch.SchemaName}.reports where id = any($1)", batch.Connection, batch.Transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = batch.Events.Select(e => e.StreamId).Distinct().ToArray() });
        return await ReportQueries.ReadAsync(command, cancellationToken);
    }
}
