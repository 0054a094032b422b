using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests.Personal;

public sealed record Rang(string Number, string? Customer = null, string? Topic = null, bool IsStaff = false);

public sealed record Noted(string? Notes);

/// <summary>One node that keeps persons' texts under their keys.</summary>
internal sealed class PersonalHarness : IAsyncDisposable
{
    private PersonalHarness(string connectionString, string keyFolder)
    {
        ConnectionString = connectionString;
        KeyFolder = keyFolder;
        Source = NpgsqlDataSource.Create(connectionString);
        Vault = new PersonVault(Source, keyFolder, TimeProvider.System, NullLogger.Instance);
        Store = new PostgresEventStore(Source, Types, TimeProvider.System, NullLogger.Instance, Vault);
        Reader = new PersonalReader(Vault, Types);
        Files = new PersonalFiles(Vault, Types);
    }

    public static EventTypes Types { get; } = new EventTypes().Add<Counted>()
        .Add(typeof(Rang), [new PersonalMember("Customer", "customer", Identifies: true), new PersonalMember("Number", "number", Identifies: true, e => !((Rang)e).IsStaff)])
        .Add(typeof(Noted), [new PersonalMember("Notes", "text")]);

    public string ConnectionString { get; }

    public string KeyFolder { get; }

    public NpgsqlDataSource Source { get; }

    public PersonVault Vault { get; }

    public PostgresEventStore Store { get; }

    public PersonalReader Reader { get; }

    public PersonalFiles Files { get; }

    public static async Task<PersonalHarness> CreateAsync(PostgresFixture postgres, TemporaryFolder folder) => await OpenAsync(await postgres.CreateDatabaseAsync(), folder.Path);

    public static async Task<PersonalHarness> OpenAsync(string connectionString, string keyFolder)
    {
        var harness = new PersonalHarness(connectionString, keyFolder);
        try
        {
            await harness.Store.EnsureSchemaAsync();
        }
        catch
        {
            await harness.DisposeAsync();
            throw;
        }

        return harness;
    }

    /// <summary>Another node of the same center.</summary>
    public Task<PersonalHarness> AnotherAsync() => OpenAsync(ConnectionString, KeyFolder);

    public async Task<Guid> NewStreamAsync(params object[] events)
    {
        var stream = Guid.NewGuid();
        await Store.AppendAsync(StoreHarness.To(stream, ExpectedVersion.NoStream, events), EventMetadata.None);
        return stream;
    }

    public Task AppendAsync(Guid stream, params object[] events) => Store.AppendAsync(StoreHarness.To(stream, ExpectedVersion.StreamExists, events), EventMetadata.None);

    public async Task<List<object>> RevealedAsync(Guid stream) => [.. (await Reader.RevealAsync(await Store.FetchStreamAsync(stream))).Select(e => e.Data)];

    public async Task<T> StoredAsync<T>(Guid stream) => (await Store.FetchStreamAsync(stream)).Select(e => e.Data).OfType<T>().Last();

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Source.DisposeAsync();
    }
}
