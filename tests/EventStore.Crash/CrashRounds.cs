using System.Globalization;
using CallCenter.Postgres;
using Npgsql;

namespace CallCenter.EventStore.Crash;

/// <summary>Rounds of crashes, each from a seed of its own.</summary>
public static class CrashRounds
{
    /// <summary>A number: the seed of the first round. Without it, rounds are different every time.</summary>
    public const string SeedVariable = "CALLCENTER_CRASH_SEED";

    /// <summary>Runs so many rounds on databases of their own, and tells of each in a line.</summary>
    /// <remarks>Kills the server, which comes back by itself: nobody else may be using it.</remarks>
    /// <exception cref="CrashRoundException">A promise was broken.</exception>
    public static async Task RunAsync(int rounds, EmbeddedPostgres postgres, Action<string> print)
    {
        var first = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next(1_000_000);
        for (var seed = first; seed < first + rounds; seed++)
        {
            var name = $"seed {seed}";
            try
            {
                var database = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = $"crash_{seed}", IncludeErrorDetail = true };
                await PostgresDatabase.EnsureDatabaseAsync(database.ConnectionString);
                print($"{name}: {await new CrashRound(postgres, database.ConnectionString, seed).RunAsync()}");
                await DropAsync(postgres, database.Database!);
            }
            catch (Exception exception)
            {
                throw new CrashRoundException(seed, exception);
            }
        }
    }

    // Its checkpoint keeps the recoveries of later rounds short.
    private static async Task DropAsync(EmbeddedPostgres postgres, string database)
    {
        await using var dataSource = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var drop = dataSource.CreateCommand($"drop database {database} with (force)");
        await drop.ExecuteNonQueryAsync();
    }
}

/// <summary>A round found a promise of the store broken, or did not come to its end.</summary>
public sealed class CrashRoundException(int seed, Exception innerException)
    : Exception($"The round with {CrashRounds.SeedVariable}={seed} failed: {innerException.Message}", innerException);
