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
    private readonly RebuildSchema _new = new([shard], dataSource, types, time, logger);

    public async Task RunAsync(IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        await using var safeMark = new SafeMark(dataSource, time, logger);
        await _new.BuildAsync(safeMark.LookAsync, (connection, transaction) => TrySwapAsync(connection, transaction, ct), progress, ct);
        LogRebuilt(logger, _name);
    }

    private async Task<bool> TrySwapAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        // Appends queue behind this lock, and readers behind that on the tables: give up soon and come back rather than keep them.
        await ExecuteAsync(connection, transaction, $"set local lock_timeout = '1s'; select pg_advisory_xact_lock({swapKey})", ct);
        await RefuseToGoBackAsync(connection, transaction, ct);
        if (!await _new.TryCatchUpAsync(connection, transaction, await LastVisibleAsync(connection, transaction, ct), ct))
        {
            return false;
        }

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
        return true;
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
}
