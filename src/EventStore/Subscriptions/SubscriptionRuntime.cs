using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Runs subscriptions. Any number of nodes may run the same ones: each subscription has one leader among them.</summary>
/// <remarks>
/// An event that fails is parked and tried again later, and so are the later ones of its stream, behind it; other streams and the checkpoint go on. One that failed as often as it may is a dead
/// letter, and its stream stays parked until <see cref="DeadLetters"/> are replayed or discarded.
/// </remarks>
public sealed class SubscriptionRuntime : IAsyncDisposable
{
    private readonly PostgresEventStore _store;
    private readonly NpgsqlDataSource _dataSource;
    private readonly Leadership _leadership;
    private readonly LogTail _tail;
    private readonly List<SubscriptionWorker> _workers;
    private readonly SubscriptionMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>A runtime that is not running yet. Store, data source and leadership stay the caller's.</summary>
    /// <exception cref="ArgumentException">Two subscriptions share a name, or a name is none.</exception>
    /// <exception cref="UnknownEventTypeException">A subscription handles a type that is not registered.</exception>
    public SubscriptionRuntime(
        PostgresEventStore store, NpgsqlDataSource dataSource, Leadership leadership, IReadOnlyList<ISubscription> subscriptions, TimeProvider time, ILogger logger)
    {
        foreach (var subscription in subscriptions)
        {
            SubscriptionCheckpoint.CheckName(subscription.Name);
        }

        if (subscriptions.GroupBy(subscription => subscription.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            throw new ArgumentException($"Two subscriptions are named '{twice.Key}'.", nameof(subscriptions));
        }

        _store = store;
        _dataSource = dataSource;
        _leadership = leadership;
        _tail = new LogTail(store, dataSource, time, logger);
        var reader = new EventReader(dataSource, store.Types);
        _workers = [.. subscriptions.Select(subscription => new SubscriptionWorker(subscription, store, reader, _tail, time, logger))];
        _metrics = new SubscriptionMetrics(() => Status, new DeadLetters(dataSource, time), time, logger);
    }

    /// <summary>How far each subscription is, in the order given.</summary>
    public IReadOnlyList<SubscriptionStatus> Status
    {
        get
        {
            var parts = _leadership.Status.ToDictionary(part => part.Unit, StringComparer.Ordinal);
            return _workers.ConvertAll(worker => parts.TryGetValue(worker.Unit, out var part)
                ? new SubscriptionStatus(worker.Subscription.Name, part.State, worker.Checkpoint, _tail.Mark.Value, part.Error)
                : new SubscriptionStatus(worker.Subscription.Name, LeadershipState.Standby, worker.Checkpoint, _tail.Mark.Value, Error: null));
        }
    }

    /// <summary>Notes where new subscriptions begin, and starts: what is appended after this has returned comes to all of them.</summary>
    public async Task StartAsync(CancellationToken ct = default)
    {
        foreach (var subscription in _workers.Select(worker => worker.Subscription))
        {
            var start = subscription.Start == SubscriptionStart.FromNow ? await _store.HighWaterMarkAsync(ct) : 0;
            await SubscriptionCheckpoint.EnsureAsync(_dataSource, subscription.Name, start, ct);
        }

        _running = Task.WhenAll([
            Task.Run(() => _tail.RunAsync(_stop.Token), CancellationToken.None),
            Task.Run(() => _metrics.RunAsync(_stop.Token), CancellationToken.None),
            .. _workers.Select(worker => Task.Run(() => _leadership.RunAsync(worker.Unit, worker.LeadAsync, _stop.Token), CancellationToken.None)),
        ]);
    }

    /// <summary>Stops: handlers under way are cancelled, and their events come again at the next start or on another node.</summary>
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

        _metrics.Dispose();
        _stop.Dispose();
    }
}
