using System.Collections.Concurrent;
using System.Diagnostics;
using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class CrashTests(PostgresFixture postgres)
{
    private const int Writers = 8;
    private const int Crashes = 3;

    [Fact]
    public async Task Killing_PostgreSQL_during_concurrent_appends_loses_and_doubles_nothing()
    {
        await using var harness = await StoreHarness.CreateAsync(postgres);
        await using var runtime = new ProjectionRuntime(harness.Store, harness.DataSource, [new TotalsProjection()], TimeProvider.System, NullLogger.Instance);
        await runtime.StartAsync();
        var acknowledged = new ConcurrentDictionary<Guid, long>();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(_ => Task.Run(() => WriteUntilAsync(harness.Store, acknowledged, stop.Token))).ToList();
        var bulk = Task.Run(() => BulkWriteUntilAsync(harness.Store, acknowledged, stop.Token));

        for (var crash = 0; crash < Crashes; crash++)
        {
            var before = acknowledged.Count;
            await Eventually.TrueAsync(() => Task.FromResult(acknowledged.Count >= before + 200), "appends go on");
            using var server = Process.GetProcessById(postgres.Server.ServerProcessId!.Value);
            server.Kill();
        }

        var atLastCrash = acknowledged.Count;
        await Eventually.TrueAsync(() => Task.FromResult(acknowledged.Count >= atLastCrash + 200), "appends go on after the last crash");
        await stop.CancelAsync();
        await Task.WhenAll([.. writers, bulk]);

        var log = await harness.ReadToEndAsync(1_000);
        log.Select(stored => stored.Id).ShouldBeUnique();
        log.ToDictionary(stored => stored.Id, stored => stored.Position).OrderBy(pair => pair.Key).ShouldBe(acknowledged.OrderBy(pair => pair.Key));
        foreach (var stream in log.GroupBy(stored => stored.StreamId))
        {
            stream.Select(stored => stored.Version).ShouldBe(Enumerable.Range(1, stream.Count()).Select(version => (long)version));
        }

        await runtime.WaitForAsync(log[^1].Position);
        (await harness.ScalarAsync<long>("select amount from totals.total")).ShouldBe(log.Count);
    }

    // Every append that was begun is carried to its end, so what is stored must be what was acknowledged: no less and no more.
    private static async Task WriteUntilAsync(PostgresEventStore store, ConcurrentDictionary<Guid, long> acknowledged, CancellationToken stop)
    {
        var stream = Guid.NewGuid();
        for (var version = 0L; !stop.IsCancellationRequested; version++)
        {
            var append = StoreHarness.To(stream, ExpectedVersion.Exact(version), new Counted(1));
            var result = await store.AppendAsync(append, EventMetadata.None, CancellationToken.None);
            result.Version.ShouldBe(version + 1);
            acknowledged[append.Events[0].Id] = result.LastPosition;
        }
    }

    private static async Task BulkWriteUntilAsync(PostgresEventStore store, ConcurrentDictionary<Guid, long> acknowledged, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var appends = Enumerable.Range(0, 50).Select(_ => StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(1))).ToList();
            var result = await store.BulkAppendAsync(appends, EventMetadata.None, CancellationToken.None);
            result.Existing.ShouldBeEmpty();
            result.Streams.ShouldBe(50);
            foreach (var append in appends)
            {
                acknowledged[append.Events[0].Id] = (await FetchAsync(store, append.StreamId)).Position;
            }
        }
    }

    // Reads do not wait for a lost database by themselves.
    private static async Task<StoredEvent> FetchAsync(PostgresEventStore store, Guid stream)
    {
        while (true)
        {
            try
            {
                return (await store.FetchStreamAsync(stream)).Single();
            }
            catch (NpgsqlException exception) when (DatabaseFaults.IsOutage(exception))
            {
                await Task.Delay(50);
            }
        }
    }
}
