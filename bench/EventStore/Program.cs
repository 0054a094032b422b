using CallCenter.EventStore.Bench;
using CallCenter.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

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

    // A log of its own, so that what the others left in it does not count.
    var projected = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = "projected" }.ConnectionString;
    await PostgresDatabase.EnsureDatabaseAsync(projected);
    await using var projections = await StoreBench.CreateAsync(projected);
    await ProjectionBench.RunAsync(projections);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
