using Npgsql;

namespace CallCenter.Postgres;

/// <summary>Databases on a server.</summary>
public static class PostgresDatabase
{
    /// <summary>Makes the database that <paramref name="connectionString"/> names, if the server does not have it yet.</summary>
    /// <exception cref="NpgsqlException">The server is not reached, or does not let us.</exception>
    public static async Task EnsureDatabaseAsync(string connectionString, CancellationToken ct = default)
    {
        var wanted = new NpgsqlConnectionStringBuilder(connectionString);
        var name = wanted.Database ?? throw new ArgumentException("The connection string names no database.", nameof(connectionString));
        var maintenance = new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(ct);
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await exists.ExecuteScalarAsync(ct) is not null)
        {
            return;
        }

        await using var create = new NpgsqlCommand($"create database \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
        try
        {
            await create.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another process was faster.
        }
    }
}
