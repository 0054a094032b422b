using System.Text.Json;

using CallCenter.Domain.Numbers;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Numbers;

/// <summary>A dialled number as it is configured.</summary>
public sealed record NumberView(Guid Id, string Number, NumberSettings Settings);

/// <summary>Reads the dialled numbers, in their order.</summary>
public sealed class NumberQueries(NpgsqlDataSource source)
{
    public async Task<IReadOnlyList<NumberView>> GetAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, number, settings from numbers.numbers order by number");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var numbers = new List<NumberView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            numbers.Add(new NumberView(reader.GetGuid(0), reader.GetString(1), JsonSerializer.Deserialize<NumberSettings>(reader.GetString(2), EventJson.Options)!));
        }

        return numbers;
    }
}
