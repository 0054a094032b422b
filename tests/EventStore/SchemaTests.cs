using System.Runtime.CompilerServices;
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

    private const string Functions = """
        select format('%s(%s) %s', proname, pg_get_function_arguments(oid), pg_get_function_result(oid)) from pg_proc where pronamespace = 'public'::regnamespace order by proname
        """;

    [Fact]
    public Task The_tables_are_Martens_and_nothing_more() => VerifyAsync(archivePartitions: false);

    [Fact]
    public Task Those_with_archive_partitions_are_Martens_too() => VerifyAsync(archivePartitions: true);

    [Fact]
    public async Task Several_processes_may_make_the_schema_at_once_and_again()
    {
        await using var dataSource = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await using var store = new PostgresEventStore(dataSource, StoreHarness.Types, TimeProvider.System, NullLogger.Instance);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => store.EnsureSchemaAsync()));
        await store.EnsureSchemaAsync();

        (await store.HighWaterMarkAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_database_of_the_first_release_is_upgraded_and_keeps_its_events()
    {
        await using var harness = await StoreHarness.CreateAsync(postgres);
        var stream = Guid.NewGuid();
        await harness.AppendAsync(stream, ExpectedVersion.NoStream, new Counted(1));
        await harness.ExecuteAsync("drop table callcenter.migrations");

        await harness.Store.EnsureSchemaAsync();

        (await harness.AppendAsync(stream, ExpectedVersion.Exact(1), new Counted(2))).Version.ShouldBe(2);
        (await harness.ReadToEndAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused_by_name()
    {
        await using var harness = await StoreHarness.CreateAsync(postgres);
        await harness.ExecuteAsync("insert into callcenter.migrations (number, name) values (9999, 'of_tomorrow')");

        var refusal = await Should.ThrowAsync<NewerSchemaException>(() => harness.Store.EnsureSchemaAsync());

        refusal.Message.ShouldContain("9999");
    }

    private async Task VerifyAsync(bool archivePartitions, [CallerMemberName] string test = "")
    {
        await using var harness = await StoreHarness.CreateAsync(postgres, archivePartitions);
        var text = new StringBuilder();
        foreach (var query in new[] { Catalog, Indexes, Constraints, Sequences, Functions })
        {
            await using var command = harness.DataSource.CreateCommand(query);
            text.AppendJoin('\n', await command.ColumnAsync<string>(default)).Append("\n\n");
        }

        await Snapshot.VerifyAsync(text.ToString(), method: test);
    }
}
