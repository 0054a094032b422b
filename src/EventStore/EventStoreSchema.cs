using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Brings the database to the schema that this store needs.</summary>
internal static class EventStoreSchema
{
    // "callcntr" in ASCII: one lock for all changes of the schema, whoever makes them.
    private const long SchemaLock = 0x63616c6c636e7472;

    private static readonly string[] Scripts = ["1_marten_tables.sql", "2_append.sql"];

    public static async Task EnsureAsync(NpgsqlDataSource dataSource, CancellationToken ct)
    {
        var ddl = new List<string>(Scripts.Length);
        foreach (var script in Scripts)
        {
            ddl.Add(await ReadAsync(script, ct));
        }

        await ApplyAsync(dataSource, string.Join('\n', ddl), ct);
    }

    /// <summary>Runs idempotent DDL in one transaction, one process at a time.</summary>
    public static async Task ApplyAsync(NpgsqlDataSource dataSource, string ddl, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var command = new NpgsqlCommand($"set local client_min_messages = warning; select pg_advisory_xact_lock({SchemaLock})", connection, transaction))
        {
            await command.ExecuteNonQueryAsync(ct);
        }

        await using (var command = new NpgsqlCommand(ddl, connection, transaction))
        {
            await command.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
    }

    private static async Task<string> ReadAsync(string script, CancellationToken ct)
    {
        await using var stream = typeof(EventStoreSchema).Assembly.GetManifestResourceStream(script)!;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(ct);
    }
}
