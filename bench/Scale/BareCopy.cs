using System.Diagnostics;

using Npgsql;

namespace CallCenter.Scale.Bench;

/// <summary>What an import is measured against: the same rows, ready in memory, by COPY into the same tables of an empty database.</summary>
internal static class BareCopy
{
    private const int EventsAtOnce = 100_000;

    private const string Streams = "mt_streams (id, type, version, timestamp, created)";
    private const string Events = "mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name)";

    /// <returns>Seconds of writing; those of reading do not count.</returns>
    public static async Task<double> RunAsync(ScaleCenter from, ScaleCenter to)
    {
        await using var read = await from.Source.OpenConnectionAsync();
        await using var write = await to.Source.OpenConnectionAsync();
        var took = await MoveAsync(read, write, Streams, "from mt_streams");
        var last = await from.ScalarAsync<long>("select max(seq_id) from mt_events");
        for (var after = 0L; after < last; after += EventsAtOnce)
        {
            took += await MoveAsync(read, write, Events, $"from mt_events where seq_id > {after} and seq_id <= {after + EventsAtOnce} order by seq_id");
        }

        return took.TotalSeconds;
    }

    private static async Task<TimeSpan> MoveAsync(NpgsqlConnection read, NpgsqlConnection write, string table, string rows)
    {
        using var memory = new MemoryStream();
        var columns = table[(table.IndexOf('(', StringComparison.Ordinal) + 1)..^1];
        await using (var copy = await read.BeginRawBinaryCopyAsync($"copy (select {columns} {rows}) to stdout (format binary)"))
        {
            await copy.CopyToAsync(memory);
        }

        memory.Position = 0;
        var started = Stopwatch.GetTimestamp();
        await using (var copy = await write.BeginRawBinaryCopyAsync($"copy {table} from stdin (format binary)"))
        {
            await memory.CopyToAsync(copy);
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
