using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Postgres.Tests;

/// <summary>A process that uses the server of a data folder until it is killed or its input ends; it says so when it is ready.</summary>
internal static class Program
{
    private static async Task Main(string[] arguments)
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(arguments[0], NullLogger.Instance);
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
    }
}
