using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Projections;

/// <summary>A column of a read model's table: what of a row goes there.</summary>
internal abstract class RowColumn<T>(string name, string sqlType, NpgsqlDbType type)
{
    public string Name => name;

    public string SqlType => sqlType;

    protected NpgsqlDbType Type => type;

    /// <summary>The cells of many rows as one parameter.</summary>
    public abstract NpgsqlParameter Array(IReadOnlyCollection<T> rows);

    /// <summary>The cell of one row, on its way into a COPY.</summary>
    public abstract void Write(NpgsqlBinaryImporter copy, T row);

    public static RowColumn<T> Uuid(string name, Func<T, Guid?> value) => new OfValue<Guid>(name, "uuid", NpgsqlDbType.Uuid, value);

    public static RowColumn<T> Int(string name, Func<T, int?> value) => new OfValue<int>(name, "int", NpgsqlDbType.Integer, value);

    public static RowColumn<T> Bigint(string name, Func<T, long?> value) => new OfValue<long>(name, "bigint", NpgsqlDbType.Bigint, value);

    public static RowColumn<T> Boolean(string name, Func<T, bool?> value) => new OfValue<bool>(name, "boolean", NpgsqlDbType.Boolean, value);

    public static RowColumn<T> At(string name, Func<T, DateTimeOffset?> value) => new OfValue<DateTime>(name, "timestamptz", NpgsqlDbType.TimestampTz, row => value(row)?.UtcDateTime);

    public static RowColumn<T> Text(string name, Func<T, string?> value) => new OfText(name, value);

    private sealed class OfValue<TCell>(string name, string sqlType, NpgsqlDbType type, Func<T, TCell?> value) : RowColumn<T>(name, sqlType, type)
        where TCell : struct
    {
        // The type is said outright: from a column of nothing but nulls the driver would guess.
        public override NpgsqlParameter Array(IReadOnlyCollection<T> rows) => new() { NpgsqlDbType = NpgsqlDbType.Array | Type, Value = rows.Select(value).ToArray() };

        public override void Write(NpgsqlBinaryImporter copy, T row)
        {
            if (value(row) is { } cell)
            {
                copy.Write(cell, Type);
            }
            else
            {
                copy.WriteNull();
            }
        }
    }

    private sealed class OfText(string name, Func<T, string?> value) : RowColumn<T>(name, "text", NpgsqlDbType.Text)
    {
        public override NpgsqlParameter Array(IReadOnlyCollection<T> rows) => new() { NpgsqlDbType = NpgsqlDbType.Array | Type, Value = rows.Select(value).ToArray() };

        public override void Write(NpgsqlBinaryImporter copy, T row)
        {
            if (value(row) is { } text)
            {
                copy.Write(text, Type);
            }
            else
            {
                copy.WriteNull();
            }
        }
    }
}

/// <summary>A table of a read model, written many rows at once.</summary>
/// <param name="name">Without its schema.</param>
/// <param name="keys">How many of the first columns are the primary key.</param>
internal sealed class RowTable<T>(string name, int keys, IReadOnlyList<RowColumn<T>> columns)
{
    public string Columns { get; } = string.Join(", ", columns.Select(column => column.Name));

    /// <summary>Writes the rows as they are now, whether they were there or not.</summary>
    /// <param name="update">What becomes of a row that is there; null to take the new one's place column by column.</param>
    public NpgsqlBatchCommand Upsert(string schema, IReadOnlyCollection<T> rows, Func<string, string>? update = null)
    {
        var unnest = string.Join(", ", columns.Select((column, i) => $"${i + 1}::{column.SqlType}[]"));
        var set = columns.Skip(keys).Select(column => $"{column.Name} = {update?.Invoke(column.Name) ?? $"excluded.{column.Name}"}");
        var command = new NpgsqlBatchCommand($"""
            insert into {schema}.{name} as t ({Columns}) select * from unnest({unnest})
            on conflict ({string.Join(", ", columns.Take(keys).Select(column => column.Name))}) do update set {string.Join(", ", set)}
            """);
        command.Parameters.AddRange(columns.Select(column => column.Array(rows)).ToArray());
        return command;
    }

    /// <summary>Writes rows that are not there, by COPY.</summary>
    public async Task CopyAsync(NpgsqlConnection connection, string schema, IReadOnlyCollection<T> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {schema}.{name} ({Columns}) from stdin (format binary)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            foreach (var column in columns)
            {
                column.Write(copy, row);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
