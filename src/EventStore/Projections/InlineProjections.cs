using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Projections that are written by the appending transaction itself: what was appended and what it means become visible together.</summary>
/// <remarks>
/// Every node that appends must have the same ones, and events of foreign writers and of bulk appends come in only with the next rebuild. Where a view is of many streams, its changes are
/// made in the order in which the transactions reach it, which need not be that of the positions.
/// </remarks>
internal sealed partial class InlineProjections
{
    /// <summary>Views of one projection are locked by hash, so that a large append cannot fill the server's table of locks.</summary>
    private const int Buckets = 1_024;

    private readonly NpgsqlDataSource _dataSource;
    private readonly EventTypes _types;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<Inline> _projections;

    /// <exception cref="ArgumentException">Two projections share a name, or a name cannot be a schema, or one wants shards.</exception>
    /// <exception cref="UnknownEventTypeException">A projection handles a type that is not registered.</exception>
    public InlineProjections(IReadOnlyList<IProjection> projections, NpgsqlDataSource dataSource, EventTypes types, TimeProvider time, ILogger logger)
    {
        ProjectionTables.CheckNames(projections);
        if (projections.FirstOrDefault(projection => projection.Shards > 1) is { } sharded)
        {
            throw new ArgumentException($"Inline projection '{sharded.Name}' has {sharded.Shards} shards, but the appending transaction writes it whole.", nameof(projections));
        }

        _dataSource = dataSource;
        _types = types;
        _time = time;
        _logger = logger;
        _projections = [.. projections.OrderBy(projection => projection.Name, StringComparer.Ordinal).Select(projection => new Inline(projection, types))];
    }

    /// <summary>True when there are none, and <see cref="ApplyAsync"/> need not be called.</summary>
    public bool IsEmpty => _projections.Count == 0;

    /// <summary>Makes the tables where they are missing, and builds those anew that are of an older version or were not there when events were.</summary>
    /// <exception cref="ProjectionSupersededException">The tables are of a newer version: this program must not append.</exception>
    /// <exception cref="ProjectionPoisonedException">An event cannot be applied and is not skipped.</exception>
    public async Task EnsureAsync(CancellationToken ct)
    {
        foreach (var inline in _projections)
        {
            await using var command = _dataSource.CreateCommand("select version from callcenter.inline_projections where name = $1");
            command.Parameters.Add(new NpgsqlParameter { Value = inline.Projection.Name });
            var version = (int?)await command.ExecuteScalarAsync(ct);
            if (version > inline.Projection.Version)
            {
                throw new ProjectionSupersededException(inline.Projection.Name, inline.Projection.Version);
            }

            if (version == inline.Projection.Version)
            {
                await EventStoreSchema.ApplyAsync(_dataSource, $"{inline.Projection.Schema(inline.Projection.Name)} {inline.Projection.Indexes(inline.Projection.Name)}", ct);
            }
            else
            {
                await RebuildUnlessDoneAsync(inline, ct);
            }
        }
    }

    /// <summary>Applies events that the transaction has just written, with the positions and versions that it gave them. Once in a transaction, after its streams are locked.</summary>
    /// <exception cref="ProjectionSupersededException">Another version's tables are there: the append must not be committed.</exception>
    public async Task ApplyAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<StoredEvent> events, CancellationToken ct)
    {
        var work = _projections
            .Select(inline => (Inline: inline, Events: events.Where(stored => inline.TypeNames.Contains(stored.Type)).ToList()))
            .Where(part => part.Events.Count > 0)
            .ToList();
        if (work.Count == 0)
        {
            return;
        }

        await LockAsync(connection, transaction, work, ct);
        foreach (var (inline, part) in work)
        {
            await inline.Projection.ApplyAsync(new ProjectionBatch(part, connection, transaction, inline.Projection.Name), ct);
        }
    }

    /// <summary>Builds one anew beside the live tables while appends go on, and swaps them in one transaction.</summary>
    /// <inheritdoc cref="ProjectionRuntime.RebuildAsync" path="/exception"/>
    public Task RebuildAsync(string name, IProgress<RebuildProgress>? progress, CancellationToken ct)
    {
        var inline = _projections.Find(candidate => string.Equals(candidate.Projection.Name, name, StringComparison.Ordinal))
            ?? throw new ArgumentException($"There is no inline projection '{name}'.", nameof(name));
        return NewRebuild(inline).RunAsync(progress, ct);
    }

    private InlineRebuild NewRebuild(Inline inline) => new(inline.Shard, inline.SwapKey, _dataSource, _types, _time, _logger);

    // Another node may be building the same at its own start.
    private async Task RebuildUnlessDoneAsync(Inline inline, CancellationToken ct)
    {
        try
        {
            await NewRebuild(inline).RunAsync(progress: null, ct);
        }
        catch (RebuildUnderWayException)
        {
            LogWaits(_logger, inline.Projection.Name);
            await Task.Delay(TimeSpan.FromMilliseconds(500), _time, ct);
            await EnsureAsync(ct);
        }
    }

    // In one round trip: first the locks that hold off a swap, then, in a snapshot taken after them, whose tables these are; the views in one order for everybody, so that nobody waits in a circle.
    private static async Task LockAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<(Inline Inline, List<StoredEvent> Events)> work, CancellationToken ct)
    {
        var views = work.SelectMany(part => part.Inline.ViewKeys(part.Events)).Distinct().Order().ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("select pg_advisory_xact_lock_shared(key) from unnest($1) as key") { Parameters = { new() { Value = work.ConvertAll(part => part.Inline.SwapKey) } } },
                new("select pg_advisory_xact_lock(key) from unnest($1) as key") { Parameters = { new() { Value = views } } },
                new("select name, version from callcenter.inline_projections where name = any ($1)")
                {
                    Parameters = { new() { Value = work.ConvertAll(part => part.Inline.Projection.Name) } },
                },
            },
        };
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.NextResultAsync(ct);
        var versions = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            versions.Add(reader.GetString(0), reader.GetInt32(1));
        }

        foreach (var (inline, _) in work)
        {
            if (versions.GetValueOrDefault(inline.Projection.Name) != inline.Projection.Version)
            {
                throw new ProjectionSupersededException(inline.Projection.Name, inline.Projection.Version);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for another process that builds inline projection {Name}")]
    private static partial void LogWaits(ILogger logger, string name);

    private sealed class Inline(IProjection projection, EventTypes types)
    {
        private readonly long _viewKey = SessionLock.KeyOf($"callcenter.inline.views.{projection.Name}") & ~(long)(Buckets - 1);

        public IProjection Projection => projection;

        public ProjectionShard Shard { get; } = ProjectionShard.AllOf(projection, types)[0];

        public HashSet<string> TypeNames { get; } = [.. types.NamesOf(projection.Handles)];

        /// <summary>Shared by the appending transactions, exclusive for a swap.</summary>
        public long SwapKey { get; } = SessionLock.KeyOf($"callcenter.inline.{projection.Name}");

        /// <summary>The locks that keep two transactions from changing one view at once.</summary>
        public IEnumerable<long> ViewKeys(IReadOnlyList<StoredEvent> events) =>
            projection is IInlineKeys keyed ? keyed.KeysOf(events).Select(key => _viewKey | (SessionLock.KeyOf(key) & (Buckets - 1))) : [_viewKey];
    }
}
