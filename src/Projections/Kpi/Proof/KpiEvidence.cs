using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Domain.Tickets;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Kpi.Proof;

/// <summary>What the events tell of a period, without any read model: the streams are found in the log by their events' instants. Reads the log from end to end, so it takes seconds for each million of events.</summary>
public sealed class KpiEvidence
{
    private const int StreamsAtOnce = 2_000;

    private KpiEvidence(DateTimeOffset now) => Now = now;

    /// <summary>Until when what lasts is counted.</summary>
    public DateTimeOffset Now { get; }

    internal IReadOnlyList<ToldCall> Calls { get; private init; } = [];

    internal IReadOnlyList<ToldTime> Times { get; private init; } = [];

    internal IReadOnlyList<ToldMilestone> Milestones { get; private init; } = [];

    internal IReadOnlyDictionary<Guid, string?> Teams { get; private init; } = new Dictionary<Guid, string?>();

    internal IReadOnlyDictionary<Guid, int> ShortAbandonSeconds { get; private init; } = new Dictionary<Guid, int>();

    /// <param name="source">The log.</param>
    /// <param name="types">What is in it.</param>
    /// <param name="filter">Of which period, and how long first contacts are followed up.</param>
    /// <param name="now">Until when what lasts is counted.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<KpiEvidence> GatherAsync(NpgsqlDataSource source, EventTypes types, KpiFilter filter, DateTimeOffset now, CancellationToken ct)
    {
        var log = new EventTrail(source, types);
        var calls = await CallsAsync(source, log, filter.From, filter.To, [], ct);
        if (calls.Count > 0)
        {
            // Before and after: whether a contact was the customer's first, and whether that customer came back.
            var window = TimeSpan.FromDays(filter.FirstContactDays);
            var (from, to) = (calls.Min(call => call.Received.OccurredAt) - window, calls.Max(call => call.End?.OccurredAt ?? call.Received.OccurredAt) + window);
            calls.AddRange(await CallsAsync(source, log, from, to.AddTicks(10), calls.Select(call => call.Id).ToHashSet(), ct));
        }

        var agents = await StreamsAsync<AgentEvent>(log, await OfTypeAsync(source, Agent.StreamType, ct), ct);
        var shifts = await StreamsAsync<AgentEvent>(log, await OfTypeAsync(source, Agent.ShiftStreamType, ct), ct);
        var tickets = await StreamsAsync<TicketEvent>(log, await OfTypeAsync(source, Ticket.StreamType, ct), ct);
        var queues = await StreamsAsync<QueueEvent>(log, await OfTypeAsync(source, Queue.StreamType, ct), ct);
        return new KpiEvidence(now)
        {
            Calls = calls,
            Times = [.. agents.SelectMany(agent => ToldTime.Read(agent, now)), .. shifts.SelectMany(shift => ToldTime.Read(shift, null))],
            Milestones = [.. tickets.SelectMany(ToldMilestone.Read)],
            Teams = agents.Select(events => events.Aggregate(Agent.Initial, Agent.Evolve)).ToDictionary(agent => agent.Id, agent => agent.Attributes.Team),
            ShortAbandonSeconds = queues.Select(events => events.Aggregate(Queue.Initial, Queue.Evolve)).ToDictionary(queue => queue.Id, queue => queue.Settings.ShortAbandonSeconds),
        };
    }

    private static async Task<List<ToldCall>> CallsAsync(NpgsqlDataSource source, EventTrail log, DateTimeOffset from, DateTimeOffset to, HashSet<Guid> known, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            select distinct stream_id from public.mt_events
            where type in ('call_received', 'call_queued') and (data ->> 'OccurredAt')::timestamptz >= $1 and (data ->> 'OccurredAt')::timestamptz < $2
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = from.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter { Value = to.UtcDateTime });
        var streams = (await IdsAsync(command, ct)).Where(id => !known.Contains(id)).ToList();
        return [.. (await StreamsAsync<CallEvent>(log, streams, ct)).Select(ToldCall.Read).OfType<ToldCall>()];
    }

    private static async Task<List<Guid>> OfTypeAsync(NpgsqlDataSource source, string type, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select id from public.mt_streams where type = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = type });
        return await IdsAsync(command, ct);
    }

    private static async Task<List<Guid>> IdsAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var ids = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private static async Task<List<IReadOnlyList<T>>> StreamsAsync<T>(EventTrail log, IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var streams = new List<IReadOnlyList<T>>();
        foreach (var some in ids.Chunk(StreamsAtOnce))
        {
            streams.AddRange((await log.StreamsAsync(some, ct)).GroupBy(stored => stored.StreamId, stored => stored.Data).Select(stream => (IReadOnlyList<T>)[.. stream.Cast<T>()]));
        }

        return streams;
    }
}
