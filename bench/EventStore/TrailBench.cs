using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.EventStore.Bench;

/// <summary>Sealing, verifying and searching everything that the other measurements have left in the log, and excerpts of it.</summary>
internal static class TrailBench
{
    public static async Task RunAsync(StoreBench bench)
    {
        var folder = Directory.CreateTempSubdirectory("callcenter-bench-trail-").FullName;
        try
        {
            var trail = new TrailFolder(folder);
            await Figures.MeasureAsync("events sealed", () => SealAsync(bench, trail));
            await Figures.MeasureAsync("events verified", () => VerifyAsync(bench, trail));
            var file = Path.Combine(folder, "excerpt.jsonl");
            await Figures.MeasureAsync("events exported, with all that proves them", () => ExportAsync(bench, trail, new TrailFilter(), file));
            await Figures.MeasureAsync("events of an excerpt verified", () => VerifyAsync(file));
            await Figures.MeasureAsync("events exported by type, each with its proof", () => ExportAsync(bench, trail, new TrailFilter(Types: ["measured"]), file));
            await Figures.MeasureAsync("events of an excerpt by type verified", () => VerifyAsync(file));
            await Figures.MeasureAsync("events mapped for searches", () => MapAsync(bench));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double PerSecond, string Detail)> SealAsync(StoreBench bench, TrailFolder trail)
    {
        await using (var reset = bench.DataSource.CreateCommand("truncate callcenter.seals"))
        {
            await reset.ExecuteNonQueryAsync();
        }

        File.Delete(trail.HeadPath);
        await using var sealer = new TrailSealer(bench.Store, bench.DataSource, trail, TimeProvider.System, NullLogger.Instance);
        var started = Stopwatch.GetTimestamp();
        var events = await sealer.SealAsync();
        return (events / Stopwatch.GetElapsedTime(started).TotalSeconds, $"{events:N0} events");
    }

    private static async Task<(double PerSecond, string Detail)> VerifyAsync(StoreBench bench, TrailFolder trail)
    {
        var started = Stopwatch.GetTimestamp();
        var report = await new TrailVerifier(bench.DataSource, trail).VerifyAsync();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return report.Intact ? (report.SealedEvents / seconds, $"{report.SealedEvents:N0} events under {report.Seals:N0} seals") : throw new InvalidOperationException(report.Verdict);
    }

    private static async Task<(double PerSecond, string Detail)> ExportAsync(StoreBench bench, TrailFolder trail, TrailFilter selection, string file)
    {
        var excerpts = new TrailExcerpts(bench.DataSource, new EventTrail(bench.DataSource, new EventTypes()), trail, TimeProvider.System);
        var started = Stopwatch.GetTimestamp();
        await using var stream = File.Create(file);
        var written = await excerpts.WriteAsync(selection, stream);
        return (written.Events / Stopwatch.GetElapsedTime(started).TotalSeconds, $"{written.Events:N0} events, {(double)stream.Length / Math.Max(written.Events, 1):N0} bytes each");
    }

    private static async Task<(double PerSecond, string Detail)> VerifyAsync(string file)
    {
        var started = Stopwatch.GetTimestamp();
        await using var stream = File.OpenRead(file);
        var report = await ExcerptVerifier.VerifyAsync(stream, key: null);
        return report.Holds ? (report.Events / Stopwatch.GetElapsedTime(started).TotalSeconds, $"{report.Events:N0} events") : throw new InvalidOperationException(report.Text);
    }

    private static async Task<(double PerSecond, string Detail)> MapAsync(StoreBench bench)
    {
        await using (var reset = bench.DataSource.CreateCommand("truncate callcenter.trail_map"))
        {
            await reset.ExecuteNonQueryAsync();
        }

        await using var mapper = new TrailMapper(bench.Store, bench.DataSource, TimeProvider.System, NullLogger.Instance);
        var started = Stopwatch.GetTimestamp();
        await mapper.MapAsync();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await using var count = bench.DataSource.CreateCommand("select coalesce(sum(events), 0)::bigint from callcenter.trail_map");
        var events = (long)(await count.ExecuteScalarAsync())!;
        return (events / seconds, $"{events:N0} events");
    }
}
