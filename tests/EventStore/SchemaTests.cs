using System.Text;
using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class SchemaTests(PostgresFixture postgres)
{
    private const string Catalog = """
        select format('%s.%s %s%s%s', table_name, column_name,
            case when data_type = 'character varying' then 'varchar' || coalesce('(' || character_maximum_length || ')', '') else data_type end,
            case when is_nullable = 'NO' then ' not null' else '' end, ' default ' || column_default)
        from information_schema.columns where table_schema = 'public' and table_name like 'mt\_%' order by table_name, ordinal_position
        """;

    private const string Indexes = "select indexdef from pg_indexes where schemaname = 'public' order by tablename, indexname";

    private const string Constraints = """
        select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace order by conrelid::regclass::text, conname
        """;

    private const string Sequences = "select sequencename || ' ' || increment_by || ' cache ' || cache_size from pg_sequences where schemaname = 'public'";

    [Fact]
    public async Task The_tables_are_Martens_and_nothing_more()
    {
        await using var harness = await StoreHarness.CreateAsync(postgres);
        var text = new StringBuilder();
        foreach (var query in new[] { Catalog, Indexes, Constraints, Sequences })
        {
            await using var command = harness.DataSource.CreateCommand(query);
            text.AppendJoin('\n', await command.ColumnAsync<string>(default)).Append("\n\n");
        }

        await Snapshot.VerifyAsync(text.ToString());
    }

    [Fact]
    public async Task Several_processes_may_make_the_schema_at_once_and_again()
    {
        await using var dataSource = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await using var store = new PostgresEventStore(dataSource, StoreHarness.Types, TimeProvider.System, NullLogger.Instance);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => store.EnsureSchemaAsync()));
        await store.EnsureSchemaAsync();

        (await store.HighWaterMarkAsync()).ShouldBe(0);
    }
}
