using System.Text.Json;

using CallCenter.Domain.Calendars;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Calendars;

/// <summary>Reads the calendars as they are configured.</summary>
public sealed class CalendarQueries(NpgsqlDataSource source)
{
    /// <summary>The oldest first.</summary>
    public async Task<IReadOnlyList<(Guid Id, CalendarSettings Settings)>> GetAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, settings from calendars.calendars order by id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var calendars = new List<(Guid, CalendarSettings)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            calendars.Add((reader.GetGuid(0), JsonSerializer.Deserialize<CalendarSettings>(reader.GetString(1), EventJson.Options)!));
        }

        return calendars;
    }
}
