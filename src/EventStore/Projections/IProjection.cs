namespace CallCenter.EventStore;

/// <summary>A read model: tables of its own in a PostgreSQL schema of its own, written from events and from nothing else.</summary>
/// <remarks>Most are a few lines over <see cref="SingleStreamProjection{TView}"/>, <see cref="MultiStreamProjection{TKey, TView}"/> or <see cref="SqlProjection"/>.</remarks>
public interface IProjection
{
    /// <summary>Lower-case letters, digits and underscores: the name of its schema and of its checkpoint.</summary>
    string Name { get; }

    /// <summary>The event types that it takes; others are not read for it.</summary>
    IReadOnlyCollection<Type> Handles { get; }

    /// <summary>From 1 up; raised whenever <see cref="Schema"/> or what is written changes. A raised version builds itself beside the tables of the old one at the next start, then takes their place.</summary>
    int Version => 1;

    /// <summary>
    /// From 1 to 64: independent workers, each with a share of the streams and a checkpoint of its own. Events of one stream stay in order, those of different streams do not, so more than
    /// one is for projections whose rows belong to one stream each.
    /// </summary>
    int Shards => 1;

    /// <summary>Idempotent DDL for its tables in <paramref name="schemaName"/>, every name qualified with it.</summary>
    string Schema(string schemaName);

    /// <summary>Idempotent DDL for the indexes that readers need and applying does not: after <see cref="Schema"/>, and where the tables are built anew, when they are filled.</summary>
    string Indexes(string schemaName) => "";

    /// <summary>Writes what the batch means, on the batch's connection and transaction only: the same events may come again after a roll-back.</summary>
    Task ApplyAsync(ProjectionBatch batch, CancellationToken ct);
}
