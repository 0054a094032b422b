using System.Diagnostics;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.EventStore.Bench;

/// <summary>Imports: many new streams in one call, beside a bare COPY of such rows into the same tables.</summary>
internal static class BulkBench
{
    private const int Streams = 1_000;
    private const int EventsEach = 10;
    private const int Rounds = 9;

    public static async Task RunAsync(StoreBench bench)
    {
        var (bulk, copy) = (new List<double>(), new List<double>());
        for (var round = -2; round < Rounds; round++)
        {
            var pair = (Bulk: await BulkAsync(bench), Copy: await CopyAsync(bench.DataSource));
            if (round >= 0)
            {
                bulk.Add(pair.Bulk);
                copy.Add(pair.Copy);
            }
        }

        Figures.Print($"events, bulk append of {Streams:N0} streams x {EventsEach} in one call", bulk);
        Figures.Print("events, bare COPY of the same into the same tables", copy);
        Figures.Print("the one in per cent of the other, in turns", [.. bulk.Zip(copy, (a, b) => 100 * a / b)], "%");
    }

    private static async Task<double> BulkAsync(StoreBench bench)
    {
        var appends = Enumerable.Range(0, Streams)
            .Select(_ => new StreamAppend(Guid.CreateVersion7(), "call", ExpectedVersion.NoStream, [.. Enumerable.Range(0, EventsEach).Select(Measured.New)]))
            .ToList();
        var started = Stopwatch.GetTimestamp();
        var result = await bench.Store.BulkAppendAsync(appends, EventMetadata.None);
        return result.Events / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    // The least that anyone can do: rows that are ready, no check of anything, one transaction.
    private static async Task<double> CopyAsync(NpgsqlDataSource dataSource)
    {
        var streams = Enumerable.Range(0, Streams).Select(_ => Guid.CreateVersion7()).ToList();
        var ids = Enumerable.Range(0, Streams * EventsEach).Select(_ => Guid.CreateVersion7()).ToList();
        var body = Encoding.UTF8.GetBytes("""{"Queue":"Support","Position":3,"OccurredAt":"2026-01-01T10:00:00.1234567Z"}""");
        await using var connection = await dataSource.OpenConnectionAsync();
        var started = Stopwatch.GetTimestamp();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync("copy mt_streams (id, type, version) from stdin (format binary)"))
        {
            foreach (var stream in streams)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(stream, NpgsqlDbType.Uuid);
                await copy.WriteAsync("call", NpgsqlDbType.Varchar);
                await copy.WriteAsync((long)EventsEach, NpgsqlDbType.Bigint);
            }

            await copy.CompleteAsync();
        }

        await using var draw = new NpgsqlCommand($"select min(n) from (select nextval('mt_events_sequence') as n from generate_series(1, {ids.Count})) as drawn", connection, transaction);
        var position = (long)(await draw.ExecuteScalarAsync())!;
        await using (var copy = await connection.BeginBinaryImportAsync("copy mt_events (seq_id, id, stream_id, version, data, type, mt_dotnet_type) from stdin (format binary)"))
        {
            for (var i = 0; i < ids.Count; i++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(position + i, NpgsqlDbType.Bigint);
                await copy.WriteAsync(ids[i], NpgsqlDbType.Uuid);
                await copy.WriteAsync(streams[i / EventsEach], NpgsqlDbType.Uuid);
                await copy.WriteAsync((i % EventsEach) + 1L, NpgsqlDbType.Bigint);
                await copy.WriteAsync(body, NpgsqlDbType.Jsonb);
                await copy.WriteAsync("measured", NpgsqlDbType.Varchar);
                await copy.WriteAsync("CallCenter.EventStore.Bench.Measured, CallCenter.EventStore.Bench", NpgsqlDbType.Varchar);
            }

            await copy.CompleteAsync();
        }

        await transaction.CommitAsync();
        return ids.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
