using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Builds a projection anew beside the live one, then puts it in its place in one transaction.</summary>
internal sealed partial class ProjectionRebuild(IProjection projection, PostgresEventStore store, NpgsqlDataSource dataSource, TimeProvider time, ILogger logger)
{
    private const int BatchSize = 5_000;

    private readonly IReadOnlyList<string> _types = store.Types.NamesOf(projection.Handles);
    private readonly string _schema = ProjectionTables.RebuildSchema(projection.Name);
    private long _position;

    public async Task RunAsync(IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        if (!await ProjectionTables.TryLockAsync(connection, $"callcenter.rebuild.{projection.Name}", ct))
        {
            throw new InvalidOperationException($"Projection '{projection.Name}' is being rebuilt already.");
        }

        try
        {
            await ProjectionTables.PreferIndexesAsync(connection, ct);
            await EventStoreSchema.ApplyAsync(
                dataSource, $"drop schema if exists {_schema} cascade; create schema {_schema}; {projection.Schema(_schema)};", ct);
            do
            {
                await CatchUpAsync(connection, progress, ct);
            }
            while (!await TrySwapAsync(connection, ct));

            LogRebuilt(logger, projection.Name, _position);
        }
        finally
        {
            await ProjectionTables.ReleaseAsync(connection);
        }
    }

    private async Task CatchUpAsync(NpgsqlConnection connection, IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        while (true)
        {
            var page = await store.ReadAllAsync(_position, BatchSize, _types, ct);
            progress?.Report(new RebuildProgress(page.NextAfter, page.HighWaterMark));
            if (page.NextAfter == _position)
            {
                return;
            }

            await using var transaction = await connection.BeginTransactionAsync(ct);
            await ApplyAsync(connection, transaction, page, ct);
            await transaction.CommitAsync(ct);
            _position = page.NextAfter;
        }
    }

    private async Task<bool> TrySwapAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var position = _position;
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            // The live projection stands still behind this row from here on, so its checkpoint is final.
            var live = await LockCheckpointAsync(connection, transaction, ct);
            var end = Math.Max(live, await store.HighWaterMarkAsync(ct));
            while (position < end)
            {
                var page = await store.ReadAllAsync(position, BatchSize, _types, ct);
                if (page.NextAfter == position)
                {
                    break;
                }

                await ApplyAsync(connection, transaction, page, ct);
                position = page.NextAfter;
            }

            if (position >= live)
            {
                await SwapAsync(connection, transaction, position, ct);
                _position = position;
                return true;
            }
        }
        catch (PostgresException exception) when (DatabaseFaults.IsCollision(exception))
        {
            LogSwapDelayed(logger, projection.Name, exception.MessageText);
        }

        // Another process has seen further than this one may yet, or a long query holds the live tables.
        await transaction.RollbackAsync(ct);
        await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct);
        return false;
    }

    private async Task<long> LockCheckpointAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select last_seq_id from public.mt_event_progression where name = $1 for update", connection, transaction)
        {
            Parameters = { new() { Value = ProjectionTables.CheckpointName(projection.Name) } },
        };
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task SwapAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long position, CancellationToken ct)
    {
        // Readers queue behind a waiting exclusive lock: give up soon and come back rather than keep them.
        await using var command = new NpgsqlCommand(
            $"""
            set local lock_timeout = '1s';
            drop schema {projection.Name} cascade;
            alter schema {_schema} rename to {projection.Name};
            update public.mt_event_progression set last_seq_id = {position}, last_updated = transaction_timestamp()
            where name = '{ProjectionTables.CheckpointName(projection.Name)}'
            """,
            connection,
            transaction);
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EventPage page, CancellationToken ct) =>
        page.Events.Count == 0 ? Task.CompletedTask : projection.ApplyAsync(new ProjectionBatch(page.Events, connection, transaction, _schema), ct);

    [LoggerMessage(Level = LogLevel.Information, Message = "Projection {Name} was rebuilt up to position {Position}")]
    private static partial void LogRebuilt(ILogger logger, string name, long position);

    [LoggerMessage(Level = LogLevel.Information, Message = "The rebuilt projection {Name} waits to take the live one's place: {Reason}")]
    private static partial void LogSwapDelayed(ILogger logger, string name, string reason);
}
