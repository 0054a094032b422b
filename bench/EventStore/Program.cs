using CallCenter.EventStore.Bench;
using CallCenter.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

// The rows to measure; all of them without an argument.
var wanted = args.Length == 0 ? ["raw", "append", "new", "load", "seen", "bulk", "aggregate", "project", "trail"] : args;
var folder = Directory.CreateTempSubdirectory("callcenter-bench-").FullName;
try
{
    await using var postgres = await EmbeddedPostgres.StartAsync(folder, NullLogger.Instance);
    await using var bench = await StoreBench.CreateAsync(postgres.ConnectionString);
    Console.WriteLine("Event store, own embedded PostgreSQL, fsync on; medians of 3, spread in brackets");
    foreach (var row in wanted)
    {
        await (row switch
        {
            "raw" => RawBench.RunAsync(bench),
            "append" => AppendBench.AppendAsync(bench),
            "new" => AppendBench.NewStreamsAsync(bench),
            "load" => AppendBench.LoadAsync(bench),
            "seen" => ReaderBench.RunAsync(bench),
            "bulk" => BulkBench.RunAsync(bench),
            "aggregate" => AggregateBench.RunAsync(bench, readers: 8, readsEach: 4_000, eventsEach: 50),
            "project" => ProjectAsync(postgres),
            "trail" => TrailBench.RunAsync(bench),
            _ => throw new ArgumentException($"There is no row {row}.", nameof(args)),
        });
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

// A log of its own, so that what the others left in it does not count.
static async Task ProjectAsync(EmbeddedPostgres postgres)
{
    var database = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = "projected" }.ConnectionString;
    await PostgresDatabase.EnsureDatabaseAsync(database);
    await using var bench = await StoreBench.CreateAsync(database);
    await ProjectionBench.RunAsync(bench);
}
