using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Events to be projected in one transaction, which also carries the checkpoint.</summary>
/// <param name="Events">At least one, in the order of their positions; none for a <see cref="SqlProjection"/>, whose events stay in the server.</param>
/// <param name="Connection">The connection to write on.</param>
/// <param name="Transaction">Its open transaction; the runtime commits it.</param>
/// <param name="SchemaName">Where the tables are: the live schema, or the one being rebuilt beside it.</param>
public sealed record ProjectionBatch(IReadOnlyList<StoredEvent> Events, NpgsqlConnection Connection, NpgsqlTransaction Transaction, string SchemaName)
{
    /// <summary>The same events as rows in the server.</summary>
    internal EventSource Source
    {
        get => field ?? EventSource.At(Events);
        init;
    }
}
