using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Waits until a shard holds all its events up to a position, be it led here or elsewhere.</summary>
internal sealed class ShardWait(ProjectionShard shard, ProjectionFeed feed, NpgsqlDataSource dataSource, LogTail tail, TimeProvider time, long position)
{
    /// <summary>How often the checkpoint is read while another process leads.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private long? _needed;

    public async Task RunAsync(ShardWorker worker, CancellationToken ct)
    {
        while (true)
        {
            var changed = worker.Position.Changed;
            if (worker.Position.Value >= position)
            {
                return;
            }

            if (worker.Poison is { } poison)
            {
                throw new ProjectionPoisonedException(poison.Projection, poison.Position, poison.InnerException!);
            }

            switch (worker.State)
            {
                case ProjectionState.Superseded:
                    throw new ProjectionSupersededException(shard.Projection.Name, shard.Projection.Version);
                case ProjectionState.Leading:
                    await changed.WaitAsync(ct);
                    break;
                default:
                    await LookAsync(worker, ct);
                    await Task.WhenAny(changed, Task.Delay(Interval, time, ct));
                    ct.ThrowIfCancellationRequested();
                    break;
            }
        }
    }

    // A leader stores its checkpoint rarely while nothing is for it, so what must be reached is the last position that is.
    private async Task LookAsync(ShardWorker worker, CancellationToken ct)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(ct);
            if (await ProjectionCheckpoint.ReadAsync(connection, shard, ct) is not { } stored)
            {
                return;
            }

            if (_needed is null && tail.Mark.Value >= position)
            {
                _needed = await feed.LastPositionAsync(shard, stored, position, ct);
            }

            if (stored >= position || stored >= _needed)
            {
                worker.Position.Raise(Math.Max(stored, position));
            }
            else
            {
                worker.Position.Raise(stored);
                if (await PoisonTable.FindAsync(connection, shard, position, ct) is { } poison)
                {
                    throw poison;
                }
            }
        }
        catch (NpgsqlException exception) when (DatabaseFaults.IsOutage(exception))
        {
            // Who waits for the projection waits for the database too.
        }
    }
}
