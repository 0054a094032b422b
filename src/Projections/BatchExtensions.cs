using Npgsql;

namespace CallCenter.Projections;

internal static class BatchExtensions
{
    /// <summary>Adds a statement with positional parameters; null is SQL's.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params IEnumerable<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value switch { null => DBNull.Value, DateTimeOffset at => at.UtcDateTime, _ => value } }).ToArray());
        batch.BatchCommands.Add(command);
    }
}
