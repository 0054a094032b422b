namespace CallCenter.EventStore;

/// <summary>A projection's share of the streams, with a checkpoint of its own; most projections have one shard, which is all of it.</summary>
internal sealed class ProjectionShard
{
    private const int MostShards = 64;

    private ProjectionShard(IProjection projection, string[] typeNames, int index)
    {
        Projection = projection;
        TypeNames = typeNames;
        Name = projection.Shards == 1 ? "All" : $"shard-{index}";

        // Bytes that are random in version 4 and version 7 ids, and not PostgreSQL's own hash, which another major version may change.
        Filter = projection.Shards == 1
            ? ""
            : $" and (get_byte(uuid_send(e.stream_id), 3) # get_byte(uuid_send(e.stream_id), 15)) % {projection.Shards} = {index}";
    }

    public IProjection Projection { get; }

    /// <summary>The registered names of the event types that it takes.</summary>
    public string[] TypeNames { get; }

    /// <summary><c>All</c>, or <c>shard-0</c> and so on.</summary>
    public string Name { get; }

    /// <summary>Its row in <c>mt_event_progression</c>, named as Marten names one, and its unit of leadership.</summary>
    public string CheckpointName => Projection.Version == 1 ? $"{Projection.Name}:{Name}" : $"{Projection.Name}:V{Projection.Version}:{Name}";

    /// <summary>A further condition on events e; empty when it takes all streams.</summary>
    public string Filter { get; }

    /// <exception cref="ArgumentException">The projection's version or number of shards is out of range.</exception>
    /// <exception cref="UnknownEventTypeException">It handles a type that is not registered.</exception>
    public static IReadOnlyList<ProjectionShard> AllOf(IProjection projection, EventTypes types)
    {
        if (projection.Version < 1 || projection.Shards is < 1 or > MostShards)
        {
            throw new ArgumentException(
                $"Projection '{projection.Name}' has version {projection.Version} and {projection.Shards} shards; versions begin at 1, and there are 1 to {MostShards} shards.",
                nameof(projection));
        }

        string[] names = [.. types.NamesOf(projection.Handles)];
        return [.. Enumerable.Range(0, projection.Shards).Select(index => new ProjectionShard(projection, names, index))];
    }
}
