using Npgsql;

namespace CallCenter.EventStore.Crash;

/// <summary>Reads the log on and on, through every crash, as a consumer that keeps its own place does.</summary>
internal sealed class TailReader(PostgresEventStore store, int limit)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>What it has read, in the order in which it came.</summary>
    public List<StoredEvent> Read { get; } = [];

    /// <summary>Reads until <paramref name="end"/> names a position and it is reached.</summary>
    public async Task RunAsync(Task<long> end, CancellationToken ct)
    {
        var after = 0L;
        while (!end.IsCompleted || after < await end)
        {
            try
            {
                var page = await store.ReadAllAsync(after, limit, ct);
                Read.AddRange(page.Events);
                if (page.NextAfter > after)
                {
                    after = page.NextAfter;
                    continue;
                }
            }
            catch (NpgsqlException)
            {
                // The server is down, as it is meant to be: the same page again.
            }

            await Task.Delay(Pause, ct);
        }
    }
}
