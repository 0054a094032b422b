using Npgsql;

namespace CallCenter.Api.Hosting;

/// <summary>
/// One server works on a database at a time: a second one would take the calls of the first for cut ones. The lock dies with its connection, so it is looked after and taken
/// again when the database comes back.
/// </summary>
internal sealed class ServerLock : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _source;
    private readonly CancellationTokenSource _ending = new();
    private NpgsqlConnection? _connection;

    private ServerLock(NpgsqlDataSource source, NpgsqlConnection connection)
    {
        (_source, _connection) = (source, connection);
        Completion = Task.Run(KeepAsync);
    }

    /// <summary>Faults when another server has taken the lock while the database was away.</summary>
    public Task Completion { get; }

    /// <exception cref="InvalidOperationException">Another server has it.</exception>
    public static async Task<ServerLock> TakeAsync(NpgsqlDataSource source, CancellationToken cancellationToken) => new(source, await LockAsync(source, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Completion.ContinueWith(_ => { }, TaskScheduler.Default);
        _ending.Dispose();
        if (_connection is null)
        {
            return;
        }

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

    private static async Task<NpgsqlConnection> LockAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtext('callcenter.server'))", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is true)
        {
            return connection;
        }

        await connection.DisposeAsync();
        throw new InvalidOperationException("Another CallCenter server is running on this database; stop it first, or give this one another CALLCENTER_DATA or CALLCENTER_DATABASE.");
    }

    private async Task KeepAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                await LookAsync();
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // Given back on purpose.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            _connection ??= await LockAsync(_source, _ending.Token);
            await using var command = new NpgsqlCommand("select 1", _connection);
            await command.ExecuteNonQueryAsync(_ending.Token);
        }
        catch (NpgsqlException)
        {
            // The database is away; the journal says so. The lock is tried for again at the next tick.
            if (_connection is { } lost)
            {
                _connection = null;
                await lost.DisposeAsync();
            }
        }
    }
}
