using CallCenter.Domain.Callbacks;

using Npgsql;

namespace CallCenter.Projections.Callbacks;

/// <summary>Which callbacks. Everything that is set must hold.</summary>
/// <param name="Open">Whether something is still to be done about it.</param>
public sealed record CallbackFilter(Guid? Queue = null, Guid? Agent = null, CallbackState? State = null, bool? Open = null);

/// <summary>A callback as it stands.</summary>
/// <param name="AgentId">Who is to have it; of a completed one, who had it.</param>
/// <param name="Number">As it is stored: a token, revealed only where it is shown.</param>
/// <param name="DueAt">Not before; null: as soon as it is its turn.</param>
/// <param name="AskedIn">The call in which it was asked for.</param>
/// <param name="LastCallId">The call of the last attempt.</param>
public sealed record CallbackView(
    Guid Id, CallbackState State, Guid QueueId, Guid? AgentId, string Number, DateTimeOffset QueuedAt, DateTimeOffset RequestedAt, string? RequestedBy, DateTimeOffset? DueAt,
    int Attempts, Guid? AskedIn, Guid? LastCallId, CallbackMiss? LastReason, DateTimeOffset? EndedAt);

/// <summary>Reads callbacks, those asked for last first.</summary>
public sealed class CallbackQueries(NpgsqlDataSource source)
{
    private const string Columns = "b.id, b.state, b.queue_id, b.agent_id, b.number, b.queued_at, b.requested_at, b.requested_by, b.due_at, b.attempts, b.asked_in, b.last_call_id, b.last_reason, b.ended_at";

    public async Task<CallbackView?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync(new Where().And<Guid>(id, p => $"b.id = {p}"), "", cancellationToken)).SingleOrDefault();

    /// <exception cref="BadCursorException"><paramref name="after"/> is no cursor of this list.</exception>
    public async Task<Page<CallbackView>> PageAsync(CallbackFilter filter, int first, string? after, CancellationToken cancellationToken)
    {
        var where = Conditions(filter);
        if (after is not null)
        {
            var cursor = Cursor.TryParse(after, out var parsed) ? parsed : throw new BadCursorException(after);
            where.And($"(b.requested_at, b.id) < ({where.Parameter(cursor.Instant)}, {where.Parameter(cursor.Id)})");
        }

        var found = await ReadAsync(where, $" limit {where.Parameter(first + 1)}", cancellationToken);
        var shown = found.Take(first).ToList();
        return new Page<CallbackView>(shown, shown.ConvertAll(b => Cursor.Of(b.RequestedAt, b.Id).ToString()), found.Count > first, after is not null);
    }

    public async Task<int> CountAsync(CallbackFilter filter, CancellationToken cancellationToken)
    {
        var where = Conditions(filter);
        await using var command = where.Command(source, $"select count(*)::int from callbacks.callbacks b{where}");
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static Where Conditions(CallbackFilter filter) => new Where()
        .And(filter.Queue, p => $"b.queue_id = {p}")
        .And(filter.Agent, p => $"b.agent_id = {p}")
        .And(filter.State?.ToString(), p => $"b.state = {p}")
        .And(filter.Open, p => $"(b.ended_at is null) = {p}");

    private async Task<List<CallbackView>> ReadAsync(Where where, string limit, CancellationToken cancellationToken)
    {
        await using var command = where.Command(source, $"select {Columns} from callbacks.callbacks b{where} order by b.requested_at desc, b.id desc{limit}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<CallbackView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new CallbackView(
                reader.GetGuid(0), Enum.Parse<CallbackState>(reader.GetString(1)), reader.GetGuid(2), reader.GetOrNull<Guid>(3), reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetFieldValue<DateTimeOffset>(6), reader.Get<string>(7), reader.GetOrNull<DateTimeOffset>(8), reader.GetInt32(9), reader.GetOrNull<Guid>(10), reader.GetOrNull<Guid>(11),
                reader.GetEnum<CallbackMiss>(12), reader.GetOrNull<DateTimeOffset>(13)));
        }

        return found;
    }
}
