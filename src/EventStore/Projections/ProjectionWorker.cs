using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Runs one projection in this process: leads it when no other process does, and applies events in order, each exactly once.</summary>
internal sealed partial class ProjectionWorker(
    IProjection projection, PostgresEventStore store, NpgsqlDataSource dataSource, LogTail tail, TimeProvider time, ILogger logger)
{
    private const int BatchSize = 1_000;

    /// <summary>How often a process that does not lead asks whether it may.</summary>
    private static readonly TimeSpan StandbyInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often the checkpoint is read for those who wait while another process leads.</summary>
    private static readonly TimeSpan WaitInterval = TimeSpan.FromMilliseconds(20);

    private readonly IReadOnlyList<string> _types = store.Types.NamesOf(projection.Handles);
    private readonly PositionSignal _checkpoint = new();
    private volatile ProjectionState _state = ProjectionState.Stopped;
    private volatile ProjectionPoisonedException? _poison;
    private volatile string? _error;
    private TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IProjection Projection => projection;

    public ProjectionStatus Status =>
        new(projection.Name, _state, _checkpoint.Value, tail.Mark.Value, _poison?.Position, _poison?.InnerException?.Message ?? _error);

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await RunOnceAsync(ct);
            }
        }
        finally
        {
            _state = ProjectionState.Stopped;
            _checkpoint.Pulse();
        }
    }

    /// <summary>Ends the stop at a poison event, after its cause was removed: by a rebuild, for instance.</summary>
    public void Resume()
    {
        _poison = null;
        Interlocked.Exchange(ref _resumed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Waits until all events up to <paramref name="position"/> are in the tables, whichever process puts them there.</summary>
    /// <exception cref="ProjectionPoisonedException">It stopped before.</exception>
    public async Task WaitForAsync(long position, CancellationToken ct)
    {
        while (true)
        {
            var changed = _checkpoint.Changed;
            if (_checkpoint.Value >= position)
            {
                return;
            }

            if (_poison is { } poison)
            {
                throw new ProjectionPoisonedException(poison.Projection, poison.Position, poison.InnerException!);
            }

            if (_state == ProjectionState.Leading)
            {
                await changed.WaitAsync(ct);
                continue;
            }

            await ReadCheckpointAsync(ct);
            await Task.WhenAny(changed, Task.Delay(WaitInterval, time, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    private async Task ReadCheckpointAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(ct);
            _checkpoint.Value = await ProjectionTables.ReadCheckpointAsync(connection, projection.Name, ct);
        }
        catch (NpgsqlException exception) when (DatabaseFaults.IsOutage(exception))
        {
            // Who waits for the projection waits for the database too.
            _error = exception.Message;
        }
    }

    private async Task RunOnceAsync(CancellationToken ct)
    {
        var resumed = _resumed.Task;
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(ct);
            _checkpoint.Value = await ProjectionTables.ReadCheckpointAsync(connection, projection.Name, ct);
            if (await ProjectionTables.TryLockAsync(connection, $"callcenter.projection.{projection.Name}", ct))
            {
                try
                {
                    await ProjectionTables.PreferIndexesAsync(connection, ct);
                    await LeadAsync(connection, ct);
                }
                finally
                {
                    await ProjectionTables.ReleaseAsync(connection);
                }
            }

            Become(ProjectionState.Standby);
        }
        catch (ProjectionPoisonedException exception)
        {
            // The lock is free again, but any other process will stop at the same event and say so itself.
            _poison = exception;
            Become(ProjectionState.Poisoned);
            LogPoisoned(logger, projection.Name, exception.Position, exception.InnerException!);
            await resumed.WaitAsync(ct);
            return;
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && ct.IsCancellationRequested))
        {
            // Most often the database went away. Whatever it was: the checkpoint tells where to go on, and the status says why it is not leading.
            _error = exception.Message;
            Become(ProjectionState.Stopped);
            LogInterrupted(logger, projection.Name, exception);
        }

        await Task.Delay(StandbyInterval, time, ct);
    }

    private async Task LeadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        _error = null;
        Become(ProjectionState.Leading);
        LogLeading(logger, projection.Name, _checkpoint.Value);
        while (true)
        {
            var moved = tail.Mark.Changed;
            if (tail.Mark.Value <= _checkpoint.Value)
            {
                await moved.WaitAsync(ct);
                continue;
            }

            var page = await store.ReadAllAsync(_checkpoint.Value, BatchSize, _types, ct);
            try
            {
                await ApplyAsync(connection, page.Events, page.NextAfter, ct);
            }
            catch (Exception exception) when (IsPoison(exception, ct))
            {
                await ApplySinglyAsync(connection, page, ct);
            }
        }
    }

    // The batch was rolled back. One event at a time finds the one that cannot be applied, and keeps all before it.
    private async Task ApplySinglyAsync(NpgsqlConnection connection, EventPage page, CancellationToken ct)
    {
        foreach (var stored in page.Events)
        {
            try
            {
                await ApplyAsync(connection, [stored], stored.Position, ct);
            }
            catch (Exception exception) when (IsPoison(exception, ct))
            {
                throw new ProjectionPoisonedException(projection.Name, stored.Position, exception);
            }
        }
    }

    private async Task ApplyAsync(NpgsqlConnection connection, IReadOnlyList<StoredEvent> events, long upTo, CancellationToken ct)
    {
        var from = _checkpoint.Value;
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // First of all, so that a rebuild about to swap the tables, or another leader, is waited for before anything else is locked.
        if (!await ProjectionTables.TryAdvanceAsync(connection, transaction, projection.Name, from, upTo, ct))
        {
            await transaction.RollbackAsync(ct);
            _checkpoint.Value = await ProjectionTables.ReadCheckpointAsync(connection, projection.Name, ct);
            LogCheckpointMoved(logger, projection.Name, from, _checkpoint.Value);
            return;
        }

        if (events.Count > 0)
        {
            await projection.ApplyAsync(new ProjectionBatch(events, connection, transaction, projection.Name), ct);
        }

        await transaction.CommitAsync(ct);
        _checkpoint.Value = upTo;
    }

    private static bool IsPoison(Exception exception, CancellationToken ct) =>
        !(exception is OperationCanceledException && ct.IsCancellationRequested) && !DatabaseFaults.IsOutage(exception) && !DatabaseFaults.IsCollision(exception);

    private void Become(ProjectionState state)
    {
        _state = state;
        _checkpoint.Pulse();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Projection {Name} leads from position {Checkpoint}")]
    private static partial void LogLeading(ILogger logger, string name, long checkpoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Projection {Name} was interrupted and starts again")]
    private static partial void LogInterrupted(ILogger logger, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The checkpoint of projection {Name} was moved from {From} to {To} by a rebuild or another process")]
    private static partial void LogCheckpointMoved(ILogger logger, string name, long from, long to);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Projection {Name} stopped at the event at position {Position}, which it cannot apply")]
    private static partial void LogPoisoned(ILogger logger, string name, long position, Exception exception);
}
