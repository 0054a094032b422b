using Npgsql;

namespace CallCenter.Projections.Flows;

/// <summary>A flow and its versions, the latest first.</summary>
/// <param name="Active">The version that calls go through; null before the first activation.</param>
public sealed record FlowView(Guid Id, string Name, int? Active, IReadOnlyList<FlowVersionView> Versions);

/// <param name="Source">YAML.</param>
/// <param name="ActivatedAt">When it was made the active one last; null if never.</param>
public sealed record FlowVersionView(int Version, string Source, DateTimeOffset SavedAt, DateTimeOffset? ActivatedAt);

/// <summary>Reads flows, by name.</summary>
public sealed class FlowQueries(NpgsqlDataSource source)
{
    public async Task<IReadOnlyList<FlowView>> GetAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select f.id, f.name, f.active, v.version, v.source, v.saved_at, v.activated_at
            from flows.flows f join flows.versions v on v.flow_id = f.id order by f.name, v.version desc
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var flows = new List<(Guid Id, string Name, int? Active, FlowVersionView Version)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var version = new FlowVersionView(reader.GetInt32(3), reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetOrNull<DateTimeOffset>(6));
            flows.Add((reader.GetGuid(0), reader.GetString(1), reader.GetOrNull<int>(2), version));
        }

        return [.. flows.GroupBy(f => f.Id).Select(f => new FlowView(f.Key, f.First().Name, f.First().Active, [.. f.Select(v => v.Version)]))];
    }

    /// <summary>The active version of every flow that has one.</summary>
    public async Task<IReadOnlyList<(string Name, int Version, string Source)>> ActiveAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select f.name, v.version, v.source from flows.flows f join flows.versions v on v.flow_id = f.id and v.version = f.active order by f.name");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var flows = new List<(string, int, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            flows.Add((reader.GetString(0), reader.GetInt32(1), reader.GetString(2)));
        }

        return flows;
    }
}
