using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A projection's shard as the database tells of it to any process.</summary>
/// <param name="Name">The projection.</param>
/// <param name="Version">Of its tables.</param>
/// <param name="Shard"><c>All</c>, or <c>shard-0</c> and so on.</param>
/// <param name="State"><c>leading</c> when some node leads it, <c>poisoned</c> when it stopped at an event, else <c>idle</c>.</param>
/// <param name="Checkpoint">All its events up to this position are in its tables.</param>
/// <param name="Lag">Positions from there to the end of the log; while nothing is for it, the checkpoint is stored only every few seconds.</param>
/// <param name="Poison">Where it stopped, if it did.</param>
/// <param name="Skipped">Positions of events that were skipped and are not in its tables.</param>
public sealed record ProjectionOverview(string Name, int Version, string Shard, string State, long Checkpoint, long Lag, PoisonEvent? Poison, IReadOnlyList<long> Skipped);

/// <summary>An event that a projection cannot apply.</summary>
public sealed record PoisonEvent(long Position, Guid EventId, string EventType, string Error, DateTimeOffset StoppedAt);

/// <summary>Looks at projections and decides on their poison events, from any process; whoever leads a stopped one notices within a second.</summary>
public sealed class ProjectionControl(NpgsqlDataSource dataSource)
{
    // What stopped a rebuild has no checkpoint, and is shown beside those that have.
    private const string Overview = """
        select p.name, p.last_seq_id, greatest(0, (select coalesce(max(seq_id), 0) from public.mt_events) - p.last_seq_id),
            x.position, x.event_id, x.event_type, x.error, x.stopped_at,
            array(select distinct s.position from callcenter.projection_poison s where s.projection = split_part(p.name, ':', 1) and s.skipped order by s.position)
        from (
            select name, last_seq_id from public.mt_event_progression where name like '%:%'
            union all
            select distinct b.checkpoint, 0 from callcenter.projection_poison b
            where not b.skipped and not exists (select from public.mt_event_progression m where m.name = b.checkpoint)) as p
        left join lateral (select * from callcenter.projection_poison x where x.checkpoint = p.name and not x.skipped order by x.position limit 1) x on true
        order by p.name
        """;

    private const string Leaders = """
        select classid::bigint << 32 | objid::bigint from pg_locks
        where locktype = 'advisory' and granted and mode = 'ExclusiveLock' and objsubid = 1 and database = (select oid from pg_database where datname = current_database())
        """;

    /// <summary>All shards of all projections that have tables.</summary>
    public async Task<IReadOnlyList<ProjectionOverview>> ListAsync(CancellationToken ct = default)
    {
        await using var leaders = dataSource.CreateCommand(Leaders);
        var led = (await leaders.ColumnAsync<long>(ct)).ToHashSet();
        await using var command = dataSource.CreateCommand(Overview);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var shards = new List<ProjectionOverview>();
        while (await reader.ReadAsync(ct))
        {
            var checkpoint = reader.GetString(0);
            var parts = checkpoint.Split(':');
            var poison = reader.IsDBNull(3)
                ? null
                : new PoisonEvent(reader.GetInt64(3), reader.GetGuid(4), reader.GetString(5), reader.GetString(6), new DateTimeOffset(reader.GetDateTime(7)));
            var state = poison is not null ? "poisoned" : led.Contains(WorkUnit.LeaderKeyOf(ShardWorker.UnitOf(checkpoint))) ? "leading" : "idle";
            shards.Add(new ProjectionOverview(
                parts[0], ProjectionTables.VersionOf(checkpoint), parts[^1], state, reader.GetInt64(1), reader.GetInt64(2), poison, reader.GetFieldValue<long[]>(8)));
        }

        return shards;
    }

    /// <summary>Has a stopped projection pass over the event at which it stands, now and in every rebuild.</summary>
    /// <exception cref="InvalidOperationException">It does not stand at that position.</exception>
    public async Task SkipAsync(string projection, long position, CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand(
            "update callcenter.projection_poison set skipped = true where projection = $1 and position = $2 and not skipped");
        command.Parameters.Add(new NpgsqlParameter { Value = projection });
        command.Parameters.Add(new NpgsqlParameter { Value = position });
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            throw new InvalidOperationException($"Projection '{projection}' has not stopped at position {position}.");
        }
    }

    /// <summary>Has a stopped projection try again, and forgets what it was told to skip: what it has passed over already comes in with its next rebuild.</summary>
    /// <exception cref="InvalidOperationException">It has not stopped, and nothing is skipped.</exception>
    public async Task RetryAsync(string projection, CancellationToken ct = default)
    {
        await using var command = dataSource.CreateCommand("delete from callcenter.projection_poison where projection = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = projection });
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            throw new InvalidOperationException($"Projection '{projection}' has not stopped anywhere, and skips nothing.");
        }
    }
}
