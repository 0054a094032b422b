using System.Text.Json;

using CallCenter.Domain.Alarms;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Alarms;

/// <summary>Reads what is watched of queues, and how they do.</summary>
public sealed class AlarmQueries(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>For the service level: contacts that were answered, or gave up, since so long.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(15);

    /// <summary>Every queue of which something is or was watched.</summary>
    public async Task<IReadOnlyList<QueueAlarms>> GetAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select state from alarms.alarms order by queue_id");
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>How those queues do now.</summary>
    public async Task<IReadOnlyList<QueueFigures>> FiguresAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = source.CreateCommand("""
            select a.queue_id, w.waiting, w.oldest, s.signed_in, l.level
            from alarms.alarms a
            cross join lateral (
                select count(*)::int as waiting, min(v.queued_at) as oldest
                from calls.calls c join calls.visits v on v.call_id = c.id
                where c.state in ('Queued', 'Offered') and v.outcome is null and v.answered_at is null and v.queue_id = a.queue_id) w
            cross join lateral (
                select count(*)::int as signed_in from agents.agents g where g.status <> 'SignedOut' and a.queue_id = any(g.queues)) s
            cross join lateral (
                select (100.0 * count(*) filter (where v.answered_at is not null and v.wait_ms <= 1000 * coalesce((a.state->'Thresholds'->>'ServiceLevelSeconds')::int, 20)) / nullif(count(*), 0))::float8 as level
                from calls.visits v
                where v.queue_id = a.queue_id and v.queued_at >= $1::timestamptz - interval '2 hours' and v.wait_ms is not null
                    and (v.answered_at is not null or v.outcome = 'Abandoned') and v.queued_at + v.wait_ms * interval '1 millisecond' >= $1) l
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = (now - Lately).UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var figures = new List<QueueFigures>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var longest = reader.GetOrNull<DateTimeOffset>(2) is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0;
            figures.Add(new QueueFigures(reader.GetGuid(0), reader.GetInt32(1), longest, reader.GetOrNull<double>(4), reader.GetInt32(3)));
        }

        return figures;
    }

    internal static async Task<IReadOnlyList<QueueAlarms>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var alarms = new List<QueueAlarms>();
        while (await reader.ReadAsync(cancellationToken))
        {
            alarms.Add(JsonSerializer.Deserialize<QueueAlarms>(reader.GetString(0), EventJson.Options)!);
        }

        return alarms;
    }
}
