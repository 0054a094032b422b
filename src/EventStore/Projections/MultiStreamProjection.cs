using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Views over events of many streams, by keys that the events name, kept as JSON documents: table <c>views (id, version, data)</c>.</summary>
/// <typeparam name="TKey">Guid, string, long, int or DateOnly.</typeparam>
/// <typeparam name="TView">The view.</typeparam>
public abstract class MultiStreamProjection<TKey, TView> : IProjection, IInlineKeys
    where TKey : notnull
    where TView : class
{
    private static readonly DocumentTable<TKey, TView> Table = new();

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyCollection<Type> Handles { get; }

    /// <inheritdoc/>
    public virtual int Version => 1;

    /// <summary>Always 1: a view's events are in many streams, and keep their order only in one shard.</summary>
    public int Shards => 1;

    /// <inheritdoc/>
    public string Schema(string schemaName) => Table.Schema(schemaName);

    /// <summary>A key's view as last written; null when there is none.</summary>
    public Task<TView?> FindAsync(NpgsqlDataSource dataSource, TKey key, CancellationToken ct = default) => Table.FindAsync(dataSource, Name, key, ct);

    /// <summary>The keys of the views that an event changes; none, one or several.</summary>
    protected abstract IEnumerable<TKey> KeysOf(StoredEvent stored);

    /// <summary>A view after one more event. Given null before the first; giving null removes it.</summary>
    protected abstract TView? Evolve(TKey key, TView? view, StoredEvent stored);

    /// <inheritdoc/>
    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken ct)
    {
        var views = new Dictionary<TKey, Document<TView>>();
        var changes = new List<(TKey Key, StoredEvent Stored)>(batch.Events.Count);
        foreach (var stored in batch.Events)
        {
            foreach (var key in KeysOf(stored))
            {
                views.TryAdd(key, new Document<TView>());
                changes.Add((key, stored));
            }
        }

        await Table.LoadAsync(batch, views.Keys, views, ct);
        foreach (var (key, stored) in changes)
        {
            var document = views[key];
            document.View = Evolve(key, document.View, stored);
            document.Version = stored.Position;
        }

        if (views.Count > 0)
        {
            await Table.SaveAsync(batch, views, ct);
        }
    }

    IEnumerable<string> IInlineKeys.KeysOf(IReadOnlyList<StoredEvent> events) =>
        events.SelectMany(KeysOf).Distinct().Select(key => $"{key}");
}
