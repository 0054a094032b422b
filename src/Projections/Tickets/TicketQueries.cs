using CallCenter.Domain.Tickets;

using Npgsql;

namespace CallCenter.Projections.Tickets;

/// <summary>Which tickets. Everything that is set must hold.</summary>
/// <param name="Owner">Who is responsible for it.</param>
/// <param name="Assignee">Who works on it.</param>
/// <param name="Customer">Of this customer, or of one that was merged into it.</param>
/// <param name="From">Opened at or after.</param>
/// <param name="To">Opened before.</param>
/// <param name="Breached">Whether a promise was broken.</param>
/// <param name="Number">By which people speak of it.</param>
/// <param name="Contact">About this call, chat or mail.</param>
public sealed record TicketFilter(
    TicketState? State = null, TicketTier? Tier = null, Guid? Owner = null, Guid? Customer = null, string? Topic = null, DateTimeOffset? From = null, DateTimeOffset? To = null, bool? Breached = null,
    TicketPriority? Priority = null, Guid? Assignee = null, int? Number = null, Guid? Contact = null, bool? Unsolved = null);

/// <summary>A ticket as it stands. Its texts are as they are stored: tokens, revealed only where they are shown.</summary>
public sealed record TicketView(
    Guid Id, int Number, string Subject, string? Description, string? Topic, string? Segment, TicketState State, TicketTier Tier, TicketPriority Priority, ContactChannel Channel, Guid? OwnerId,
    Guid? AssigneeId, Guid? CustomerId, DateTimeOffset OpenedAt, string? OpenedBy, DateTimeOffset? ResponseDueAt, DateTimeOffset? DueAt, DateTimeOffset? RemindAt, DateTimeOffset? ResolvedAt,
    DateTimeOffset? ClosesAt, DateTimeOffset? ClosedAt, string? Resolution, int Reopened, bool? SlaMet, IReadOnlyList<SlaPromise> Breached, Guid? MergedInto, long Version);

/// <summary>Reads tickets, newest first.</summary>
public sealed class TicketQueries(NpgsqlDataSource source)
{
    private const string Columns = """
        t.id, t.number, t.subject, t.description, t.topic, t.segment, t.state, t.tier, t.priority, t.channel, t.owner_id, t.assignee_id, t.customer_id, t.opened_at, t.opened_by, t.response_due_at, t.due_at,
        t.remind_at, t.resolved_at, t.closes_at, t.closed_at, t.resolution, t.reopened, t.sla_met, t.breached, t.merged_into, t.version
        """;

    public async Task<IReadOnlyDictionary<Guid, TicketView>> GetAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        (await ReadAsync(new Where().And(ids.ToArray(), p => $"t.id = any({p})"), "", cancellationToken)).ToDictionary(ticket => ticket.Id);

    /// <summary>The ticket that was last opened from, or linked with, each of these contacts; contacts without one are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, TicketView>> OfContactsAsync(IReadOnlyList<Guid> contacts, CancellationToken cancellationToken)
    {
        var tickets = new Dictionary<Guid, Guid>();
        await using (var command = source.CreateCommand(
            "select distinct on (contact_id) contact_id, ticket_id from tickets.contacts where contact_id = any($1) order by contact_id, linked_at desc, ticket_id desc"))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = contacts.ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                tickets.Add(reader.GetGuid(0), reader.GetGuid(1));
            }
        }

        var views = await GetAsync([.. tickets.Values.Distinct()], cancellationToken);
        return tickets.ToDictionary(pair => pair.Key, pair => views[pair.Value]);
    }

    /// <summary>The calls, chats and mails that a ticket is about, in the order in which they became so.</summary>
    public async Task<IReadOnlyList<TicketContact>> ContactsAsync(Guid ticket, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select contact_id, channel from tickets.contacts where ticket_id = $1 order by linked_at, contact_id");
        command.Parameters.Add(new NpgsqlParameter { Value = ticket });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var contacts = new List<TicketContact>();
        while (await reader.ReadAsync(cancellationToken))
        {
            contacts.Add(new TicketContact(reader.GetGuid(0), Enum.Parse<ContactChannel>(reader.GetString(1))));
        }

        return contacts;
    }

    /// <exception cref="BadCursorException"><paramref name="after"/> is no cursor of this list.</exception>
    public async Task<Page<TicketView>> PageAsync(TicketFilter filter, int first, string? after, CancellationToken cancellationToken)
    {
        var where = Conditions(filter);
        if (after is not null)
        {
            var cursor = Cursor.TryParse(after, out var parsed) ? parsed : throw new BadCursorException(after);
            where.And($"(t.opened_at, t.id) < ({where.Parameter(cursor.Instant)}, {where.Parameter(cursor.Id)})");
        }

        var found = await ReadAsync(where, $" limit {where.Parameter(first + 1)}", cancellationToken);
        var shown = found.Take(first).ToList();
        return new Page<TicketView>(shown, shown.ConvertAll(t => Cursor.Of(t.OpenedAt, t.Id).ToString()), found.Count > first, after is not null);
    }

    public async Task<int> CountAsync(TicketFilter filter, CancellationToken cancellationToken)
    {
        var where = Conditions(filter);
        await using var command = where.Command(source, $"select count(*)::int from tickets.tickets t{where}");
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static Where Conditions(TicketFilter filter) => new Where()
        .And(filter.State?.ToString(), p => $"t.state = {p}")
        .And(filter.Tier?.ToString(), p => $"t.tier = {p}")
        .And(filter.Priority?.ToString(), p => $"t.priority = {p}")
        .And(filter.Owner, p => $"t.owner_id = {p}")
        .And(filter.Assignee, p => $"t.assignee_id = {p}")
        .And(filter.Customer, p => $"t.customer_id in (select c.id from customers.customers c where c.id = {p} or c.merged_into = {p})")
        .And(filter.Topic, p => $"coalesce(t.topic, 'none') = {p}")
        .And(filter.From?.UtcDateTime, p => $"t.opened_at >= {p}")
        .And(filter.To?.UtcDateTime, p => $"t.opened_at < {p}")
        .And(filter.Breached, p => $"(cardinality(t.breached) > 0) = {p}")
        .And(filter.Number, p => $"t.number = {p}")
        .And(filter.Contact, p => $"exists (select from tickets.contacts k where k.ticket_id = t.id and k.contact_id = {p})")
        .And(filter.Unsolved, p => $"(t.state in ('Open', 'Pending')) = {p}");

    private async Task<List<TicketView>> ReadAsync(Where where, string limit, CancellationToken cancellationToken)
    {
        await using var command = where.Command(source, $"select {Columns} from tickets.tickets t{where} order by t.opened_at desc, t.id desc{limit}");
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<TicketView>();
        while (await r.ReadAsync(cancellationToken))
        {
            found.Add(new TicketView(
                r.GetGuid(0), r.GetInt32(1), r.GetString(2), r.Get<string>(3), r.Get<string>(4), r.Get<string>(5), Enum.Parse<TicketState>(r.GetString(6)), Enum.Parse<TicketTier>(r.GetString(7)),
                Enum.Parse<TicketPriority>(r.GetString(8)), Enum.Parse<ContactChannel>(r.GetString(9)), r.GetOrNull<Guid>(10), r.GetOrNull<Guid>(11), r.GetOrNull<Guid>(12),
                r.GetFieldValue<DateTimeOffset>(13), r.Get<string>(14), r.GetOrNull<DateTimeOffset>(15), r.GetOrNull<DateTimeOffset>(16), r.GetOrNull<DateTimeOffset>(17),
                r.GetOrNull<DateTimeOffset>(18), r.GetOrNull<DateTimeOffset>(19), r.GetOrNull<DateTimeOffset>(20), r.Get<string>(21), r.GetInt32(22), r.GetOrNull<bool>(23),
                [.. r.GetFieldValue<string[]>(24).Select(Enum.Parse<SlaPromise>)], r.GetOrNull<Guid>(25), r.GetInt64(26)));
        }

        return found;
    }
}
