using System.Threading.Channels;

using CallCenter.EventStore;
using CallCenter.Telephony.Sip;

using Npgsql;

namespace CallCenter.Api.Ladders;

/// <summary>Writes ladders behind the signalling, many in one statement, and deletes them when they are old. A ladder is no evidence: one that cannot be kept is dropped and said so.</summary>
internal sealed partial class LadderWriter : ILadderStore, IAsyncDisposable
{
    private const int LongestQueue = 10_000;
    private const int AtOnce = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);

    private readonly Channel<SipLadder> _queue = Channel.CreateBounded<SipLadder>(new BoundedChannelOptions(LongestQueue) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly LadderTable _table;
    private readonly TimeSpan _age;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private DateTimeOffset _sweptAt = DateTimeOffset.MinValue;
    private int _dropped;

    /// <param name="table">Where to.</param>
    /// <param name="age">How long they are kept.</param>
    /// <param name="clock">For their age, and for pauses.</param>
    /// <param name="logger">For what could not be kept.</param>
    public LadderWriter(LadderTable table, TimeSpan age, TimeProvider clock, ILogger logger)
    {
        (_table, _age, _clock, _logger) = (table, age, clock, logger);
        _writing = Task.Run(WriteAsync);
    }

    public void Keep(SipLadder ladder)
    {
        if (!_queue.Writer.TryWrite(ladder))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _writing;
        _stopping.Dispose();
    }

    private async Task WriteAsync()
    {
        IReadOnlyList<SipLadder> early = [];
        while (await _queue.Reader.WaitToReadAsync())
        {
            var batch = new List<SipLadder>();
            while (batch.Count < AtOnce && _queue.Reader.TryRead(out var ladder))
            {
                batch.Add(ladder);
            }

            // Those of calls whose events were not durable a second ago are tried once more.
            await KeepAsync(early);
            early = await KeepAsync(batch);
            await SweepAsync();
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                LogDropped(_logger, dropped, LongestQueue);
            }

            if (batch.Count < AtOnce)
            {
                // More come meanwhile, and share the next statement.
                await Task.Delay(Pause, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await KeepAsync(early);
    }

    private async Task<IReadOnlyList<SipLadder>> KeepAsync(IReadOnlyList<SipLadder> ladders)
    {
        try
        {
            return ladders.Count == 0 ? ladders : await _table.KeepAsync(ladders, CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or EventStoreException)
        {
            LogNotKept(_logger, e, ladders.Count);
            return [];
        }
    }

    private async Task SweepAsync()
    {
        var now = _clock.GetUtcNow();
        if (now - _sweptAt < SweepEvery)
        {
            return;
        }

        try
        {
            await _table.DeleteBeforeAsync(now - _age, CancellationToken.None);
            _sweptAt = now;
        }
        catch (NpgsqlException e)
        {
            LogNotDeleted(_logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The SIP messages of {Calls} calls were not kept")]
    private static partial void LogNotKept(ILogger logger, Exception exception, int calls);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The SIP messages of {Calls} calls were not kept: {Waiting} waited to be written already")]
    private static partial void LogDropped(ILogger logger, int calls, int waiting);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old SIP messages were not deleted; it is tried again")]
    private static partial void LogNotDeleted(ILogger logger, Exception exception);
}
