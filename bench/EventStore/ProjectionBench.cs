using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Bench;

/// <summary>A projection that catches up with everything that the other measurements have left in the log.</summary>
internal static class ProjectionBench
{
    public static async Task RunAsync(StoreBench bench)
    {
        var events = await CountAsync(bench.DataSource);
        var round = 0;
        await Figures.MeasureAsync(
            $"events, a one-stream projection catches up with {events:N0}",
            async () =>
            {
                await using var runtime = new ProjectionRuntime(
                    bench.Store, bench.DataSource, [new StreamCounts($"counts_{++round}")], TimeProvider.System, NullLogger.Instance);
                var end = await bench.Store.HighWaterMarkAsync();
                var started = Stopwatch.GetTimestamp();
                await runtime.StartAsync();
                await runtime.WaitForAsync(end);
                return (events / Stopwatch.GetElapsedTime(started).TotalSeconds, "");
            });
    }

    private static async Task<long> CountAsync(NpgsqlDataSource dataSource)
    {
        await using var command = dataSource.CreateCommand("select count(*) from public.mt_events");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>One row a stream: how many events, and the last one's contents.</summary>
    private sealed class StreamCounts(string name) : IProjection
    {
        public string Name => name;

        public IReadOnlyCollection<Type> Handles { get; } = [typeof(Measured)];

        public string Schema(string schemaName) =>
            $"create table if not exists {schemaName}.streams (id uuid primary key, events bigint not null, last_position int not null)";

        public async Task ApplyAsync(ProjectionBatch batch, CancellationToken ct)
        {
            var rows = batch.Events.GroupBy(stored => stored.StreamId).Select(stream => (stream.Key, Count: stream.LongCount(), ((Measured)stream.Last().Data).Position)).ToList();
            await using var command = new NpgsqlCommand(
                $"""
                insert into {batch.SchemaName}.streams as s select * from unnest($1, $2, $3)
                on conflict (id) do update set events = s.events + excluded.events, last_position = excluded.last_position
                """,
                batch.Connection,
                batch.Transaction)
            {
                Parameters =
                {
                    new() { Value = rows.ConvertAll(row => row.Key) },
                    new() { Value = rows.ConvertAll(row => row.Count) },
                    new() { Value = rows.ConvertAll(row => row.Position) },
                },
            };
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
