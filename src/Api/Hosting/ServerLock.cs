using Npgsql;

namespace CallCenter.Api.Hosting;

/// <summary>One server works on a database at a time: a second one would take the calls of the first for cut ones.</summary>
internal sealed class ServerLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private ServerLock(NpgsqlConnection connection) => _connection = connection;

    /// <exception cref="InvalidOperationException">Another server has it.</exception>
    public static async Task<ServerLock> TakeAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtext('callcenter.server'))", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is true)
        {
            return new ServerLock(connection);
        }

        await connection.DisposeAsync();
        throw new InvalidOperationException("Another CallCenter server is running on this database; stop it first, or give this one another CALLCENTER_DATA or CALLCENTER_DATABASE.");
    }

    public async ValueTask DisposeAsync()
    {
        // Pooled connections are not reset here, so the lock must be given back by name.
        try
        {
            await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", _connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and the lock with it.
        }

        await _connection.DisposeAsync();
    }
}
