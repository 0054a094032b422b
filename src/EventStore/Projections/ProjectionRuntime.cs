using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Keeps projections up to date with the log. Any number of processes may run the same ones: each shard of a projection has one leader among them.</summary>
public sealed class ProjectionRuntime : IAsyncDisposable
{
    private readonly PostgresEventStore _store;
    private readonly NpgsqlDataSource _dataSource;
    private readonly Leadership _leadership;
    private readonly Leadership? _ownLeadership;
    private readonly LogTail _tail;
    private readonly List<ProjectionRunner> _runners;
    private readonly ProjectionMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>A runtime that is not running yet.</summary>
    /// <param name="store">The log.</param>
    /// <param name="dataSource">Its database.</param>
    /// <param name="projections">What to keep up to date.</param>
    /// <param name="time">The clock of pauses.</param>
    /// <param name="logger">Told of every change of state.</param>
    /// <param name="leadership">The process's node, when others share it; it stays the caller's. Without it the runtime is a node of its own.</param>
    /// <exception cref="ArgumentException">Two projections share a name, or a name cannot be a schema, or a number of shards or a version is out of range.</exception>
    /// <exception cref="UnknownEventTypeException">A projection handles a type that is not registered.</exception>
    public ProjectionRuntime(
        PostgresEventStore store, NpgsqlDataSource dataSource, IReadOnlyList<IProjection> projections, TimeProvider time, ILogger logger, Leadership? leadership = null)
    {
        ProjectionTables.CheckNames(projections);
        (_store, _dataSource) = (store, dataSource);
        _ownLeadership = leadership is null ? new Leadership(dataSource, time, logger) : null;
        _leadership = leadership ?? _ownLeadership!;
        _tail = new LogTail(store, dataSource, time, logger);
        _runners = [.. projections.Select(projection => new ProjectionRunner(projection, store, dataSource, _leadership, _tail, time, logger))];
        _metrics = new ProjectionMetrics(() => Status);
    }

    /// <summary>How far each shard of each projection is, in the order given.</summary>
    public IReadOnlyList<ProjectionStatus> Status => [.. _runners.SelectMany(runner => runner.Status)];

    /// <summary>Makes the projections' tables where they are missing, and starts. Those whose version was raised are built anew in the background, beside the old ones.</summary>
    public async Task StartAsync(CancellationToken ct = default)
    {
        foreach (var runner in _runners)
        {
            await runner.PrepareAsync(ct);
        }

        _running = Task.WhenAll([Task.Run(() => _tail.RunAsync(_stop.Token), ct), .. _runners.Select(runner => Task.Run(() => runner.RunAsync(_stop.Token), ct))]);
    }

    /// <summary>Waits until every projection holds all events up to <paramref name="position"/>; one that is being built anew, until the new tables do.</summary>
    /// <exception cref="ProjectionPoisonedException">One of them stopped at an event before that.</exception>
    /// <exception cref="ProjectionSupersededException">A newer version of one has taken its place.</exception>
    public async Task WaitForAsync(long position, CancellationToken ct = default)
    {
        foreach (var runner in _runners)
        {
            await runner.WaitForAsync(position, ct);
        }
    }

    /// <summary>Builds a projection anew from the first event, beside the live one, and swaps them in one transaction. Readers see the old model or the new one, never less.</summary>
    /// <exception cref="ArgumentException">There is no such projection.</exception>
    /// <exception cref="RebuildUnderWayException">It is being rebuilt already, here or in another process.</exception>
    /// <exception cref="ProjectionPoisonedException">An event cannot be applied: the live tables stay, and the event may be skipped.</exception>
    public async Task RebuildAsync(string name, IProgress<RebuildProgress>? progress = null, CancellationToken ct = default)
    {
        var runner = _runners.Find(candidate => string.Equals(candidate.Projection.Name, name, StringComparison.Ordinal))
            ?? throw new ArgumentException($"There is no projection '{name}'; there are {string.Join(", ", _runners.Select(known => known.Projection.Name))}.", nameof(name));
        await runner.RebuildAsync(progress, ct);
    }

    /// <summary>The same for all projections at once, reading the log once. What goes wrong with one does not keep the others.</summary>
    /// <inheritdoc cref="RebuildAsync" path="/exception"/>
    public async Task RebuildAllAsync(IProgress<RebuildProgress>? progress = null, CancellationToken ct = default)
    {
        var shared = new SharedPages(
            _dataSource, _store.Types, [.. _runners.Where(runner => runner.SharesPages).SelectMany(runner => runner.Shards)], await _store.HighWaterMarkAsync(ct), progress, ct);
        await Task.WhenAll(_runners.Select(runner => runner.RebuildAsync(progress: null, ct, runner.SharesPages ? shared : null)));
    }

    /// <summary>Stops; what is being applied is rolled back or complete.</summary>
    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // Stopped, as asked.
        }

        if (_ownLeadership is not null)
        {
            await _ownLeadership.DisposeAsync();
        }

        _stop.Dispose();
    }
}
