using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A projection's new tables while they are being built beside the live ones, and how far each shard is in them.</summary>
internal sealed class RebuildSchema(IReadOnlyList<ProjectionShard> shards, NpgsqlDataSource dataSource, EventTypes types)
{
    private const int PageSize = 10_000;

    private readonly IProjection _projection = shards[0].Projection;
    private readonly string _schema = ProjectionTables.RebuildSchema(shards[0].Projection.Name);
    private readonly long[] _positions = new long[shards.Count];
    private IReadOnlyList<PageApplication> _applications = [];

    /// <summary>All shards are this far.</summary>
    public long Position => _positions.Min();

    public Task CreateAsync(CancellationToken ct) => EventStoreSchema.ChangeAsync(
        dataSource,
        async (connection, transaction) =>
        {
            await ExecuteAsync(connection, transaction, $"drop schema if exists {_schema} cascade; create schema {_schema}; {_projection.Schema(_schema)}", ct);
            var skipped = await PoisonTable.SkippedAsync(connection, _projection.Name, ct);
            _applications = [.. shards.Select(shard => new PageApplication(shard, _schema, skipped))];
        },
        ct);

    /// <summary>Brings all shards up to a position, in parallel, in transactions of their own.</summary>
    /// <exception cref="ProjectionPoisonedException">There is an event that cannot be applied; it is recorded.</exception>
    public Task CatchUpAsync(long upTo, Action<long> report, CancellationToken ct) =>
        Task.WhenAll(shards.Select((_, index) => CatchUpAsync(index, upTo, report, ct)));

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

    private async Task CatchUpAsync(int index, long upTo, Action<long> report, CancellationToken ct)
    {
        var feed = new ProjectionFeed(dataSource, types);
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        Task<ProjectionPage>? ahead = null;
        try
        {
            await ProjectionTables.PreferIndexesAsync(connection, ct);
            while (_positions[index] < upTo)
            {
                var page = await (ahead ?? feed.ReadAsync(shards[index], _positions[index], upTo, PageSize, ct));
                ahead = page.UpTo < upTo ? feed.ReadAsync(shards[index], page.UpTo, upTo, PageSize, ct) : null;
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

            await SessionLock.ReleaseAllAsync(connection);
        }
    }

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
}
