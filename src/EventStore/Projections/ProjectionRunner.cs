using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Runs one projection in this process: sees to its tables, then lets its shards run.</summary>
internal sealed partial class ProjectionRunner(
    IProjection projection, PostgresEventStore store, NpgsqlDataSource dataSource, Leadership leadership, LogTail tail, TimeProvider time, ILogger logger)
{
    /// <summary>How often a process looks whether another has built the new tables, or whether a poison event was decided on.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly List<ShardWorker> _workers = [.. ProjectionShard.AllOf(projection, store.Types).Select(shard =>
        new ShardWorker(shard, new ProjectionFeed(dataSource, store.Types), leadership, dataSource, tail, time, logger))];

    private ProjectionReadiness _readiness;

    public IProjection Projection => projection;

    public IEnumerable<ProjectionStatus> Status => _workers.Select(worker => worker.Status);

    public async Task PrepareAsync(CancellationToken ct) =>
        _readiness = await ProjectionTables.PrepareAsync(dataSource, Shards, ct);

    /// <summary>Runs until cancelled, or until another version has taken the projection's place.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (_readiness == ProjectionReadiness.NeedsRebuild)
        {
            await BringUpAsync(ct);
        }

        if (_readiness == ProjectionReadiness.Superseded)
        {
            LogSuperseded(logger, projection.Name, projection.Version);
            _workers.ForEach(worker => worker.Become(ProjectionState.Superseded));
            return;
        }

        await Task.WhenAll(_workers.Select(worker => worker.RunAsync(ct)));
    }

    public async Task WaitForAsync(long position, CancellationToken ct)
    {
        foreach (var worker in _workers)
        {
            await worker.WaitForAsync(position, ct);
        }
    }

    /// <param name="shared">Where others that are rebuilt read the log at the same time; left when this one is through.</param>
    public async Task RebuildAsync(IProgress<RebuildProgress>? progress, CancellationToken ct, SharedPages? shared = null)
    {
        try
        {
            await new ProjectionRebuild(Shards, store, dataSource, time, logger, shared).RunAsync(progress, ct);
            _workers.ForEach(worker => worker.Decided());
        }
        finally
        {
            foreach (var shard in Shards)
            {
                shared?.Leave(shard);
            }
        }
    }

    /// <summary>Whether it can read the log together with others.</summary>
    public bool SharesPages => projection is not SqlProjection && _workers.Count == 1;

    public IReadOnlyList<ProjectionShard> Shards => _workers.ConvertAll(worker => worker.Shard);

    private async Task BringUpAsync(CancellationToken ct)
    {
        try
        {
            _workers.ForEach(worker => worker.Become(ProjectionState.Rebuilding));
            LogOutOfDate(logger, projection.Name, projection.Version);
            await RebuildAsync(progress: null, ct);
        }
        catch (RebuildUnderWayException)
        {
            // Another process builds the same, or an older program its own.
            await Task.Delay(LookInterval, time, ct);
        }
        catch (ProjectionPoisonedException poison)
        {
            LogPoisoned(logger, projection.Name, projection.Version, poison.Position, poison.InnerException!);
            _workers.ForEach(worker => worker.Become(ProjectionState.Poisoned, poison, poison.InnerException!.Message));
            await StandAtAsync(poison, ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogInterrupted(logger, projection.Name, exception);
            _workers.ForEach(worker => worker.Become(ProjectionState.Rebuilding, error: exception.Message));
            await Task.Delay(LookInterval, time, ct);
        }

        await LookAgainAsync(ct);
    }

    private async Task LookAgainAsync(CancellationToken ct)
    {
        try
        {
            await PrepareAsync(ct);
        }
        catch (NpgsqlException exception) when (DatabaseFaults.IsOutage(exception))
        {
            LogInterrupted(logger, projection.Name, exception);
        }
    }

    private async Task StandAtAsync(ProjectionPoisonedException poison, CancellationToken ct)
    {
        var stands = true;
        while (stands)
        {
            await Task.Delay(LookInterval, time, ct);
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(ct);
                stands = await PoisonTable.StandsAsync(connection, projection.Name, poison.Position, ct);
            }
            catch (NpgsqlException exception) when (DatabaseFaults.IsOutage(exception))
            {
                LogInterrupted(logger, projection.Name, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The tables of projection {Name} are not of version {Version}, which is now built beside them")]
    private static partial void LogOutOfDate(ILogger logger, string name, int version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Version {Version} of projection {Name} does not run here: a newer one has taken its place")]
    private static partial void LogSuperseded(ILogger logger, string name, int version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Building projection {Name} was interrupted and starts again")]
    private static partial void LogInterrupted(ILogger logger, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Building version {Version} of projection {Name} stopped at the event at position {Position}, which it cannot apply")]
    private static partial void LogPoisoned(ILogger logger, string name, int version, long position, Exception exception);
}
