using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Calls;

/// <summary>Which calls. Everything that is set must hold.</summary>
/// <param name="From">Received at or after.</param>
/// <param name="To">Received before.</param>
/// <param name="Number">The caller's or the dialled number, exactly.</param>
/// <param name="MinWaitSeconds">Waited at least so long in some queue.</param>
public sealed record CallFilter(
    DateTimeOffset? From = null, DateTimeOffset? To = null, Guid? Queue = null, Guid? Agent = null, string? CustomerNumber = null,
    string? Number = null, CallOutcome? Outcome = null, double? MinWaitSeconds = null, string? Topic = null);

/// <summary>Reads calls, newest first.</summary>
public sealed class CallQueries(NpgsqlDataSource source, PersonalReader personal)
{
    public async Task<IReadOnlyDictionary<Guid, CallView>> GetAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await new CallsTable(connection, null, "calls").LoadAsync(ids.ToArray(), cancellationToken);
    }

    /// <exception cref="BadCursorException"><paramref name="after"/> is no cursor of this list.</exception>
    public async Task<Page<CallView>> PageAsync(CallFilter filter, int first, string? after, CancellationToken cancellationToken) =>
        await PageAsync(await ConditionsAsync(filter, cancellationToken), first, after, cancellationToken);

    public async Task<int> CountAsync(CallFilter filter, CancellationToken cancellationToken)
    {
        var where = await ConditionsAsync(filter, cancellationToken);
        await using var command = where.Command(source, $"select count(*)::int from calls.calls c{where}");
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>A call by its id, or by the Call-ID of its caller's dialog; null when there is none.</summary>
    public async Task<Guid?> FindAsync(string call, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(call, out var id))
        {
            return id;
        }

        await using var command = source.CreateCommand("select id from calls.calls where sip_call_id = $1 order by received_at desc limit 1");
        command.Parameters.Add(new NpgsqlParameter { Value = call });
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    /// <summary>Calls that have not ended, wrap-up included, newest first.</summary>
    public async Task<IReadOnlyList<CallView>> LiveAsync(CancellationToken cancellationToken) =>
        (await PageAsync(new Where().And("c.state <> 'Ended'"), int.MaxValue - 1, null, cancellationToken)).Nodes;

    internal async Task<Page<CallView>> PageAsync(Where where, int first, string? after, CancellationToken cancellationToken)
    {
        if (after is not null)
        {
            var cursor = Cursor.TryParse(after, out var parsed) ? parsed : throw new BadCursorException(after);
            where.And($"(c.received_at, c.id) < ({where.Parameter(cursor.Instant)}, {where.Parameter(cursor.Id)})");
        }

        var ids = new List<Guid>();
        await using (var command = where.Command(source, $"""
            select c.id from calls.calls c{where} order by c.received_at desc, c.id desc limit {where.Parameter(first + 1)}
            """))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetGuid(0));
            }
        }

        var shown = ids.Take(first).ToList();
        var calls = await GetAsync(shown, cancellationToken);
        var nodes = shown.Where(calls.ContainsKey).Select(id => calls[id]).ToList();
        return new Page<CallView>(nodes, nodes.ConvertAll(c => Cursor.Of(c.ReceivedAt, c.Id).ToString()), ids.Count > first, after is not null);
    }

    private async Task<Where> ConditionsAsync(CallFilter filter, CancellationToken cancellationToken) => new Where()
        .And(filter.From?.UtcDateTime, p => $"c.received_at >= {p}")
        .And(filter.To?.UtcDateTime, p => $"c.received_at < {p}")
        .And(filter.Queue, p => $"exists (select from calls.visits v where v.call_id = c.id and v.queue_id = {p})")
        .And(filter.Agent, p => $"(c.agent_id = {p} or exists (select from calls.visits v where v.call_id = c.id and v.agent_id = {p}))")
        .And(await KeysAsync(PersonalKinds.CustomerNumber, filter.CustomerNumber, cancellationToken), p => $"c.customer_key = any({p})")
        .And(await KeysAsync(PersonalKinds.Number, filter.Number, cancellationToken), p => $"(c.from_key = any({p}) or c.to_key = any({p}))")
        .And(filter.Outcome?.ToString(), p => $"c.outcome = {p}")
        .And(filter.MinWaitSeconds * 1000, p => $"exists (select from calls.visits v where v.call_id = c.id and v.wait_ms >= {p})")
        .And(filter.Topic, p => $"coalesce(c.topic, 'none') = {p}");

    private async Task<string[]?> KeysAsync(string kind, string? value, CancellationToken cancellationToken) =>
        value is null ? null : [.. await personal.SearchKeysAsync(kind, value, cancellationToken)];
}
