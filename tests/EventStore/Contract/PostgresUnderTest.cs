using CallCenter.EventStore.Contract;
using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests.Contract;

/// <summary>The product's store on a fresh database, as the behaviour suite sees it.</summary>
internal sealed class PostgresUnderTest(NpgsqlDataSource dataSource) : IStoreUnderTest
{
    private readonly PostgresEventStore _store = new(dataSource, ContractEvents.Types, TimeProvider.System, NullLogger.Instance);

    public static async Task<IStoreUnderTest> OpenAsync(PostgresFixture postgres)
    {
        var store = new PostgresUnderTest(NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync()));
        await store._store.EnsureSchemaAsync();
        return store;
    }

    public Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid? commandId) =>
        commandId is { } id ? _store.AppendAsync(appends, metadata, id) : _store.AppendAsync(appends, metadata);

    public Task<IReadOnlyList<AppendResult>?> FindCommandAsync(Guid commandId) => _store.FindCommandAsync(commandId);

    public Task<BulkAppendResult> BulkAppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata) => _store.BulkAppendAsync(appends, metadata);

    public Task ArchiveStreamAsync(Guid streamId) => _store.ArchiveStreamAsync(streamId);

    public Task<IReadOnlyList<StoredEvent>> FetchStreamAsync(Guid streamId, long afterVersion) => _store.FetchStreamAsync(streamId, afterVersion);

    public Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types) => _store.ReadAllAsync(after, limit, types);

    public Task<long> HighWaterMarkAsync() => _store.HighWaterMarkAsync();

    public async Task<IOpenAppend> BeginAppendAsync(IReadOnlyList<StreamAppend> appends)
    {
        while (true)
        {
            var connection = await dataSource.OpenConnectionAsync();
            try
            {
                var transaction = await connection.BeginTransactionAsync();
                await new AppendStatement().ExecuteAsync(
                    connection, [new AppendRequest(appends, EventMetadata.None, commandId: null, ContractEvents.Types)], DateTimeOffset.UtcNow, probe: false, inline: null, CancellationToken.None);
                return new OpenAppend(connection, transaction);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // Another writer made the stream at the same moment; the store tries again by itself then.
                await connection.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await dataSource.DisposeAsync();
    }

    private sealed record OpenAppend(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IOpenAppend
    {
        public async Task CommitAsync()
        {
            await Transaction.CommitAsync();
            await Connection.DisposeAsync();
        }

        public async Task RollBackAsync()
        {
            await Transaction.RollbackAsync();
            await Connection.DisposeAsync();
        }
    }
}
