using Npgsql;

namespace CallCenter.EventStore;

internal static class CommandColumns
{
    /// <summary>All values of the only column of a command's result.</summary>
    public static async Task<List<T>> ColumnAsync<T>(this NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var values = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            values.Add(await reader.GetFieldValueAsync<T>(0, ct));
        }

        return values;
    }
}
