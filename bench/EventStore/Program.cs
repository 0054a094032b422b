using CallCenter.EventStore.Bench;
using CallCenter.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

// The rows to measure, by the first letters of their names; all of them without an argument.
var wanted = args.Length == 0 ? ["append", "new", "load", "bulk", "project", "trail"] : args;
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
            "append" => AppendBench.AppendAsync(bench),
            "new" => AppendBench.NewStreamsAsync(bench),
            "load" => AppendBench.LoadAsync(bench),
            "bulk" => BulkBench.RunAsync(bench),
            "project" => ProjectionBench.RunAsync(bench),
            "trail" => TrailBench.RunAsync(bench),
            _ => throw new ArgumentException($"There is no row {row}.", nameof(args)),
        });
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}
