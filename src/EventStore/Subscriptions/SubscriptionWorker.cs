using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CallCenter.EventStore;

/// <summary>One subscription in this process: while it leads, it delivers the log's events in order of their streams, several streams at once, and tries again what failed.</summary>
internal sealed partial class SubscriptionWorker(ISubscription subscription, PostgresEventStore store, EventReader reader, LogTail tail, TimeProvider time, ILogger logger)
{
    private const int PageSize = 200;
    private const int StreamsAtOnce = 16;

    /// <summary>How often the checkpoint is stored at least while the log goes on without events for this subscription.</summary>
    private static readonly TimeSpan StoreInterval = TimeSpan.FromSeconds(5);

    /// <summary>How late a replay ordered by another process is noticed at most.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<string> _types = store.Types.NamesOf(subscription.Handles);
    private readonly PositionSignal _checkpoint = new();
    private readonly PositionSignal _parked = new();

    public ISubscription Subscription => subscription;

    public string Unit { get; } = $"subscription:{subscription.Name}";

    public long Checkpoint => _checkpoint.Value;

    /// <summary>The work of one term.</summary>
    public async Task LeadAsync(LeaderTerm term, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct, term.Ending);
        using var parked = new ParkedEvents(term.Connection, subscription.Name);
        _checkpoint.Value = await SubscriptionCheckpoint.ReadAsync(term.Connection, subscription.Name, ct);
        Task[] loops = [DeliverAsync(parked, over.Token), RetryAsync(parked, over.Token)];
        await Task.WhenAny(loops);
        await over.CancelAsync();
        try
        {
            await Task.WhenAll(loops);
        }
        catch (OperationCanceledException) when (term.Ending.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            // Another node's turn.
        }
    }

    private async Task DeliverAsync(ParkedEvents parked, CancellationToken ct)
    {
        var stored = _checkpoint.Value;
        var storedAt = time.GetTimestamp();
        while (true)
        {
            var moved = tail.Mark.Changed;
            if (tail.Mark.Value <= _checkpoint.Value)
            {
                await moved.WaitAsync(ct);
                continue;
            }

            var page = await store.ReadAllAsync(_checkpoint.Value, PageSize, _types, ct);
            var (upTo, toPark) = page.Events.Count > 0 ? await DeliverAsync(page, parked, ct) : (page.NextAfter, []);
            if (page.Events.Count > 0 || time.GetElapsedTime(storedAt) >= StoreInterval)
            {
                // Also when the term has just ended: what was handled need not come again.
                await parked.AdvanceAsync(stored, upTo, toPark, time.GetUtcNow(), CancellationToken.None);
                (stored, storedAt) = (upTo, time.GetTimestamp());
            }

            _checkpoint.Value = upTo;
            ct.ThrowIfCancellationRequested();
            if (toPark.Count > 0)
            {
                _parked.Pulse();
            }
        }
    }

    /// <returns>The position up to which every event is handled or to be parked, and those to be parked.</returns>
    private async Task<(long UpTo, IReadOnlyList<EventToPark> ToPark)> DeliverAsync(EventPage page, ParkedEvents parked, CancellationToken ct)
    {
        var waiting = await parked.StreamsAsync(page.Events.Select(stored => stored.StreamId), ct);
        var settled = new ConcurrentDictionary<long, EventToPark?>();
        try
        {
            await Parallel.ForEachAsync(
                page.Events.GroupBy(stored => stored.StreamId),
                new ParallelOptions { MaxDegreeOfParallelism = StreamsAtOnce, CancellationToken = ct },
                async (stream, _) => await DeliverStreamAsync(stream, waiting.Contains(stream.Key), settled, ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The term is over in the middle of the page.
        }

        var open = page.Events.FirstOrDefault(stored => !settled.ContainsKey(stored.Position));
        var upTo = open is null ? page.NextAfter : open.Position - 1;
        return (upTo, [.. settled.Values.OfType<EventToPark>().Where(each => each.Stored.Position <= upTo).OrderBy(each => each.Stored.Position)]);
    }

    private async Task DeliverStreamAsync(IEnumerable<StoredEvent> stream, bool behind, ConcurrentDictionary<long, EventToPark?> settled, CancellationToken ct)
    {
        foreach (var stored in stream)
        {
            if (behind)
            {
                settled[stored.Position] = new EventToPark(stored, Failure: null, NextAttemptAt: null);
                continue;
            }

            var error = await subscription.Retry.TryAsync(attempt => subscription.HandleAsync(stored, attempt), time, ct);
            behind = error is not null;
            settled[stored.Position] = error is null ? null : new EventToPark(stored, error, time.GetUtcNow() + Tell(stored.Position, error, attempts: 1));
        }
    }

    private async Task RetryAsync(ParkedEvents parked, CancellationToken ct)
    {
        while (true)
        {
            var changed = _parked.Changed;
            var due = await parked.DueAsync(time.GetUtcNow(), StreamsAtOnce, ct);
            if (due.Count > 0)
            {
                await RetryAsync(due, parked, ct);
                continue;
            }

            var next = await parked.NextAsync(ct) - time.GetUtcNow();
            var pause = next < LookInterval ? next.Value : LookInterval;
            if (pause > TimeSpan.Zero)
            {
                await Task.WhenAny(changed, Task.Delay(pause, time, ct));
                ct.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task RetryAsync(List<DueEvent> due, ParkedEvents parked, CancellationToken ct)
    {
        var events = (await reader.WhereAsync("e.seq_id = any ($1)", [due.Select(each => each.Position).ToArray()], ct)).ToDictionary(stored => stored.Position);
        await Parallel.ForEachAsync(due, ct, async (each, _) =>
        {
            var error = await subscription.Retry.TryAsync(
                attempt => events.TryGetValue(each.Position, out var stored)
                    ? subscription.HandleAsync(stored, attempt)
                    : throw new InvalidOperationException($"The log has no event at position {each.Position} any more."),
                time,
                ct);
            if (error is null)
            {
                await parked.HandledAsync(each, time.GetUtcNow(), CancellationToken.None);
            }
            else
            {
                var pause = Tell(each.Position, error, each.Attempts + 1);
                await parked.FailedAsync(each, error, time.GetUtcNow() + pause, time.GetUtcNow(), CancellationToken.None);
            }
        });
    }

    private TimeSpan? Tell(long position, Exception error, int attempts)
    {
        var pause = error is PermanentFailureException ? null : subscription.Retry.PauseAfter(attempts);
        if (pause is null)
        {
            LogDead(logger, subscription.Name, position, attempts, error);
        }
        else
        {
            LogFailed(logger, subscription.Name, position, attempts, error.Message);
        }

        return pause;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Subscription {Name} failed at the event at position {Position}, attempt {Attempts}, and tries again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string name, long position, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Subscription {Name} failed at the event at position {Position}, attempt {Attempts}, its last: it is a dead letter, and its stream waits behind it")]
    private static partial void LogDead(ILogger logger, string name, long position, int attempts, Exception exception);
}
