using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Fires timers when they are due. Any number of nodes may run the same kinds: each timer is one node's at a time.</summary>
/// <remarks>
/// A node sleeps until the first timer is due, until it is told of an earlier one, or for <see cref="LookInterval"/>; a look costs one round trip, however many timers wait. Timers that a killed
/// node was firing are taken over at the next look, because the lock that its claims rest on ended with its connection.
/// </remarks>
public sealed partial class TimerRuntime : IAsyncDisposable
{
    /// <summary>How late a timer is noticed at most when no notification comes, and a killed node.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(4);

    /// <summary>How many timers this node fires at the same time.</summary>
    private const int Slots = 16;
    private static readonly TimeSpan OutagePause = TimeSpan.FromMilliseconds(250);

    private readonly NpgsqlDataSource _dataSource;
    private readonly DurableTimers _timers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<string, ITimerHandler> _handlers;
    private readonly TimerMetrics _metrics = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private long _looks;

    /// <summary>A runtime that is not running yet. The data source stays the caller's.</summary>
    /// <exception cref="ArgumentException">Two handlers are for one kind.</exception>
    public TimerRuntime(NpgsqlDataSource dataSource, IReadOnlyList<ITimerHandler> handlers, TimeProvider time, ILogger logger)
    {
        _dataSource = dataSource;
        _timers = new DurableTimers(dataSource, time);
        _time = time;
        _logger = logger;
        _handlers = handlers.ToDictionary(handler => handler.Kind, StringComparer.Ordinal);
    }

    /// <summary>Why this node does not fire timers now; null while it does.</summary>
    public string? Error { get; private set; }

    /// <summary>How often it has looked for timers.</summary>
    internal long Looks => Interlocked.Read(ref _looks);

    /// <summary>Instead of <see cref="LookInterval"/>, where a test is to see that something else wakes it.</summary>
    internal TimeSpan Interval { get; init; } = LookInterval;

    /// <summary>Starts; what came due meanwhile fires at once.</summary>
    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>Stops: handlers under way are cancelled, and their timers left to other nodes or to the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _metrics.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var session = await TimerSession.OpenAsync(_dataSource, [.. _handlers.Keys], ct);
                Error = null;
                await FollowAsync(session, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Most often the database went away. Whatever it was: nothing is lost, and a new session finds all that is due.
                Error = exception.Message;
                LogInterrupted(_logger, exception);
                await Task.WhenAny(Task.Delay(OutagePause, _time, ct));
            }
        }
    }

    private async Task FollowAsync(TimerSession session, CancellationToken ct)
    {
        using var slots = new SemaphoreSlim(Slots);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (true)
            {
                var free = await TakeFreeAsync(slots, ct);
                var now = _time.GetUtcNow();
                TimerLook look;
                try
                {
                    look = await session.LookAsync(now, free, ct);
                }
                catch
                {
                    Release(slots, free);
                    throw;
                }

                Interlocked.Increment(ref _looks);
                foreach (var timer in look.Claimed)
                {
                    _ = Task.Run(() => FireAsync(timer, session.Node, slots, over.Token), CancellationToken.None);
                }

                Release(slots, free - look.Claimed.Count);
                await CountAsync(ct);
                var orphaned = look.Orphans.Count > 0 && await session.ReleaseAsync(look.Orphans, ct) > 0;
                if (!orphaned && look.Claimed.Count < free)
                {
                    await session.SleepAsync(look.Next is { } next && next - now < Interval ? next - _time.GetUtcNow() : Interval, ct);
                }
            }
        }
        finally
        {
            await over.CancelAsync();
            for (var slot = 0; slot < Slots; slot++)
            {
                await slots.WaitAsync(CancellationToken.None);
            }
        }
    }

    private static void Release(SemaphoreSlim slots, int unused)
    {
        if (unused > 0)
        {
            slots.Release(unused);
        }
    }

    private static async Task<int> TakeFreeAsync(SemaphoreSlim slots, CancellationToken ct)
    {
        await slots.WaitAsync(ct);
        var free = 1;
        while (free < Slots && await slots.WaitAsync(0, ct))
        {
            free++;
        }

        return free;
    }

    private async Task FireAsync(DueTimer timer, int node, SemaphoreSlim slots, CancellationToken ct)
    {
        try
        {
            var handler = _handlers[timer.Kind];
            var error = await handler.Retry.TryAsync(attempt => handler.FireAsync(timer, attempt), _time, ct);
            await SettleAsync(new TimerSettlement(timer, node, error, handler.Retry), ct);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // Stopped or cut off. The claim ends with the session, and the timer is fired again under the same firing id, here or elsewhere.
        }
        finally
        {
            slots.Release();
        }
    }

    // As long as this session lives nobody else may settle what it has claimed.
    private async Task SettleAsync(TimerSettlement settlement, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                var dead = await settlement.StoreAsync(_dataSource, _time.GetUtcNow(), ct);
                if (settlement.Error is { } error)
                {
                    Tell(settlement.Timer, error, dead);
                }

                return;
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                LogNotSettled(_logger, settlement.Timer.Id, exception);
                await Task.Delay(OutagePause, _time, ct);
            }
        }
    }

    private void Tell(DueTimer timer, Exception error, bool dead)
    {
        if (dead)
        {
            LogDead(_logger, timer.Id, timer.Kind, timer.Attempt, error);
        }
        else
        {
            LogFailed(_logger, timer.Id, timer.Kind, timer.Attempt, error.Message);
        }
    }

    // Counting is a look at all timers, so it is done only for somebody who measures.
    private async Task CountAsync(CancellationToken ct)
    {
        if (_metrics.TakeWanted())
        {
            _metrics.Last = await _timers.CountAsync(ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timers are not fired by this node until the database answers again")]
    private static partial void LogInterrupted(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What became of timer {Id} could not be written and is tried again")]
    private static partial void LogNotSettled(ILogger logger, Guid id, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timer {Id} ({Kind}) failed at attempt {Attempt} and is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, Guid id, string kind, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Timer {Id} ({Kind}) failed at attempt {Attempt}, its last, and is dead until it is retried by command")]
    private static partial void LogDead(ILogger logger, Guid id, string kind, int attempt, Exception exception);
}
