using System.Text.Json;

using CallCenter.Domain.Reports;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Reports;

/// <summary>Reads scheduled reports.</summary>
public sealed class ReportQueries(NpgsqlDataSource source)
{
    /// <summary>Those that are not cancelled, by name.</summary>
    public async Task<IReadOnlyList<Report>> GetAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, state from reports.reports where not (state ->> 'IsCancelled')::boolean");
        return [.. (await ReadAsync(command, cancellationToken)).Values.OrderBy(report => report.Schedule!.Name, StringComparer.Ordinal).ThenBy(report => report.Id)];
    }

    internal static async Task<Dictionary<Guid, Report>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var reports = new Dictionary<Guid, Report>();
        while (await reader.ReadAsync(cancellationToken))
        {
            reports.Add(reader.GetGuid(0), JsonSerializer.Deserialize<Report>(reader.GetString(1), EventJson.Options)!);
        }

        return reports;
    }
}
