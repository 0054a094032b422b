using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests.Personal;

public sealed record Rang(string Number, string? Customer = null, string? Topic = null, bool IsStaff = false);

public sealed record Noted(string? Notes);

/// <summary>One node that keeps persons' texts under their keys.</summary>
internal sealed class PersonalHarness : IAsyncDisposable
{
    private PersonalHarness(string connectionString, string keyFolder, TimeProvider time)
    {
        ConnectionString = connectionString;
        KeyFolder = keyFolder;
        Source = NpgsqlDataSource.Create(connectionString);
        Vault = new PersonVault(Source, keyFolder, time, NullLogger.Instance);
        Store = new PostgresEventStore(Source, Types, time, NullLogger.Instance, Vault);
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

    public static async Task<PersonalHarness> OpenAsync(string connectionString, string keyFolder, TimeProvider? time = null)
    {
        var harness = new PersonalHarness(connectionString, keyFolder, time ?? TimeProvider.System);
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
    public Task<PersonalHarness> AnotherAsync(TimeProvider? time = null) => OpenAsync(ConnectionString, KeyFolder, time);

    public async Task<Guid> NewStreamAsync(params object[] events)
    {
        var stream = Guid.NewGuid();
        await Store.AppendAsync(StoreHarness.To(stream, ExpectedVersion.NoStream, events), EventMetadata.None);
        return stream;
    }

    public Task AppendAsync(Guid stream, params object[] events) => Store.AppendAsync(StoreHarness.To(stream, ExpectedVersion.StreamExists, events), EventMetadata.None);

    public async Task<List<object>> RevealedAsync(Guid stream) => [.. (await Reader.RevealAsync(await Store.FetchStreamAsync(stream))).Select(e => e.Data)];

    public async Task<T> StoredAsync<T>(Guid stream) => (await Store.FetchStreamAsync(stream)).Select(e => e.Data).OfType<T>().Last();

    /// <summary>The tables that hold a text, in whatever column.</summary>
    public async Task<List<string>> TablesWithAsync(string text)
    {
        await using var tables = Source.CreateCommand("""
            select format('%I.%I', table_schema, table_name) from information_schema.tables
            where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1
            """);
        var found = new List<string>();
        foreach (var table in await tables.ColumnAsync<string>(default))
        {
            await using var command = Source.CreateCommand($"select exists (select from {table} t where t::text like '%' || $1 || '%')");
            command.Parameters.Add(new NpgsqlParameter { Value = text });
            if (await command.ExecuteScalarAsync() is true)
            {
                found.Add(table);
            }
        }

        return found;
    }

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

/// <summary>A clock that a test sets.</summary>
internal sealed class SetClock : TimeProvider
{
    private long _elapsed;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _elapsed, by.Ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _elapsed);
}
