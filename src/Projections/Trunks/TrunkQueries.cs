using System.Text.Json;

using CallCenter.Domain.Trunks;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Trunks;

/// <summary>Reads the trunks as they are configured.</summary>
public sealed class TrunkQueries(NpgsqlDataSource source)
{
    /// <summary>Those that have not been removed, the oldest first: the first whose network holds an address takes its calls.</summary>
    public async Task<IReadOnlyList<(Guid Id, TrunkSettings Settings)>> GetAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, settings from trunks.trunks where settings is not null order by id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var trunks = new List<(Guid, TrunkSettings)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            trunks.Add((reader.GetGuid(0), JsonSerializer.Deserialize<TrunkSettings>(reader.GetString(1), EventJson.Options)!));
        }

        return trunks;
    }

    /// <summary>Whether a trunk was ever configured, removed ones included.</summary>
    public async Task<bool> AnyEverAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select exists (select from trunks.trunks)");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
