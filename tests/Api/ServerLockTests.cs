using CallCenter.Api.Hosting;
using CallCenter.Testing;

using Npgsql;

namespace CallCenter.Api.Tests;

[Collection(PostgresCollection.Name)]
public sealed class ServerLockTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_second_server_is_refused_until_the_first_has_gone()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await using (await ServerLock.TakeAsync(source, default))
        {
            (await Should.ThrowAsync<InvalidOperationException>(() => ServerLock.TakeAsync(source, default))).Message.ShouldContain("Another CallCenter server");
        }

        await using var next = await ServerLock.TakeAsync(source, default);
    }

    [Fact]
    public async Task A_lost_connection_is_made_again_and_the_lock_with_it()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync());
        await using var held = await ServerLock.TakeAsync(source, default);
        var first = await HolderAsync(source);
        await using (var command = source.CreateCommand("select pg_terminate_backend($1)"))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = first });
            await command.ExecuteNonQueryAsync();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await HolderAsync(source) is not { } holder || holder == first)
        {
            await Task.Delay(20, patience.Token);
        }

        held.Completion.IsCompleted.ShouldBeFalse();
    }

    private static async Task<int?> HolderAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            "select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())");
        return (int?)await command.ExecuteScalarAsync();
    }
}
