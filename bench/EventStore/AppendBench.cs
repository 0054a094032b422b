using System.Diagnostics;

namespace CallCenter.EventStore.Bench;

/// <summary>Appends with an expected version, by several writers at once.</summary>
internal static class AppendBench
{
    public static Task RunAsync(StoreBench bench, int writers, int appendsEach, int eventsEach, bool newStreams) =>
        Figures.MeasureAsync(
            $"{(newStreams ? $"events, new stream of {eventsEach}" : $"append {eventsEach}, expected version")}, {writers} writer(s)",
            async () =>
            {
                var started = Stopwatch.GetTimestamp();
                var times = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(() => WriteAsync(bench.Store, appendsEach, eventsEach, newStreams))));
                var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                var sorted = times.SelectMany(time => time).Order().ToList();
                return (
                    writers * appendsEach * (newStreams ? eventsEach : 1) / seconds,
                    $"p50 {sorted[sorted.Count / 2]:0.00} ms, p99 {sorted[sorted.Count * 99 / 100]:0.00} ms");
            });

    private static async Task<List<double>> WriteAsync(PostgresEventStore store, int appends, int eventsEach, bool newStreams)
    {
        var times = new List<double>(appends);
        var stream = Guid.NewGuid();
        var version = 0L;
        for (var i = 0; i < appends; i++)
        {
            if (newStreams)
            {
                (stream, version) = (Guid.NewGuid(), 0);
            }

            var append = new StreamAppend(stream, "call", ExpectedVersion.Exact(version), [.. Enumerable.Range(0, eventsEach).Select(Measured.New)]);
            var started = Stopwatch.GetTimestamp();
            version = (await store.AppendAsync(append, EventMetadata.None)).Version;
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times;
    }
}
