using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Builds a projection anew beside the live one, then puts it in its place in one transaction.</summary>
/// <param name="shared">As <see cref="RebuildSchema"/> has it.</param>
internal sealed partial class ProjectionRebuild(
    IReadOnlyList<ProjectionShard> shards, PostgresEventStore store, NpgsqlDataSource dataSource, TimeProvider time, ILogger logger, SharedPages? shared = null)
{
    private readonly string _name = shards[0].Projection.Name;
    private readonly RebuildSchema _new = new(shards, dataSource, store.Types, time, logger, shared);
    private long _end;

    /// <inheritdoc cref="RebuildSchema.BuildAsync" path="/exception"/>
    public async Task RunAsync(IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        await _new.BuildAsync(store.HighWaterMarkAsync, (connection, transaction) => TrySwapAsync(connection, transaction, ct), progress, ct);
        LogRebuilt(logger, _name, _end);
    }

    private async Task<bool> TrySwapAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // The live projection stands still behind its rows from here on, so its checkpoints are final.
        var live = await ProjectionTables.LockAsync(connection, transaction, _name, ct);
        if (live.Keys.Any(name => ProjectionTables.VersionOf(name) > shards[0].Projection.Version))
        {
            throw new ProjectionSupersededException(_name, shards[0].Projection.Version);
        }

        var end = await store.HighWaterMarkAsync(ct);
        if (live.Values.Any(position => position > end) || !await _new.TryCatchUpAsync(connection, transaction, end, ct))
        {
            return false;
        }

        // Readers queue behind a waiting exclusive lock: give up soon and come back rather than keep them.
        await using (var limit = new NpgsqlCommand("set local lock_timeout = '1s'", connection, transaction))
        {
            await limit.ExecuteNonQueryAsync(ct);
        }

        await _new.SwapAsync(connection, transaction, ct);
        await ProjectionTables.ReplaceAsync(connection, transaction, shards, end, ct);
        _end = end;
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Projection {Name} was rebuilt up to position {Position}")]
    private static partial void LogRebuilt(ILogger logger, string name, long position);
}

/// <summary>A projection is being rebuilt already, here or in another process.</summary>
public sealed class RebuildUnderWayException(string projection) : InvalidOperationException($"Projection '{projection}' is being rebuilt already.");
