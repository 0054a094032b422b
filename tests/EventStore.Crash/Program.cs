using System.Globalization;
using CallCenter.EventStore.Crash;
using CallCenter.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

switch (args)
{
    case ["write", var connectionString, var seed, .. var unanswered]:
        await Writer.RunAsync(connectionString, int.Parse(seed, CultureInfo.InvariantCulture), unanswered);
        break;
    case ["rounds", var count]:
        var folder = Directory.CreateTempSubdirectory("callcenter-crash-").FullName;
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(folder, NullLogger.Instance);
            await CrashRounds.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), postgres, Console.WriteLine);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        break;
    default:
        throw new ArgumentException("rounds COUNT, or, as the rounds start it, write CONNECTION SEED [COMMAND STREAM]...", nameof(args));
}
