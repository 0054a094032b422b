using CallCenter.EventStore;
using CallCenter.Postgres;
using CallCenter.Projections;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Floor;
using CallCenter.Projections.Kpi;

using Microsoft.Extensions.Logging.Abstractions;

using Npgsql;

namespace CallCenter.Scale.Bench;

/// <summary>The product's store and read models in a database of their own, connected as the product connects.</summary>
internal sealed class ScaleCenter : IAsyncDisposable
{
    private ScaleCenter(string connectionString, string keyFolder)
    {
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true, MaxAutoPrepare = 100, MaxPoolSize = 50, CommandTimeout = 0 }.ConnectionString);
        var types = CenterEvents.Types();
        var persons = new PersonVault(Source, keyFolder, TimeProvider.System, NullLogger.Instance);
        Store = new PostgresEventStore(Source, types, TimeProvider.System, NullLogger.Instance, persons);
        Trail = new EventTrail(Source, types);
        Runtime = new ProjectionRuntime(Store, Source, CenterProjections.Create(), TimeProvider.System, NullLogger.Instance);
        Kpis = new KpiQueries(Source, new CallQueries(Source, new PersonalReader(persons, types)), TimeProvider.System);
        Floor = new FloorQueries(Source, Trail);
    }

    public NpgsqlDataSource Source { get; }

    public PostgresEventStore Store { get; }

    public EventTrail Trail { get; }

    public ProjectionRuntime Runtime { get; }

    public KpiQueries Kpis { get; }

    public FloorQueries Floor { get; }

    public static async Task<ScaleCenter> CreateAsync(EmbeddedPostgres postgres, string database, string keyFolder)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = database }.ConnectionString;
        await PostgresDatabase.EnsureDatabaseAsync(connectionString);
        var center = new ScaleCenter(connectionString, keyFolder);
        await center.Store.EnsureSchemaAsync();
        return center;
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 0;
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        await Store.DisposeAsync();
        await Source.DisposeAsync();
    }
}
