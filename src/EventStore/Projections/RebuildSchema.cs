using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A projection's new tables while they are being built beside the live ones, and how far each shard is in them.</summary>
/// <param name="shared">Where others read the log at the same time; null when it is read for this projection alone.</param>
internal sealed partial class RebuildSchema(
    IReadOnlyList<ProjectionShard> shards, NpgsqlDataSource dataSource, EventTypes types, TimeProvider time, ILogger logger, SharedPages? shared = null)
{
    private const int PageSize = 10_000;

    private readonly IProjection _projection = shards[0].Projection;
    private readonly string _schema = ProjectionTables.RebuildSchema(shards[0].Projection.Name);
    private readonly long[] _positions = new long[shards.Count];
    private IReadOnlyList<PageApplication> _applications = [];

    /// <summary>All shards are this far.</summary>
    private long Position => _positions.Min();

    /// <summary>Builds the tables up to the mark, and on, until they could be put in the live ones' place.</summary>
    /// <param name="mark">Looks how far the log is final.</param>
    /// <param name="trySwap">Puts them there inside the given transaction, which is committed then; false, or a lock not got in time, and it is tried again.</param>
    /// <param name="progress">Told of every page.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="RebuildUnderWayException">It is being rebuilt already, here or in another process.</exception>
    /// <exception cref="ProjectionPoisonedException">There is an event that cannot be applied and is not skipped.</exception>
    public async Task BuildAsync(
        Func<CancellationToken, Task<long>> mark, Func<NpgsqlConnection, NpgsqlTransaction, Task<bool>> trySwap, IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        if (!await SessionLock.TryTakeAsync(connection, LockOf(_projection.Name), ct))
        {
            throw new RebuildUnderWayException(_projection.Name);
        }

        try
        {
            await ProjectionTables.PreferIndexesAsync(connection, ct);
            await CreateAsync(ct);
            await CatchUpAsync(connection, mark, progress, ct);
            await IndexAsync(connection, ct);
            do
            {
                await CatchUpAsync(connection, mark, progress, ct);
            }
            while (!await TrySwapAsync(connection, trySwap, ct));
        }
        finally
        {
            await SessionLock.ReleaseAllAsync(connection);
        }
    }

    public static long LockOf(string projection) => SessionLock.KeyOf($"callcenter.rebuild.{projection}");

    private async Task<bool> TrySwapAsync(NpgsqlConnection connection, Func<NpgsqlConnection, NpgsqlTransaction, Task<bool>> trySwap, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            if (await trySwap(connection, transaction))
            {
                await transaction.CommitAsync(ct);
                return true;
            }
        }
        catch (PostgresException exception) when (DatabaseFaults.IsCollision(exception))
        {
            LogSwapDelayed(logger, _projection.Name, exception.MessageText);
        }

        // Another process has seen further than this one may yet, or a long query holds the live tables.
        await transaction.RollbackAsync(ct);
        await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct);
        return false;
    }

    private Task CreateAsync(CancellationToken ct) => EventStoreSchema.ChangeAsync(
        dataSource,
        async (connection, transaction) =>
        {
            await ExecuteAsync(connection, transaction, $"drop schema if exists {_schema} cascade; create schema {_schema}; {_projection.Schema(_schema)}", ct);
            var skipped = await PoisonTable.SkippedAsync(connection, _projection.Name, ct);
            _applications = [.. shards.Select(shard => new PageApplication(shard, _schema, skipped))];
        },
        ct);

    private async Task CatchUpAsync(NpgsqlConnection connection, Func<CancellationToken, Task<long>> mark, IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        for (var end = await mark(ct); Position < end; end = await mark(ct))
        {
            var upTo = end;
            await CatchUpAsync(connection, upTo, position => progress?.Report(new RebuildProgress(position, upTo)), ct);
        }
    }

    /// <summary>Brings all shards up to a position, in parallel, in transactions of their own; the first on the connection that is there.</summary>
    private Task CatchUpAsync(NpgsqlConnection first, long upTo, Action<long> report, CancellationToken ct) =>
        Task.WhenAll(shards.Select((_, index) => index == 0 ? CatchUpAsync(first, index, upTo, report, ct) : OpenAndCatchUpAsync(index, upTo, report, ct)));

    // Faster over rows that are there than row by row.
    private async Task IndexAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        if (_projection.Indexes(_schema) is { Length: > 0 } indexes)
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await ExecuteAsync(connection, transaction, $"set local maintenance_work_mem = '256MB'; {indexes}", ct);
            await transaction.CommitAsync(ct);
        }
    }

    /// <summary>Brings all shards up to a position inside the caller's transaction. False when there is an event at fault: catching up outside finds it and says which.</summary>
    public async Task<bool> TryCatchUpAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long upTo, CancellationToken ct)
    {
        try
        {
            await CatchUpAsync(connection, transaction, upTo, ct);
            return true;
        }
        catch (Exception exception) when (PageApplication.IsPoison(exception, ct))
        {
            return false;
        }
    }

    private async Task CatchUpAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long upTo, CancellationToken ct)
    {
        for (var index = 0; index < shards.Count; index++)
        {
            var feed = new ProjectionFeed(dataSource, types);
            for (var position = _positions[index]; position < upTo;)
            {
                var page = await feed.ReadAsync(shards[index], position, upTo, PageSize, ct);
                await _applications[index].WriteAsync(connection, transaction, page, ct);
                position = page.UpTo;
            }
        }
    }

    /// <summary>Puts the new tables in the place of the live ones, inside the caller's transaction.</summary>
    public Task SwapAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct) =>
        ExecuteAsync(connection, transaction, $"drop schema if exists {_projection.Name} cascade; alter schema {_schema} rename to {_projection.Name}", ct);

    private async Task OpenAndCatchUpAsync(int index, long upTo, Action<long> report, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        try
        {
            await ProjectionTables.PreferIndexesAsync(connection, ct);
            await CatchUpAsync(connection, index, upTo, report, ct);
        }
        finally
        {
            await SessionLock.ReleaseAllAsync(connection);
        }
    }

    private async Task CatchUpAsync(NpgsqlConnection connection, int index, long upTo, Action<long> report, CancellationToken ct)
    {
        var feed = new ProjectionFeed(dataSource, types);
        Task<ProjectionPage>? ahead = null;
        try
        {
            while (_positions[index] < upTo)
            {
                var page = await (ahead ?? ReadAsync(feed, index, _positions[index], upTo, ct));
                ahead = page.UpTo < upTo ? ReadAsync(feed, index, page.UpTo, upTo, ct) : null;
                if (!page.IsEmpty)
                {
                    await _applications[index].ApplyAsync(page, part => WriteAsync(connection, index, part, ct), ct);
                }

                _positions[index] = page.UpTo;
                report(Position);
            }
        }
        catch (ProjectionPoisonedException poison)
        {
            await PoisonTable.RecordAsync(connection, shards[index], PoisonTable.RebuildName(shards[index]), poison, ct);
            throw;
        }
        finally
        {
            if (ahead is not null)
            {
                // Nobody will look at it, but its connection is in use until it is through.
                await Task.WhenAny(ahead);
            }
        }
    }

    private Task<ProjectionPage> ReadAsync(ProjectionFeed feed, int index, long after, long upTo, CancellationToken ct) => shared is not null && after < shared.UpTo && shared.UpTo <= upTo
        ? shared.ReadAsync(shards[index], after, ct)
        : feed.ReadAsync(shards[index], after, upTo, PageSize, ct);

    private async Task WriteAsync(NpgsqlConnection connection, int index, ProjectionPage page, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await _applications[index].WriteAsync(connection, transaction, page, ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The rebuilt projection {Name} waits to take the live one's place: {Reason}")]
    private static partial void LogSwapDelayed(ILogger logger, string name, string reason);
}
