using System.Diagnostics;

namespace CallCenter.EventStore.Bench;

/// <summary>Imports: many new streams in one call.</summary>
internal static class BulkBench
{
    public static Task RunAsync(StoreBench bench, int streams, int eventsEach) =>
        Figures.MeasureAsync(
            $"events, bulk append of {streams:N0} streams x {eventsEach}",
            async () =>
            {
                var appends = Enumerable.Range(0, streams)
                    .Select(_ => new StreamAppend(Guid.CreateVersion7(), "call", ExpectedVersion.NoStream, [.. Enumerable.Range(0, eventsEach).Select(Measured.New)]))
                    .ToList();
                var started = Stopwatch.GetTimestamp();
                var result = await bench.Store.BulkAppendAsync(appends, EventMetadata.None);
                return (result.Events / Stopwatch.GetElapsedTime(started).TotalSeconds, "");
            });
}
