using System.Text.Json;

using CallCenter.Domain.Flows;

using Npgsql;

using NpgsqlTypes;

namespace CallCenter.Routing.Ivr;

/// <summary>Asks a database: one statement, in a transaction that may read only, with an end set by the server itself. Values go as parameters and never become part of the statement.</summary>
internal sealed class SqlLookup(IReadOnlyDictionary<string, string> connections) : IAsyncDisposable
{
    private const int Connections = 10;

    private readonly Dictionary<string, Lazy<NpgsqlDataSource>> _sources = connections.ToDictionary(
        pair => pair.Key, pair => new Lazy<NpgsqlDataSource>(() => Open(pair.Value)), StringComparer.Ordinal);

    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public async Task<FlowAnswer> AskAsync(FlowSqlQuestion question, CancellationToken cancellationToken)
    {
        if (!_sources.TryGetValue(question.Connection, out var source))
        {
            return new FlowAnswer.Failed($"there is no connection {question.Connection}");
        }

        await using var connection = await source.Value.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var limits = new NpgsqlCommand($"set transaction read only; set local statement_timeout = {(int)question.Timeout.TotalMilliseconds}", connection, transaction);
        await limits.ExecuteNonQueryAsync(cancellationToken);

        // A batch's command is one statement: what follows a semicolon is refused, not carried out.
        var command = new NpgsqlBatchCommand(question.Query);
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { command } };
        foreach (var value in question.Parameters)
        {
            // The server knows which type the place takes.
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Unknown });
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return new FlowAnswer.Missing();
        }

        var row = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < reader.FieldCount; i++)
        {
            row[reader.GetName(i)] = reader.IsDBNull(i) ? null : reader.GetValue(i);
        }

        return new FlowAnswer.Found(JsonSerializer.SerializeToElement(row));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Values.Where(source => source.IsValueCreated))
        {
            await source.Value.DisposeAsync();
        }
    }

    private static NpgsqlDataSource Open(string connection) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
    {
        ApplicationName = "callcenter-ivr", MaxPoolSize = Connections, IncludeErrorDetail = false, LogParameters = false, CancellationTimeout = 500,
    }.ConnectionString);
}
