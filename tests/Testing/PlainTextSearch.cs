using Npgsql;

namespace CallCenter.Testing;

/// <summary>Looks for a text in everything that a database keeps.</summary>
public static class PlainTextSearch
{
    private const string Tables = """
        select coalesce(array_agg(format('%I.%I', table_schema, table_name) order by table_schema, table_name), '{}') from information_schema.tables
        where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
        """;

    /// <summary>The tables of all schemas that hold the text, in whatever column; bytes are looked through as well.</summary>
    public static async Task<IReadOnlyList<string>> TablesWithAsync(this NpgsqlDataSource source, string text)
    {
        await using var tables = source.CreateCommand(Tables);
        var found = new List<string>();
        foreach (var table in (string[])(await tables.ExecuteScalarAsync())!)
        {
            await using var command = source.CreateCommand($"select exists (select from {table} t where t::text like '%' || $1 || '%' or t::text like '%' || encode(convert_to($1, 'UTF8'), 'hex') || '%')");
            command.Parameters.Add(new NpgsqlParameter { Value = text });
            if (await command.ExecuteScalarAsync() is true)
            {
                found.Add(table);
            }
        }

        return found;
    }
}
