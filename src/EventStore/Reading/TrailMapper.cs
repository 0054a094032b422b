using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Keeps the map of the log (<see cref="TrailMap"/>) up to what is decided. Any number of processes may run one; while none does, searches read what is not mapped one by one.</summary>
public sealed partial class TrailMapper(PostgresEventStore store, NpgsqlDataSource dataSource, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to map at intervals.</summary>
    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>Maps everything up to the safe mark, but for the last block that is not full.</summary>
    public async Task MapAsync(CancellationToken ct = default)
    {
        var mark = await store.HighWaterMarkAsync(ct);
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await TrailMap.ExtendAsync(connection, mark, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // Stopped, as asked.
        }

        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await MapAsync(ct);
            }
            catch (NpgsqlException exception)
            {
                // What is mapped stays, and the next round goes on from there.
                LogNotMapped(logger, exception.Message);
            }

            await Task.Delay(Interval, time, ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "New events are not mapped for searches yet: {Reason}")]
    private static partial void LogNotMapped(ILogger logger, string reason);
}
