using System.Diagnostics;
using CallCenter.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.Testing;

/// <summary>One private PostgreSQL for the tests that share this fixture (a collection fixture makes it one a test assembly), and as many fresh databases as they ask for.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private EmbeddedPostgres? _postgres;
    private int _databases;

    /// <summary>The running server.</summary>
    public EmbeddedPostgres Server => _postgres ?? throw new InvalidOperationException("The fixture has not been initialised.");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _postgres = await EmbeddedPostgres.StartAsync(_folder.Path, NullLogger.Instance);
        StartWatchdog(_folder.Path);
    }

    /// <summary>Makes an empty database and gives its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var database = new NpgsqlConnectionStringBuilder(Server.ConnectionString)
        {
            Database = $"test_{Interlocked.Increment(ref _databases)}",
            // A test's own failures are to be told in full.
            IncludeErrorDetail = true,
        };
        await PostgresDatabase.EnsureDatabaseAsync(database.ConnectionString);
        return database.ConnectionString;
    }

    /// <summary>Removes a database that <see cref="CreateDatabaseAsync"/> made, whoever is still connected.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        await using var server = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Pooling = false }.ConnectionString);
        await using var drop = server.CreateCommand($"drop database \"{new NpgsqlConnectionStringBuilder(connectionString).Database}\" with (force)");
        await drop.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _folder.Dispose();
    }

    // A test run that is killed stops nothing by itself. This shell outlives it, stops the server that it left behind, and removes the folder.
    private static void StartWatchdog(string folder)
    {
        const string Script = """
            exec </dev/null >/dev/null 2>&1
            while kill -0 "$1"; do test -d "$2" || exit 0; sleep 1; done
            while read -r pid; do kill -INT "$pid"; break; done <"$2/pg/postmaster.pid"
            for i in 1 2 3 4 5 6 7 8 9 10; do test -e "$2/pg/postmaster.pid" || break; sleep 1; done
            rm -rf "$2"
            """;
        using var watchdog = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Script, "sh", $"{Environment.ProcessId}", folder]));
    }
}
