using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.EventStore.Bench;

/// <summary>How long after its commit an event is in the tables of a projection, on a node that listens, while nothing else and while four writers append.</summary>
internal static class ReaderBench
{
    private const int Times = 500;

    public static async Task RunAsync(StoreBench bench)
    {
        await using var runtime = new ProjectionRuntime(bench.Store, bench.DataSource, [new Latest()], TimeProvider.System, NullLogger.Instance);
        await runtime.StartAsync();
        await runtime.WaitForAsync(await bench.Store.HighWaterMarkAsync());
        await MeasureAsync(bench, runtime, "alone");
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await AppendAsync(bench);
            }
        })).ToList();
        await MeasureAsync(bench, runtime, "beside four writers");
        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    private static async Task MeasureAsync(StoreBench bench, ProjectionRuntime runtime, string when)
    {
        var taken = new List<double>();
        for (var i = -50; i < Times; i++)
        {
            var position = await AppendAsync(bench);
            var committed = Stopwatch.GetTimestamp();
            await runtime.WaitForAsync(position);
            if (i >= 0)
            {
                taken.Add(Stopwatch.GetElapsedTime(committed).TotalMilliseconds);
            }
        }

        taken.Sort();
        Console.WriteLine($"{$"commit until a projection has it, {when}",-62} p50 {taken[Times / 2]:0.0} ms, p99 {taken[Times * 99 / 100]:0.0} ms");
    }

    private static async Task<long> AppendAsync(StoreBench bench) =>
        (await bench.Store.AppendAsync(new StreamAppend(Guid.NewGuid(), "call", ExpectedVersion.NoStream, [Measured.New(1)]), EventMetadata.None)).LastPosition;

    private sealed class Latest : SingleStreamProjection<Measured>
    {
        public override string Name => "latest";

        public override IReadOnlyCollection<Type> Handles { get; } = [typeof(Measured)];

        protected override Measured Evolve(Measured? view, StoredEvent stored) => (Measured)stored.Data;
    }
}
