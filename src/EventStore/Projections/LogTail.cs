using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Watches the end of the global log for all projections of a process: woken by notifications, and by polling when those fail.</summary>
internal sealed partial class LogTail(PostgresEventStore store, NpgsqlDataSource dataSource, TimeProvider time, ILogger logger)
{
    /// <summary>How late an event is seen at most when no notification comes, as from a foreign writer.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan ShortestHeldBackPause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan LongestHeldBackPause = TimeSpan.FromMilliseconds(100);

    /// <summary>The safe mark as last seen.</summary>
    public PositionSignal Mark { get; } = new();

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(ct);
                await using (var listen = new NpgsqlCommand($"listen {AppendNotifier.Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(ct);
                }

                await FollowAsync(connection, ct);
            }
            catch (NpgsqlException exception)
            {
                LogListenLost(logger, exception.Message);
            }

            await Task.Delay(PollInterval, time, ct);
        }
    }

    private async Task FollowAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var pause = ShortestHeldBackPause;
        while (true)
        {
            var seen = Mark.Value;
            Mark.Value = await store.HighWaterMarkAsync(ct);
            if (!store.HeldBack)
            {
                pause = ShortestHeldBackPause;
                await connection.WaitAsync(PollInterval, ct);
                continue;
            }

            // Commits are under way (the mark moves) or a transaction was left open (it does not): look again soon, or less and less often.
            pause = Mark.Value > seen ? ShortestHeldBackPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestHeldBackPause.Ticks));
            await Task.Delay(pause, time, ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that waits for new events was lost and is made again: {Reason}")]
    private static partial void LogListenLost(ILogger logger, string reason);
}
