using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Work that one process at a time may do on a database; the right to it ends with the connection that holds it.</summary>
public sealed class ExclusiveWork : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private ExclusiveWork(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Takes the right to a work, by name; null while another has it.</summary>
    public static async Task<ExclusiveWork?> TryTakeAsync(NpgsqlDataSource dataSource, string name, CancellationToken ct)
    {
        var connection = await dataSource.OpenConnectionAsync(ct);
        try
        {
            if (await SessionLock.TryTakeAsync(connection, SessionLock.KeyOf(name), ct))
            {
                return new ExclusiveWork(connection);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Gives it back.</summary>
    public async ValueTask DisposeAsync()
    {
        await SessionLock.ReleaseAllAsync(_connection);
        await _connection.DisposeAsync();
    }
}
