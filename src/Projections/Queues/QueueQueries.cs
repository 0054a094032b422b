using CallCenter.Domain.Queues;

using Npgsql;

namespace CallCenter.Projections.Queues;

/// <summary>A queue as it is now.</summary>
/// <param name="LongestWaitSeconds">Wait so far of the caller who has waited longest; 0 when nobody waits.</param>
/// <param name="EstimatedWaitSeconds">
/// For a caller who came now: (waiting + 1) x mean handle time of the queue's last 50 handled visits / agents signed in and ready who serve it; 0 when nobody waits and an
/// agent is available; null when there is no agent or no handled visit to go by.
/// </param>
public sealed record QueueView(Guid Id, string Name, string? Number, int Waiting, double LongestWaitSeconds, double? EstimatedWaitSeconds, int AgentsAvailable);

/// <summary>Reads queues with their live figures, by name.</summary>
public sealed class QueueQueries(NpgsqlDataSource source, TimeProvider clock)
{
    /// <param name="ids">Only these; null for all.</param>
    public async Task<IReadOnlyList<QueueView>> GetAsync(IReadOnlyList<Guid>? ids, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select q.id, q.name, q.number, w.waiting, w.oldest, s.available, s.ready, h.handle_ms
            from queues.queues q
            cross join lateral (
                select count(*)::int as waiting, min(v.queued_at) as oldest
                from calls.calls c join calls.visits v on v.call_id = c.id
                where c.state in ('Queued', 'Offered') and v.outcome is null and v.queue_id = q.id) w
            cross join lateral (
                select count(*) filter (where a.status = 'Available')::int as available, count(*)::int as ready
                from agents.agents a where a.status not in ('SignedOut', 'NotReady') and q.id = any(a.queues)) s
            cross join lateral (
                select avg(l.ms)::float8 as handle_ms from (
                    select v.talk_ms + v.hold_ms + coalesce(v.wrap_up_ms, 0) as ms from calls.visits v
                    where v.queue_id = q.id and v.outcome = 'Handled' order by v.queued_at desc limit 50) l) h
            where $1::uuid[] is null or q.id = any($1)
            order by q.name, q.id
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)ids?.ToArray() ?? DBNull.Value, DataTypeName = "uuid[]" });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var queues = new List<QueueView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (waiting, available, ready) = (reader.GetInt32(3), reader.GetInt32(5), reader.GetInt32(6));
            var longest = reader.GetOrNull<DateTimeOffset>(4) is { } oldest ? Math.Max(0, Math.Round((now - oldest).TotalSeconds, 3)) : 0;
            queues.Add(new QueueView(
                reader.GetGuid(0), reader.GetString(1), reader.Get<string>(2), waiting, longest, Estimate(waiting, available, ready, reader.GetOrNull<double>(7)), available));
        }

        return queues;
    }

    /// <summary>All queues as they are configured.</summary>
    public async Task<IReadOnlyList<(Guid Id, QueueSettings Settings)>> SettingsAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, name, number, ring_seconds, wrap_up_seconds, short_abandon_seconds from queues.queues order by name, id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var queues = new List<(Guid, QueueSettings)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            queues.Add((reader.GetGuid(0), new QueueSettings(reader.GetString(1), reader.Get<string>(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5))));
        }

        return queues;
    }

    private static double? Estimate(int waiting, int available, int ready, double? handleMs) =>
        waiting == 0 && available > 0 ? 0
        : ready == 0 || handleMs is not { } ms ? null
        : Math.Round((waiting + 1) * ms / 1000 / ready, 1);
}
