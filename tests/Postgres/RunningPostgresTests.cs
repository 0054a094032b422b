using CallCenter.Testing;
using Npgsql;

namespace CallCenter.Postgres.Tests;

public sealed class RunningPostgresTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task It_has_durable_settings_and_no_network_port()
    {
        (await ScalarAsync("select current_database()")).ShouldBe("callcenter");
        (await ScalarAsync("select string_agg(name || '=' || setting, ' ' order by name) from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'TimeZone', 'jit')"))
            .ShouldBe("TimeZone=UTC fsync=on full_page_writes=on jit=off listen_addresses= synchronous_commit=on");
        (await ScalarAsync("select pg_encoding_to_char(encoding) || ' ' || datcollate from pg_database where datname = 'callcenter'")).ShouldBe("UTF8 C.UTF-8");
        new NpgsqlConnectionStringBuilder(postgres.Server.ConnectionString).Host.ShouldEndWith("/pg-socket");
    }

    [Fact]
    public async Task Its_session_is_its_own_so_that_our_terminal_cannot_interrupt_it()
    {
        var stat = await File.ReadAllTextAsync($"/proc/{postgres.Server.ServerProcessId}/stat");
        stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3].ShouldBe($"{postgres.Server.ServerProcessId}");
    }

    [Fact]
    public async Task Making_a_database_that_is_there_changes_nothing_whatever_its_name()
    {
        var database = new NpgsqlConnectionStringBuilder(postgres.Server.ConnectionString) { Database = "it's \"odd\"; yes" }.ConnectionString;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostgresDatabase.EnsureDatabaseAsync(database)));

        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select current_database()");
        (await command.ExecuteScalarAsync()).ShouldBe("it's \"odd\"; yes");
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(postgres.Server.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
