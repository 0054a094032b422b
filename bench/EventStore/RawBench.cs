using System.Diagnostics;
using Npgsql;

namespace CallCenter.EventStore.Bench;

/// <summary>What the machine can do at this moment: the least transaction there is. Where it differs from MARTEN.md's 10,700/s, so does everything else.</summary>
internal static class RawBench
{
    private const int Times = 4_000;

    public static async Task RunAsync(StoreBench bench)
    {
        await using (var create = bench.DataSource.CreateCommand("create table if not exists raw (n bigint)"))
        {
            await create.ExecuteNonQueryAsync();
        }

        await Figures.MeasureAsync("raw machine: one-row prepared INSERT, 1 client", async () =>
        {
            await using var connection = await bench.DataSource.OpenConnectionAsync();
            await using var insert = new NpgsqlCommand("insert into raw values ($1)", connection) { Parameters = { new() { Value = 1L } } };
            insert.Prepare();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Times; i++)
            {
                insert.ExecuteNonQuery();
            }

            return (Times / Stopwatch.GetElapsedTime(started).TotalSeconds, "");
        });
    }
}
