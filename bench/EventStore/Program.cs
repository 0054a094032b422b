using CallCenter.EventStore.Bench;
using CallCenter.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

var folder = Directory.CreateTempSubdirectory("callcenter-bench-").FullName;
try
{
    await using var postgres = await EmbeddedPostgres.StartAsync(folder, NullLogger.Instance);
    await using var bench = await StoreBench.CreateAsync(postgres.ConnectionString);
    Console.WriteLine("Event store, own embedded PostgreSQL, fsync on; medians of 3, spread in brackets");
    await AppendBench.RunAsync(bench, writers: 1, appendsEach: 2_000, eventsEach: 1, newStreams: false);
    await AppendBench.RunAsync(bench, writers: 16, appendsEach: 500, eventsEach: 1, newStreams: false);
    await AppendBench.RunAsync(bench, writers: 1, appendsEach: 1_000, eventsEach: 5, newStreams: true);
    await AppendBench.RunAsync(bench, writers: 16, appendsEach: 300, eventsEach: 5, newStreams: true);
    await BulkBench.RunAsync(bench, streams: 10_000, eventsEach: 10);
    await AggregateBench.RunAsync(bench, readers: 8, readsEach: 4_000, eventsEach: 50);
    await ProjectionBench.RunAsync(bench);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
