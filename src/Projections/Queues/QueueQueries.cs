using System.Text.Json;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Queues;

/// <summary>A queue as it is now.</summary>
/// <param name="LongestWaitSeconds">Wait so far of the caller who has waited longest; 0 when nobody waits.</param>
/// <param name="EstimatedWaitSeconds">
/// For a caller who came now, by <see cref="EstimatedWait"/>; 0 when nobody waits and an agent is available; null when nobody ready serves the queue, or no visit was handled to go by.
/// </param>
public sealed record QueueView(Guid Id, string Name, string? Number, int Waiting, double LongestWaitSeconds, double? EstimatedWaitSeconds, int AgentsAvailable)
{
    public QueueSettings Settings { get; init; } = new(Name, Number);

    /// <summary>How many of the agents who serve it have each status; statuses that nobody has are absent.</summary>
    public IReadOnlyDictionary<AgentStatus, int> Agents { get; init; } = new Dictionary<AgentStatus, int>();

    /// <summary>When it was so; null for now.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Reads queues with their live figures, by name.</summary>
public sealed class QueueQueries(NpgsqlDataSource source, TimeProvider clock)
{
    private static readonly string LastAnswers = LastAnswersBefore("'infinity'");

    // More than a pace keeps: of some answers the interval does not count.
    internal static string LastAnswersBefore(string instant) => $"""
        cross join lateral (
            select array_agg(l.queued_at order by l.answered_at) as queued, array_agg(l.answered_at order by l.answered_at) as answered from (
                select v.queued_at, v.answered_at from calls.visits v
                where v.queue_id = q.id and v.answered_at <= {instant} and v.queued_at <= {instant} and (v.outcome = 'Handled' or v.outcome is null) order by v.queued_at desc limit 60) l) h
        """;

    /// <param name="ids">Only these; null for all.</param>
    public async Task<IReadOnlyList<QueueView>> GetAsync(IReadOnlyList<Guid>? ids, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"""
            select q.id, q.name, q.number, w.waiting, w.oldest, s.available, s.ready, h.queued, h.answered, q.settings, s.statuses
            from queues.queues q
            cross join lateral (
                select count(*)::int as waiting, min(v.queued_at) as oldest
                from calls.calls c join calls.visits v on v.call_id = c.id
                where c.state in ('Queued', 'Offered') and v.outcome is null and v.queue_id = q.id) w
            cross join lateral (
                select count(*) filter (where a.status = 'Available')::int as available, count(*) filter (where a.status not in ('SignedOut', 'NotReady'))::int as ready, array_agg(a.status) as statuses
                from agents.agents a where q.id = any(a.queues)) s
            {LastAnswers}
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
                reader.GetGuid(0), reader.GetString(1), reader.Get<string>(2), waiting, longest, Estimate(waiting, available, ready, Pace(reader.Get<DateTimeOffset[]>(7), reader.Get<DateTimeOffset[]>(8))), available)
            {
                Settings = JsonSerializer.Deserialize<QueueSettings>(reader.GetString(9), EventJson.Options)!,
                Agents = Count((reader.Get<string[]>(10) ?? []).Select(Enum.Parse<AgentStatus>)),
            });
        }

        return queues;
    }

    /// <summary>All queues as they are configured.</summary>
    public async Task<IReadOnlyList<(Guid Id, QueueSettings Settings)>> SettingsAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, settings from queues.queues order by name, id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var queues = new List<(Guid, QueueSettings)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            queues.Add((reader.GetGuid(0), JsonSerializer.Deserialize<QueueSettings>(reader.GetString(1), EventJson.Options)!));
        }

        return queues;
    }

    /// <summary>How fast contacts were taken from each queue lately; queues that nobody was taken from are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, QueuePace>> PacesAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"""
            select q.id, h.queued, h.answered from queues.queues q
            {LastAnswers}
            where h.queued is not null
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var paces = new Dictionary<Guid, QueuePace>();
        while (await reader.ReadAsync(cancellationToken))
        {
            paces.Add(reader.GetGuid(0), Pace(reader.Get<DateTimeOffset[]>(1), reader.Get<DateTimeOffset[]>(2)));
        }

        return paces;
    }

    internal static IReadOnlyDictionary<AgentStatus, int> Count(IEnumerable<AgentStatus> statuses) => statuses.CountBy(status => status).ToDictionary();

    internal static QueuePace Pace(DateTimeOffset[]? queued, DateTimeOffset[]? answered) =>
        (queued ?? []).Zip(answered ?? []).Aggregate(QueuePace.Unknown, (pace, visit) => pace.Answered(visit.First, visit.Second));

    internal static double? Estimate(int waiting, int available, int ready, QueuePace pace) =>
        waiting == 0 && available > 0 ? 0
        : ready == 0 || EstimatedWait.Of(pace, waiting) is not { } seconds ? null
        : Math.Round(seconds, 1);
}
