using System.Diagnostics;
using CallCenter.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Crash;

/// <summary>Writers, projections and readers on a fresh database, through one to three crashes at random points; then everything is counted.</summary>
internal sealed class CrashRound(EmbeddedPostgres postgres, string connectionString, int seed)
{
    // From the last acknowledgement to the end of all reading, projecting and checking.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(90);

    private readonly Random _random = new(seed);
    private readonly Ledger _ledger = new();
    private readonly List<Victims> _crashes = [];

    [Flags]
    private enum Victims
    {
        Server = 1,
        Writer = 2,
        Both = Server | Writer,
    }

    /// <summary>Gives what happened, in a line.</summary>
    public async Task<string> RunAsync()
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var store = new PostgresEventStore(dataSource, Written.Types, TimeProvider.System, NullLogger.Instance);
        await store.EnsureSchemaAsync();
        await using var projections = await CrashProjections.StartAsync(store, dataSource);
        using var stop = new CancellationTokenSource();
        var end = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        TailReader[] readers = [new(store, limit: 7), new(store, limit: 500)];
        var reading = Task.WhenAll(readers.Select(reader => Task.Run(() => reader.RunAsync(end.Task, stop.Token))));
        try
        {
            await WriteAsync();
            var log = await ReadFreshAsync(dataSource);
            end.SetResult(log[^1].Position);
            await reading.WaitAsync(EndLimit);
            await projections.WaitForAsync(log[^1].Position).WaitAsync(EndLimit);

            var kills = _crashes.Count(crash => crash.HasFlag(Victims.Writer));
            var unacknowledged = LogCheck.Check(log, _ledger.Acknowledged);
            unacknowledged.ShouldBeLessThanOrEqualTo(kills * Writer.Count * Writer.BulkStreams, "only what was under way in a killed writer may be there unacknowledged");
            await LogCheck.CheckStreamRowsAsync(log, dataSource);
            foreach (var reader in readers)
            {
                reader.Read.Select(stored => stored.Id).SequenceEqual(log.Select(stored => stored.Id)).ShouldBeTrue($"a reader saw {reader.Read.Count} events, not the {log.Count} of the log in order");
            }

            foreach (var projection in CrashProjections.All)
            {
                await projection.CheckAsync(log, dataSource);
            }

            return $"killed {string.Join(", then ", _crashes)}; {_ledger.Acknowledged.Count} requests acknowledged, {unacknowledged} more found whole, {log.Count} events";
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task WriteAsync()
    {
        var writer = WriterProcess.Start(connectionString, seed, _ledger);
        try
        {
            var crashes = _random.Next(1, 4);
            for (var crash = 1; crash <= crashes; crash++)
            {
                await _ledger.GrowAsync(_random.Next(50, 500), writer);

                // Not always just behind an acknowledgement: anywhere between two.
                await Task.Delay(_random.Next(30));
                var victims = (Victims)_random.Next(1, 4);
                _crashes.Add(victims);
                if (victims.HasFlag(Victims.Server))
                {
                    using var server = Process.GetProcessById(postgres.ServerProcessId ?? throw new InvalidOperationException("The server is not running, though appends go on."));
                    server.Kill();
                }

                if (victims.HasFlag(Victims.Writer))
                {
                    await writer.KillAsync();
                    writer.Dispose();
                    writer = WriterProcess.Start(connectionString, seed + crash * 1_000, _ledger);
                }
            }

            await _ledger.GrowAsync(100, writer);
            await writer.EndAsync();
        }
        finally
        {
            writer.Dispose();
        }
    }

    // By a store that remembers nothing of the crashes.
    private static async Task<List<StoredEvent>> ReadFreshAsync(NpgsqlDataSource dataSource)
    {
        await using var store = new PostgresEventStore(dataSource, Written.Types, TimeProvider.System, NullLogger.Instance);
        var log = new List<StoredEvent>();
        var mark = await store.HighWaterMarkAsync();
        for (var after = 0L; after < mark;)
        {
            var page = await store.ReadAllAsync(after, 5_000);
            log.AddRange(page.Events);
            after = page.NextAfter;
        }

        return log;
    }
}
