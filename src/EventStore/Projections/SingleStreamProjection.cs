using Npgsql;

namespace CallCenter.EventStore;

/// <summary>One view for each stream, folded from the stream's events and kept as a JSON document: table <c>views (id, version, data)</c>.</summary>
public abstract class SingleStreamProjection<TView> : IProjection, IInlineKeys
    where TView : class
{
    private static readonly DocumentTable<Guid, TView> Table = new();

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyCollection<Type> Handles { get; }

    /// <inheritdoc/>
    public virtual int Version => 1;

    /// <inheritdoc/>
    public virtual int Shards => 1;

    /// <inheritdoc/>
    public string Schema(string schemaName) => Table.Schema(schemaName);

    /// <summary>The stream's view as last written; null when there is none.</summary>
    public Task<TView?> FindAsync(NpgsqlDataSource dataSource, Guid streamId, CancellationToken ct = default) => Table.FindAsync(dataSource, Name, streamId, ct);

    /// <summary>The view after one more event. Given null before the first; giving null removes it.</summary>
    protected abstract TView? Evolve(TView? view, StoredEvent stored);

    /// <inheritdoc/>
    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken ct)
    {
        // Nothing is kept from one batch to the next: a view in memory would outlive the roll-back of its row.
        var views = new Dictionary<Guid, Document<TView>>();
        var begun = new List<Guid>();
        foreach (var stored in batch.Events)
        {
            if (views.TryAdd(stored.StreamId, new Document<TView>()) && stored.Version > 1)
            {
                begun.Add(stored.StreamId);
            }
        }

        await Table.LoadAsync(batch, begun, views, ct);
        foreach (var stored in batch.Events)
        {
            var document = views[stored.StreamId];
            document.View = Evolve(document.View, stored);
            document.Version = stored.Version;
        }

        await Table.SaveAsync(batch, views, ct);
    }

    // The appending transaction holds the rows of its streams already.
    IEnumerable<string> IInlineKeys.KeysOf(IReadOnlyList<StoredEvent> events) => [];
}
