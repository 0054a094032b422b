using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A read model: tables of its own in a PostgreSQL schema of its own, written from events and from nothing else.</summary>
public interface IProjection
{
    /// <summary>Lower-case letters, digits and underscores: the name of its schema and of its checkpoint.</summary>
    string Name { get; }

    /// <summary>The event types that it takes; others are not read for it.</summary>
    IReadOnlyCollection<Type> Handles { get; }

    /// <summary>Idempotent DDL for its tables in <paramref name="schemaName"/>, every name qualified with it.</summary>
    string Schema(string schemaName);

    /// <summary>Writes what the batch means, on the batch's connection and transaction only: the same events may come again after a roll-back.</summary>
    Task ApplyAsync(ProjectionBatch batch, CancellationToken ct);
}

/// <summary>Events to be projected in one transaction, which also carries the checkpoint.</summary>
/// <param name="Events">At least one, in the order of their positions.</param>
/// <param name="Connection">The connection to write on.</param>
/// <param name="Transaction">Its open transaction; the runtime commits it.</param>
/// <param name="SchemaName">Where the tables are: the live schema, or the one being rebuilt beside it.</param>
public sealed record ProjectionBatch(IReadOnlyList<StoredEvent> Events, NpgsqlConnection Connection, NpgsqlTransaction Transaction, string SchemaName);
