using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Bench;

/// <summary>The store under measurement.</summary>
internal sealed class StoreBench : IAsyncDisposable
{
    private StoreBench(NpgsqlDataSource dataSource)
    {
        DataSource = dataSource;
        Store = new PostgresEventStore(dataSource, new EventTypes().Add<Measured>(), TimeProvider.System, NullLogger.Instance);
    }

    public NpgsqlDataSource DataSource { get; }

    public PostgresEventStore Store { get; }

    public static async Task<StoreBench> CreateAsync(string connectionString)
    {
        // As the product connects: a reset on every use of a pooled connection costs more than it is worth here.
        var tuned = new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true, MaxAutoPrepare = 100 };
        var bench = new StoreBench(NpgsqlDataSource.Create(tuned.ConnectionString));
        await bench.Store.EnsureSchemaAsync();
        return bench;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await DataSource.DisposeAsync();
    }
}

/// <summary>A small event, about as large as most of a call.</summary>
internal sealed record Measured(string Queue, int Position, DateTimeOffset OccurredAt)
{
    public static EventData New(int position) => EventData.Of(new Measured("Support", position, DateTimeOffset.UtcNow));
}
