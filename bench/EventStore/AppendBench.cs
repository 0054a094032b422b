using System.Diagnostics;

namespace CallCenter.EventStore.Bench;

/// <summary>Appends with an expected version, by several writers at once.</summary>
internal static class AppendBench
{
    private static readonly Aggregate<int> Count = new("call", 0, (count, _) => count + 1);

    public static async Task AppendAsync(StoreBench bench)
    {
        foreach (var writers in new[] { 1, 16 })
        {
            await MeasureAsync($"append 1, expected version, {writers} writer(s)", writers, 4_000, 1, async stream =>
                stream.Version = (await bench.Store.AppendAsync(Append(stream.Id, stream.Version, 1), EventMetadata.None)).Version);
        }
    }

    public static async Task NewStreamsAsync(StoreBench bench)
    {
        foreach (var writers in new[] { 1, 16 })
        {
            await MeasureAsync($"events, new stream of 5, {writers} writer(s)", writers, 1_500, 5, _ =>
                bench.Store.AppendAsync(Append(Guid.NewGuid(), 0, 5), EventMetadata.None));
        }
    }

    public static async Task LoadAsync(StoreBench bench)
    {
        var handler = new CommandHandler(bench.Store);
        await MeasureAsync("load 5 events, decide, append 1, 16 writers", 16, 500, 1, async stream =>
        {
            // Of five events as each of these streams is when it is loaded: every command has a stream of its own, made outside the measured time.
            var result = await handler.HandleAsync(Count, stream.Prepared.Dequeue(), count => [Measured.New(count)], EventMetadata.None);
            if (result.Version != 6)
            {
                throw new InvalidOperationException($"The stream was at {result.Version - 1}.");
            }
        }, async (stream, times) =>
        {
            var appends = Enumerable.Range(0, times).Select(_ => Append(Guid.CreateVersion7(), 0, 5)).ToList();
            await bench.Store.BulkAppendAsync(appends, EventMetadata.None);
            appends.ForEach(append => stream.Prepared.Enqueue(append.StreamId));
        });
    }

    private static Task MeasureAsync(string what, int writers, int times, int perTime, Func<Stream, Task> work, Func<Stream, int, Task>? prepare = null) =>
        Figures.MeasureAsync(what, async () =>
        {
            var streams = Enumerable.Range(0, writers).Select(_ => new Stream()).ToList();
            foreach (var stream in streams)
            {
                await (prepare?.Invoke(stream, times) ?? Task.CompletedTask);
            }

            var started = Stopwatch.GetTimestamp();
            var taken = await Task.WhenAll(streams.Select(stream => Task.Run(() => RepeatAsync(stream, times, work))));
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var sorted = taken.SelectMany(time => time).Order().ToList();
            return (writers * times * perTime / seconds, $"p50 {sorted[sorted.Count / 2]:0.00} ms, p99 {sorted[sorted.Count * 99 / 100]:0.00} ms");
        });

    private static async Task<List<double>> RepeatAsync(Stream stream, int times, Func<Stream, Task> work)
    {
        var taken = new List<double>(times);
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await work(stream);
            taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return taken;
    }

    private static StreamAppend Append(Guid stream, long version, int events) =>
        new(stream, "call", ExpectedVersion.Exact(version), [.. Enumerable.Range(0, events).Select(Measured.New)]);

    /// <summary>A writer's stream.</summary>
    private sealed class Stream
    {
        public Guid Id { get; } = Guid.NewGuid();

        public long Version { get; set; }

        public Queue<Guid> Prepared { get; } = new();
    }
}
