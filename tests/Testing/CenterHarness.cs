using CallCenter.Domain;
using CallCenter.EventStore;
using CallCenter.Projections;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Kpi;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.Testing;

/// <summary>The product's events and read models on a fresh database.</summary>
public sealed class CenterHarness : IAsyncDisposable
{
    private readonly TemporaryFolder _keys = new();

    private CenterHarness(string connectionString)
    {
        Source = NpgsqlDataSource.Create(connectionString);
        Types = CenterEvents.Types();
        Persons = new PersonVault(Source, _keys.Path, TimeProvider.System, NullLogger.Instance);
        Personal = new PersonalReader(Persons, Types);
        Store = new PostgresEventStore(Source, Types, TimeProvider.System, NullLogger.Instance, Persons);
        Runtime = new ProjectionRuntime(Store, Source, CenterProjections.Create(), TimeProvider.System, NullLogger.Instance);
        Calls = new CallQueries(Source, Personal);
        Kpis = new KpiQueries(Source, Calls, TimeProvider.System);
    }

    public NpgsqlDataSource Source { get; }

    public EventTypes Types { get; }

    public PersonVault Persons { get; }

    public PersonalReader Personal { get; }

    public PostgresEventStore Store { get; }

    public ProjectionRuntime Runtime { get; }

    public CallQueries Calls { get; }

    public KpiQueries Kpis { get; }

    public static async Task<CenterHarness> CreateAsync(PostgresFixture postgres)
    {
        var harness = new CenterHarness(await postgres.CreateDatabaseAsync());
        await harness.Store.EnsureSchemaAsync();
        await harness.Runtime.StartAsync();
        return harness;
    }

    /// <summary>Waits until the read models show all events.</summary>
    public async Task CatchUpAsync() => await Runtime.WaitForAsync(await Store.HighWaterMarkAsync());

    /// <summary>Appends events at the end of a stream.</summary>
    public async Task AppendAsync(Guid stream, string type, params IReadOnlyList<DomainEvent> events) =>
        await Store.AppendAsync(new StreamAppend(stream, type, ExpectedVersion.Any, [.. events.Select(e => EventData.Of(e))]), EventMetadata.None);

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        await Store.DisposeAsync();
        await Source.DisposeAsync();
        _keys.Dispose();
    }
}
