using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

/// <summary>A store on a fresh database.</summary>
internal sealed class StoreHarness : IAsyncDisposable
{
    private Func<string, Task>? _drop;

    private StoreHarness(string connectionString)
    {
        ConnectionString = connectionString;
        DataSource = NpgsqlDataSource.Create(connectionString);
        Store = new PostgresEventStore(DataSource, Types, TimeProvider.System, NullLogger.Instance);
    }

    public static EventTypes Types { get; } = new EventTypes().Add<CallQueued>().Add<CallAnswered>().Add<Counted>();

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    public PostgresEventStore Store { get; }

    public static Task<StoreHarness> CreateAsync(PostgresFixture postgres) => CreateAsync(postgres, archivePartitions: false);

    /// <summary>A store on a fresh database that keeps archived streams apart, or does not.</summary>
    public static async Task<StoreHarness> CreateAsync(PostgresFixture postgres, bool archivePartitions)
    {
        var harness = await OpenAsync(await postgres.CreateDatabaseAsync(), new EventStoreOptions { ArchivePartitions = archivePartitions });
        harness._drop = postgres.DropDatabaseAsync;
        return harness;
    }

    public static async Task<StoreHarness> OpenAsync(string connectionString, EventStoreOptions? options = null)
    {
        var harness = new StoreHarness(connectionString);
        await harness.Store.EnsureSchemaAsync(options ?? new EventStoreOptions());
        return harness;
    }

    public static StreamAppend To(Guid stream, ExpectedVersion expected, params object[] events) =>
        new(stream, "call", expected, [.. events.Select(EventData.Of)]);

    public Task<AppendResult> AppendAsync(Guid stream, ExpectedVersion expected, params object[] events) =>
        Store.AppendAsync(To(stream, expected, events), EventMetadata.None);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Opens a transaction that has drawn a position and written an event of its own, as another writer would, and leaves it open.</summary>
    public async Task<NpgsqlConnection> BeginForeignAppendAsync()
    {
        var connection = await DataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            """
            begin;
            insert into mt_streams (id, type, version) values ('00000000-0000-0000-0000-0000000000ff', 'call', 1);
            insert into mt_events (seq_id, id, stream_id, version, data, type)
            values (nextval('mt_events_sequence'), gen_random_uuid(), '00000000-0000-0000-0000-0000000000ff', 1, '{"Amount": 1}', 'counted');
            """,
            connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Reads the log to its present end.</summary>
    public async Task<List<StoredEvent>> ReadToEndAsync(int pageSize = 100)
    {
        var events = new List<StoredEvent>();
        for (var after = 0L; ;)
        {
            var page = await Store.ReadAllAsync(after, pageSize);
            events.AddRange(page.Events);
            if (page.NextAfter == after)
            {
                return events;
            }

            after = page.NextAfter;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await DataSource.DisposeAsync();
        if (_drop is not null)
        {
            // The server has to recover all that is there after each crash that a test makes.
            await _drop(ConnectionString);
        }
    }
}
