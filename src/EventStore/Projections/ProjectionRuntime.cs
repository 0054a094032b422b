using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Keeps projections up to date with the log. Any number of processes may run the same ones: each projection has one leader among them.</summary>
public sealed class ProjectionRuntime : IAsyncDisposable
{
    private readonly PostgresEventStore _store;
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LogTail _tail;
    private readonly List<ProjectionWorker> _workers;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>A runtime that is not running yet.</summary>
    /// <exception cref="ArgumentException">Two projections share a name, or a name cannot be a schema.</exception>
    /// <exception cref="UnknownEventTypeException">A projection handles a type that is not registered.</exception>
    public ProjectionRuntime(PostgresEventStore store, NpgsqlDataSource dataSource, IReadOnlyList<IProjection> projections, TimeProvider time, ILogger logger)
    {
        _store = store;
        _dataSource = dataSource;
        _time = time;
        _logger = logger;
        _tail = new LogTail(store, dataSource, time, logger);
        foreach (var projection in projections)
        {
            ProjectionTables.CheckName(projection.Name);
        }

        if (projections.GroupBy(projection => projection.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            throw new ArgumentException($"Two projections are named '{twice.Key}'.", nameof(projections));
        }

        _workers = [.. projections.Select(projection => new ProjectionWorker(projection, store, dataSource, _tail, time, logger))];
    }

    /// <summary>How far each projection is, in the order given.</summary>
    public IReadOnlyList<ProjectionStatus> Status => _workers.ConvertAll(worker => worker.Status);

    /// <summary>Makes the projections' tables where they are missing, and starts.</summary>
    public async Task StartAsync(CancellationToken ct = default)
    {
        foreach (var worker in _workers)
        {
            await ProjectionTables.EnsureAsync(_dataSource, worker.Projection, ct);
        }

        _running = Task.WhenAll([Task.Run(() => _tail.RunAsync(_stop.Token), ct), .. _workers.Select(worker => Task.Run(() => worker.RunAsync(_stop.Token), ct))]);
    }

    /// <summary>Waits until every projection holds all events up to <paramref name="position"/>.</summary>
    /// <exception cref="ProjectionPoisonedException">One of them stopped at an event before that.</exception>
    public async Task WaitForAsync(long position, CancellationToken ct = default)
    {
        foreach (var worker in _workers)
        {
            await worker.WaitForAsync(position, ct);
        }
    }

    /// <summary>Builds a projection anew from the first event, beside the live one, and swaps them in one transaction. Readers see the old model or the new one, never less.</summary>
    /// <exception cref="ArgumentException">There is no such projection.</exception>
    /// <exception cref="InvalidOperationException">It is being rebuilt already, here or in another process.</exception>
    public async Task RebuildAsync(string name, IProgress<RebuildProgress>? progress = null, CancellationToken ct = default)
    {
        var worker = _workers.Find(candidate => string.Equals(candidate.Projection.Name, name, StringComparison.Ordinal))
            ?? throw new ArgumentException($"There is no projection '{name}'; there are {string.Join(", ", _workers.Select(known => known.Projection.Name))}.", nameof(name));
        await new ProjectionRebuild(worker.Projection, _store, _dataSource, _time, _logger).RunAsync(progress, ct);
        worker.Resume();
    }

    /// <summary>Stops; what is being applied is rolled back or complete.</summary>
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
}
