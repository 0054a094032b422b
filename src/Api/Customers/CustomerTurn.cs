using Npgsql;

namespace CallCenter.Api.Customers;

/// <summary>The right to command customers: one at a time over all processes, because what a customer is known by is one customer's only. It ends with its connection.</summary>
internal sealed class CustomerTurn : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private CustomerTurn(NpgsqlConnection connection, NpgsqlTransaction transaction) => (_connection, _transaction) = (connection, transaction);

    /// <summary>Waits until nobody else has it.</summary>
    public static async Task<CustomerTurn> TakeAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(ct);
            await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtext('callcenter.customers'))", connection, transaction);
            await command.ExecuteNonQueryAsync(ct);
            return new CustomerTurn(connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
