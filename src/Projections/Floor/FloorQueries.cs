using System.Text.Json;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Queues;

using Npgsql;

namespace CallCenter.Projections.Floor;

/// <summary>The whole center as it was at an instant.</summary>
/// <param name="Queues">By name, with who waited then.</param>
/// <param name="Agents">By name, with the status of then.</param>
/// <param name="Calls">Those that had not ended, wrap-up included, newest first.</param>
public sealed record FloorView(DateTimeOffset At, IReadOnlyList<QueueView> Queues, IReadOnlyList<AgentView> Agents, IReadOnlyList<CallView> Calls);

/// <summary>Looks back: calls are folded from their events, agents and queues are read from what they were from when to when.</summary>
public sealed class FloorQueries(NpgsqlDataSource source, EventTrail trail)
{
    /// <summary>Calls that lasted longer are found by an index of their own.</summary>
    private const string Usual = "interval '4 hours'";

    public async Task<FloorView> AtAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var agents = await AgentsAsync(at, cancellationToken);
        var calls = await CallsAsync(at, cancellationToken);
        return new FloorView(at, await QueuesAsync(at, agents, calls, cancellationToken), agents, calls);
    }

    private async Task<List<AgentView>> AgentsAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = Command("""
            select a.id, s.name, s.extension, s.queues, coalesce(p.status, a.status), coalesce(p.started_at, a.status_since),
                   case when p.status is null then a.reason else p.reason end, case when p.status is null then a.call_id else p.call_id end, a.version, s.attributes
            from agents.agents a
            cross join lateral (select * from agents.settings s where s.agent_id = a.id and s.from_at <= $1 order by s.version desc limit 1) s
            left join lateral (select * from agents.spans p where p.agent_id = a.id and p.ended_at > $1 and p.started_at <= $1 order by p.ended_at limit 1) p on true
            order by s.name, a.id
            """, at);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var agents = new List<AgentView>();
        while (await r.ReadAsync(cancellationToken))
        {
            agents.Add(new AgentView(
                r.GetGuid(0), r.GetString(1), r.Get<string>(2), r.GetFieldValue<Guid[]>(3), Enum.Parse<AgentStatus>(r.GetString(4)), r.GetFieldValue<DateTimeOffset>(5), r.Get<string>(6), r.GetOrNull<Guid>(7), r.GetInt64(8))
            {
                Attributes = JsonSerializer.Deserialize<AgentAttributes>(r.GetString(9), EventJson.Options)!,
            });
        }

        return agents;
    }

    private async Task<List<CallView>> CallsAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        // Whoever wraps up has ended the call before.
        const string Lasted = """
            (c.ended_at is null or c.ended_at > $1 or (c.wrap_up_at <= $1 and c.wrap_up_at + make_interval(secs =>
                coalesce((select v.wrap_up_ms / 1000.0 from calls.visits v where v.call_id = c.id order by v.number desc limit 1), 1e6)) > $1))
            """;
        var ids = new List<Guid>();
        await using (var command = Command($"""
            select c.id from calls.calls c where c.received_at <= $1 and c.received_at > $1 - {Usual} and {Lasted}
            union
            select c.id from calls.calls c where c.received_at <= $1 and (c.state <> 'Ended' or c.ended_at - c.received_at > {Usual}) and {Lasted}
            """, at))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetGuid(0));
            }
        }

        var calls = (await trail.StreamsAsync(ids, cancellationToken)).GroupBy(stored => stored.StreamId).Select(stream => CallView.At(stream, at)).OfType<CallView>();
        return [.. calls.Where(call => call.State != CallState.Ended).OrderByDescending(call => (call.ReceivedAt, call.Id))];
    }

    private async Task<List<QueueView>> QueuesAsync(DateTimeOffset at, List<AgentView> agents, List<CallView> calls, CancellationToken cancellationToken)
    {
        var waiting = calls.Where(call => call is { State: CallState.Queued or CallState.Offered, LastVisit.Outcome: null }).ToLookup(call => call.LastVisit!.QueueId, call => call.LastVisit!.QueuedAt);
        await using var command = Command($"""
            select q.id, q.settings, h.queued, h.answered
            from (select distinct on (s.queue_id) s.queue_id as id, s.settings from queues.settings s where s.from_at <= $1 order by s.queue_id, s.version desc) q
            {QueueQueries.LastAnswersBefore("$1")}
            order by q.settings ->> 'Name', q.id
            """, at);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var queues = new List<QueueView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (id, settings) = (reader.GetGuid(0), JsonSerializer.Deserialize<QueueSettings>(reader.GetString(1), EventJson.Options)!);
            var serving = agents.Where(agent => agent.Queues.Contains(id) && agent.Status is not (AgentStatus.SignedOut or AgentStatus.NotReady)).ToList();
            var available = serving.Count(agent => agent.Status == AgentStatus.Available);
            var waits = waiting[id].Select(queuedAt => (at - queuedAt).TotalSeconds).ToList();
            var estimate = QueueQueries.Estimate(waits.Count, available, serving.Count, QueueQueries.Pace(reader.Get<DateTimeOffset[]>(2), reader.Get<DateTimeOffset[]>(3)));
            queues.Add(new QueueView(id, settings.Name, settings.Number, waits.Count, waits.Count == 0 ? 0 : Math.Round(waits.Max(), 3), estimate, available)
            {
                Settings = settings, Agents = QueueQueries.Count(agents.Where(agent => agent.Queues.Contains(id)).Select(agent => agent.Status)), At = at,
            });
        }

        return queues;
    }

    private NpgsqlCommand Command(string sql, DateTimeOffset at)
    {
        var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = at.UtcDateTime });
        return command;
    }
}
