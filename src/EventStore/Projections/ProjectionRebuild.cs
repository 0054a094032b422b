using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Builds a projection anew beside the live one, then puts it in its place in one transaction.</summary>
internal sealed partial class ProjectionRebuild(IReadOnlyList<ProjectionShard> shards, PostgresEventStore store, NpgsqlDataSource dataSource, TimeProvider time, ILogger logger)
{
    private readonly string _name = shards[0].Projection.Name;
    private readonly RebuildSchema _new = new(shards, dataSource, store.Types);

    /// <exception cref="RebuildUnderWayException">It is being rebuilt already, here or in another process.</exception>
    /// <exception cref="ProjectionPoisonedException">There is an event that cannot be applied and is not skipped.</exception>
    public async Task RunAsync(IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        if (!await SessionLock.TryTakeAsync(connection, LockOf(_name), ct))
        {
            throw new RebuildUnderWayException(_name);
        }

        try
        {
            await ProjectionTables.PreferIndexesAsync(connection, ct);
            await _new.CreateAsync(ct);
            do
            {
                await CatchUpAsync(progress, ct);
            }
            while (!await TrySwapAsync(connection, ct));
        }
        finally
        {
            await SessionLock.ReleaseAllAsync(connection);
        }
    }

    public static long LockOf(string projection) => SessionLock.KeyOf($"callcenter.rebuild.{projection}");

    private async Task CatchUpAsync(IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        for (var mark = await store.HighWaterMarkAsync(ct); _new.Position < mark; mark = await store.HighWaterMarkAsync(ct))
        {
            await _new.CatchUpAsync(mark, position => progress?.Report(new RebuildProgress(position, mark)), ct);
        }
    }

    private async Task<bool> TrySwapAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            // The live projection stands still behind its rows from here on, so its checkpoints are final.
            var live = await ProjectionTables.LockAsync(connection, transaction, _name, ct);
            if (live.Keys.Any(name => ProjectionTables.VersionOf(name) > shards[0].Projection.Version))
            {
                throw new ProjectionSupersededException(_name, shards[0].Projection.Version);
            }

            var end = await store.HighWaterMarkAsync(ct);
            if (live.Values.All(position => position <= end) && await _new.TryCatchUpAsync(connection, transaction, end, ct))
            {
                // Readers queue behind a waiting exclusive lock: give up soon and come back rather than keep them.
                await using (var limit = new NpgsqlCommand("set local lock_timeout = '1s'", connection, transaction))
                {
                    await limit.ExecuteNonQueryAsync(ct);
                }

                await _new.SwapAsync(connection, transaction, ct);
                await ProjectionTables.ReplaceAsync(connection, transaction, shards, end, ct);
                await transaction.CommitAsync(ct);
                LogRebuilt(logger, _name, end);
                return true;
            }
        }
        catch (PostgresException exception) when (DatabaseFaults.IsCollision(exception))
        {
            LogSwapDelayed(logger, _name, exception.MessageText);
        }

        // Another process has seen further than this one may yet, or a long query holds the live tables.
        await transaction.RollbackAsync(ct);
        await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Projection {Name} was rebuilt up to position {Position}")]
    private static partial void LogRebuilt(ILogger logger, string name, long position);

    [LoggerMessage(Level = LogLevel.Information, Message = "The rebuilt projection {Name} waits to take the live one's place: {Reason}")]
    private static partial void LogSwapDelayed(ILogger logger, string name, string reason);
}

/// <summary>A projection is being rebuilt already, here or in another process.</summary>
public sealed class RebuildUnderWayException(string projection) : InvalidOperationException($"Projection '{projection}' is being rebuilt already.");
