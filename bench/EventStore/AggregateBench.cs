using System.Diagnostics;

namespace CallCenter.EventStore.Bench;

/// <summary>Live aggregation: states folded from whole streams, by several readers at once.</summary>
internal static class AggregateBench
{
    private const int Streams = 1_000;
    private static readonly Aggregate<long> Sum = new("call", 0, (sum, data) => sum + ((Measured)data).Position);

    public static async Task RunAsync(StoreBench bench, int readers, int readsEach, int eventsEach)
    {
        var streams = Enumerable.Range(0, Streams).Select(_ => Guid.CreateVersion7()).ToArray();
        await bench.Store.BulkAppendAsync(
            [.. streams.Select(stream => new StreamAppend(stream, "call", ExpectedVersion.NoStream, [.. Enumerable.Range(0, eventsEach).Select(Measured.New)]))], EventMetadata.None);
        await MeasureAsync(bench, Sum, streams, readers, readsEach, eventsEach, "");
        await MeasureAsync(bench, Sum with { InMemory = 2 * Streams }, streams, readers, readsEach, eventsEach, ", states in memory");
    }

    private static Task MeasureAsync(StoreBench bench, Aggregate<long> aggregate, Guid[] streams, int readers, int readsEach, int eventsEach, string how) =>
        Figures.MeasureAsync(
            $"reads, live aggregation of {eventsEach} events, {readers} reader(s){how}",
            async () =>
            {
                var started = Stopwatch.GetTimestamp();
                await Task.WhenAll(Enumerable.Range(0, readers).Select(reader => Task.Run(async () =>
                {
                    var random = new Random(reader);
                    for (var i = 0; i < readsEach; i++)
                    {
                        var (_, version) = await bench.Store.AggregateStreamAsync(aggregate, streams[random.Next(Streams)]);
                        if (version != eventsEach)
                        {
                            throw new InvalidOperationException($"A stream of {eventsEach} events was read up to version {version}.");
                        }
                    }
                })));
                return (readers * readsEach / Stopwatch.GetElapsedTime(started).TotalSeconds, "");
            });
}
