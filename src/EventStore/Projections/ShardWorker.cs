using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Runs one shard of a projection in this process: leads it when it is this node's turn, and applies events in order, each exactly once.</summary>
internal sealed partial class ShardWorker(
    ProjectionShard shard, ProjectionFeed feed, Leadership leadership, NpgsqlDataSource dataSource, LogTail tail, TimeProvider time, ILogger logger)
{
    private const int PageSize = 10_000;

    /// <summary>How far, and how long while events for others come, the position runs ahead of the stored checkpoint when nothing was for this shard.</summary>
    private const int FarAhead = 10_000;
    private static readonly TimeSpan LongAhead = TimeSpan.FromSeconds(5);

    /// <summary>How often a stopped shard asks whether its poison event was decided on.</summary>
    private static readonly TimeSpan PoisonInterval = TimeSpan.FromMilliseconds(500);

    private readonly PositionSignal _position = new();
    private volatile ProjectionState _state = ProjectionState.Stopped;
    private volatile ProjectionPoisonedException? _poison;
    private volatile string? _error;
    private volatile TaskCompletionSource _decided = NewDecision();
    private IReadOnlySet<long> _skipped = new HashSet<long>();
    private long _stored;
    private long _storedAt;

    public ProjectionShard Shard => shard;

    public ProjectionStatus Status => new(
        shard.Projection.Name, shard.Name, _state, _position.Value, tail.Mark.Value, _poison?.Position, _poison?.InnerException?.Message ?? _error);

    /// <summary>The unit of leadership of a shard.</summary>
    public static string UnitOf(string checkpointName) => $"projection {checkpointName}";

    /// <summary>Runs until cancelled, or until another version has taken the projection's place.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var superseded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Become(ProjectionState.Standby);
        try
        {
            await leadership.RunAsync(UnitOf(shard.CheckpointName), (term, stop) => LeadAsync(term, superseded, stop), superseded.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Become(ProjectionState.Superseded);
            LogSuperseded(logger, shard.CheckpointName);
            return;
        }
        finally
        {
            if (ct.IsCancellationRequested)
            {
                Become(ProjectionState.Stopped);
            }
        }
    }

    /// <summary>What the projection is doing before its shards can run.</summary>
    public void Become(ProjectionState state, ProjectionPoisonedException? poison = null, string? error = null)
    {
        _poison = poison;
        _error = error;
        _state = state;
        _position.Pulse();
    }

    /// <summary>Has a stopped shard look at once whether it may go on.</summary>
    public void Decided()
    {
        _poison = null;
        _decided.TrySetResult();
    }

    /// <summary>Waits until all events up to <paramref name="position"/> are in the tables, whichever process puts them there.</summary>
    /// <exception cref="ProjectionPoisonedException">It stopped before.</exception>
    /// <exception cref="ProjectionSupersededException">A newer version has taken its place.</exception>
    public Task WaitForAsync(long position, CancellationToken ct) => new ShardWait(shard, feed, dataSource, tail, time, position).RunAsync(this, ct);

    internal ProjectionState State => _state;

    internal PositionSignal Position => _position;

    internal ProjectionPoisonedException? Poison => _poison;

    private async Task LeadAsync(LeaderTerm term, CancellationTokenSource superseded, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, term.Ending);
        try
        {
            await ProjectionTables.PreferIndexesAsync(term.Connection, stop);
            await PoisonTable.ClearAsync(term.Connection, shard, stop);
            _skipped = await PoisonTable.SkippedAsync(term.Connection, shard.Projection.Name, stop);
            if (!await TryReadCheckpointAsync(term.Connection, stop))
            {
                await superseded.CancelAsync();
                stop.ThrowIfCancellationRequested();
            }

            Become(ProjectionState.Leading);
            LogLeading(logger, shard.CheckpointName, _stored);
            while (!over.IsCancellationRequested)
            {
                try
                {
                    await ApplyUntilAsync(term.Connection, over.Token, stop);
                }
                catch (ProjectionPoisonedException poison)
                {
                    await StandAtAsync(term.Connection, poison, over.Token, stop);
                }
                catch (CheckpointMovedException moved)
                {
                    LogCheckpointMoved(logger, moved.Message);
                    if (!await TryReadCheckpointAsync(term.Connection, stop))
                    {
                        await superseded.CancelAsync();
                    }
                }
            }

            stop.ThrowIfCancellationRequested();
            Become(ProjectionState.Standby);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // Most often the database went away. Leadership logs it and calls again; the checkpoint tells where to go on.
            Become(ProjectionState.Stopped, error: exception.Message);
            throw;
        }
    }

    /// <param name="connection">The leader's.</param>
    /// <param name="over">Cancelled when the term ends: what is under way is finished.</param>
    /// <param name="stop">Cancelled when the process ends: what is under way is rolled back.</param>
    private async Task ApplyUntilAsync(NpgsqlConnection connection, CancellationToken over, CancellationToken stop)
    {
        var application = new PageApplication(shard, shard.Projection.Name, _skipped);
        Task<ProjectionPage>? ahead = null;
        try
        {
            while (!over.IsCancellationRequested)
            {
                var moved = tail.Mark.Changed;
                var mark = tail.Mark.Value;
                if (mark <= _position.Value)
                {
                    await IdleAsync(connection, moved, over, stop);
                    continue;
                }

                var page = await (ahead ?? feed.ReadAsync(shard, _position.Value, mark, PageSize, stop));

                // The next page is read and parsed while this one is applied.
                ahead = page.UpTo < mark ? feed.ReadAsync(shard, page.UpTo, mark, PageSize, stop) : null;
                if (!page.IsEmpty)
                {
                    await application.ApplyAsync(page, part => ApplyAsync(connection, application, part, stop), stop);
                    continue;
                }

                _position.Value = page.UpTo;
                if (_position.Value - _stored >= FarAhead || time.GetElapsedTime(_storedAt) >= LongAhead)
                {
                    await StoreAsync(connection, stop);
                }
            }
        }
        finally
        {
            if (ahead is not null)
            {
                // Nobody will look at it, but its connection is in use until it is through.
                await Task.WhenAny(ahead);
            }
        }

        if (!stop.IsCancellationRequested && _position.Value > _stored)
        {
            await StoreAsync(connection, stop);
        }
    }

    private async Task IdleAsync(NpgsqlConnection connection, Task moved, CancellationToken over, CancellationToken stop)
    {
        try
        {
            await moved.WaitAsync(_position.Value > _stored ? LongAhead : Timeout.InfiniteTimeSpan, time, over);
        }
        catch (TimeoutException)
        {
            await StoreAsync(connection, stop);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The term ends.
        }
    }

    private async Task ApplyAsync(NpgsqlConnection connection, PageApplication application, ProjectionPage page, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // First of all, so that a rebuild about to swap the tables, or another leader, is waited for before anything else is locked.
        await ProjectionCheckpoint.AdvanceAsync(connection, transaction, shard, _stored, page.UpTo, ct);
        await application.WriteAsync(connection, transaction, page, ct);
        await transaction.CommitAsync(ct);
        Stored(page.UpTo);
    }

    private async Task StoreAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var position = _position.Value;
        await ProjectionCheckpoint.AdvanceAsync(connection, transaction: null, shard, _stored, position, ct);
        Stored(position);
    }

    private async Task<bool> TryReadCheckpointAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var checkpoint = await ProjectionCheckpoint.ReadAsync(connection, shard, ct);
        if (checkpoint is not null)
        {
            Stored(checkpoint.Value);
        }

        return checkpoint is not null;
    }

    private void Stored(long position)
    {
        _stored = position;
        _storedAt = time.GetTimestamp();
        _position.Value = position;
    }

    // Keeps the lead meanwhile: any other node would stop at the same event.
    private async Task StandAtAsync(NpgsqlConnection connection, ProjectionPoisonedException poison, CancellationToken over, CancellationToken stop)
    {
        await PoisonTable.RecordAsync(connection, shard, shard.CheckpointName, poison, stop);
        _decided = NewDecision();
        Become(ProjectionState.Poisoned, poison, poison.InnerException!.Message);
        LogPoisoned(logger, shard.CheckpointName, poison.Position, poison.InnerException!);
        while (!over.IsCancellationRequested && await PoisonTable.StandsAsync(connection, shard.Projection.Name, poison.Position, stop))
        {
            await Task.WhenAny(_decided.Task, Task.Delay(PoisonInterval, time, over));
            _decided = NewDecision();
        }

        _skipped = await PoisonTable.SkippedAsync(connection, shard.Projection.Name, stop);
        Become(ProjectionState.Leading);
    }

    private static TaskCompletionSource NewDecision() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Information, Message = "Projection {Name} leads from position {Checkpoint}")]
    private static partial void LogLeading(ILogger logger, string name, long checkpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} A rebuild or another process has moved it")]
    private static partial void LogCheckpointMoved(ILogger logger, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Projection {Name} runs no longer here: another version of it has taken its place")]
    private static partial void LogSuperseded(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Projection {Name} stopped at the event at position {Position}, which it cannot apply")]
    private static partial void LogPoisoned(ILogger logger, string name, long position, Exception exception);
}
