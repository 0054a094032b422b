using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.EventStore.Bench;

/// <summary>Sealing and verifying everything that the other measurements have left in the log.</summary>
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
}
