using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A projection in plain SQL: its events are rows in the server and never leave it.</summary>
/// <remarks>What is encrypted in an event cannot be read this way, and upcasters do not run: the statements see the stored JSON.</remarks>
public abstract class SqlProjection : IProjection
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyCollection<Type> Handles { get; }

    /// <inheritdoc/>
    public virtual int Version => 1;

    /// <inheritdoc/>
    public virtual int Shards => 1;

    /// <inheritdoc/>
    public abstract string Schema(string schemaName);

    /// <summary>
    /// Statements to be run in turn on each batch, in one transaction. <c>{events}</c> stands for the batch's rows of <c>mt_events</c>, in no order:
    /// <c>insert into … select e.stream_id, count(*) from {events} e group by 1 on conflict …</c>. Write table names with <paramref name="schemaName"/>.
    /// </summary>
    protected abstract IReadOnlyList<string> Statements(string schemaName);

    /// <inheritdoc/>
    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken ct)
    {
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var statement in Statements(batch.SchemaName))
        {
            var command = new NpgsqlBatchCommand(statement.Replace("{events}", batch.Source.Sql, StringComparison.Ordinal));
            batch.Source.AddTo(command.Parameters);
            commands.BatchCommands.Add(command);
        }

        await commands.ExecuteNonQueryAsync(ct);
    }
}
