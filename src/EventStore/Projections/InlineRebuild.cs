using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Builds an inline projection beside its live tables while appends go on, then swaps them in one transaction.</summary>
/// <remarks>
/// Up to the safe mark the log is final. Above it are events whose transactions have applied them to the live tables and committed, and events of transactions still open. The swap's
/// exclusive lock comes after all those that hold the shared one: then whatever is visible is read into the new tables, and whoever comes later applies to them itself.
/// </remarks>
internal sealed partial class InlineRebuild(ProjectionShard shard, long swapKey, NpgsqlDataSource dataSource, EventTypes types, TimeProvider time, ILogger logger)
{
    private readonly string _name = shard.Projection.Name;
    private readonly RebuildSchema _new = new([shard], dataSource, types);

    public async Task RunAsync(IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        if (!await SessionLock.TryTakeAsync(connection, ProjectionRebuild.LockOf(_name), ct))
        {
            throw new RebuildUnderWayException(_name);
        }

        try
        {
            await using var safeMark = new SafeMark(dataSource, time, logger);
            await ProjectionTables.PreferIndexesAsync(connection, ct);
            await _new.CreateAsync(ct);
            do
            {
                for (var mark = await safeMark.LookAsync(ct); _new.Position < mark; mark = await safeMark.LookAsync(ct))
                {
                    await _new.CatchUpAsync(mark, position => progress?.Report(new RebuildProgress(position, mark)), ct);
                }
            }
            while (!await TrySwapAsync(connection, ct));
        }
        finally
        {
            await SessionLock.ReleaseAllAsync(connection);
        }
    }

    private async Task<bool> TrySwapAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            // Appends queue behind this lock, and readers behind that on the tables: give up soon and come back rather than keep them.
            await ExecuteAsync(connection, transaction, $"set local lock_timeout = '1s'; select pg_advisory_xact_lock({swapKey})", ct);
            await RefuseToGoBackAsync(connection, transaction, ct);
            if (await _new.TryCatchUpAsync(connection, transaction, await LastVisibleAsync(connection, transaction, ct), ct))
            {
                await SwapAsync(connection, transaction, ct);
                return true;
            }
        }
        catch (PostgresException exception) when (DatabaseFaults.IsCollision(exception))
        {
            LogSwapDelayed(logger, _name, exception.MessageText);
        }

        await transaction.RollbackAsync(ct);
        await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct);
        return false;
    }

    private async Task SwapAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await _new.SwapAsync(connection, transaction, ct);
        await ExecuteAsync(
            connection,
            transaction,
            $"""
            insert into callcenter.inline_projections (name, version) values ('{_name}', {shard.Projection.Version})
            on conflict (name) do update set version = excluded.version;
            delete from callcenter.projection_poison where projection = '{_name}' and not skipped
            """,
            ct);
        await transaction.CommitAsync(ct);
        LogRebuilt(logger, _name);
    }

    private static async Task<long> LastVisibleAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select coalesce(max(seq_id), 0) from public.mt_events", connection, transaction);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task RefuseToGoBackAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select version from callcenter.inline_projections where name = $1", connection, transaction) { Parameters = { new() { Value = _name } } };
        if (await command.ExecuteScalarAsync(ct) is int version && version > shard.Projection.Version)
        {
            throw new ProjectionSupersededException(_name, shard.Projection.Version);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Inline projection {Name} was built")]
    private static partial void LogRebuilt(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "The new tables of inline projection {Name} wait to take the live ones' place: {Reason}")]
    private static partial void LogSwapDelayed(ILogger logger, string name, string reason);
}
