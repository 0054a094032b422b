using Npgsql;

namespace CallCenter.Projections.Customers;

public enum CustomerContactKind { Call, Ticket, Note }

/// <summary>One thing that happened between a customer and the center.</summary>
/// <param name="Id">Of the call or ticket; of a note its own.</param>
/// <param name="StreamId">The stream in which a note stands.</param>
/// <param name="Text">A note's, as it is stored.</param>
public sealed record CustomerContact(Guid Id, CustomerContactKind Kind, DateTimeOffset At, Guid? StreamId, string? Text, string? By);

/// <summary>All that happened between a customer and the center, on every channel, the latest first.</summary>
public sealed class CustomerTimeline(NpgsqlDataSource source)
{
    /// <param name="customer">Whose.</param>
    /// <param name="callKeys">By what the customer's calls are found.</param>
    /// <param name="first">At most so many.</param>
    /// <param name="after">Where a page before ended.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BadCursorException"><paramref name="after"/> is no cursor of this list.</exception>
    public async Task<Page<CustomerContact>> PageAsync(Guid customer, IReadOnlyList<string> callKeys, int first, string? after, CancellationToken cancellationToken)
    {
        var (where, contacts) = Contacts(customer, callKeys);
        if (after is not null)
        {
            var cursor = Cursor.TryParse(after, out var parsed) ? parsed : throw new BadCursorException(after);
            where.And($"(x.at, x.id) < ({where.Parameter(cursor.Instant)}, {where.Parameter(cursor.Id)})");
        }

        await using var command = where.Command(source, $"select x.id, x.kind, x.at, x.stream_id, x.text, x.said_by from {contacts} x{where} order by x.at desc, x.id desc limit {where.Parameter(first + 1)}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<CustomerContact>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new CustomerContact(
                reader.GetGuid(0), Enum.Parse<CustomerContactKind>(reader.GetString(1)), reader.GetFieldValue<DateTimeOffset>(2), reader.GetOrNull<Guid>(3), reader.Get<string>(4), reader.Get<string>(5)));
        }

        var shown = found.Take(first).ToList();
        return new Page<CustomerContact>(shown, shown.ConvertAll(c => Cursor.Of(c.At, c.Id).ToString()), found.Count > first, after is not null);
    }

    public async Task<int> CountAsync(Guid customer, IReadOnlyList<string> callKeys, CancellationToken cancellationToken)
    {
        var (where, contacts) = Contacts(customer, callKeys);
        await using var command = where.Command(source, $"select count(*)::int from {contacts} x");
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Calls by each index on its own: one condition over all three would read every call.
    private static (Where Where, string Contacts) Contacts(Guid customer, IReadOnlyList<string> callKeys)
    {
        var where = new Where();
        var (id, keys) = (where.Parameter(customer), where.Parameter(callKeys.ToArray()));
        return (where, $"""
            (select c.id, 'Call' as kind, c.received_at as at, null::uuid as stream_id, null::text as text, null::text as said_by
             from calls.calls c where c.direction <> 'Outbound' and c.from_key = any({keys})
             union
             select c.id, 'Call', c.received_at, null, null, null from calls.calls c where c.direction = 'Outbound' and c.to_key = any({keys})
             union
             select c.id, 'Call', c.received_at, null, null, null from calls.calls c where c.customer_key = any({keys})
             union all
             select t.id, 'Ticket', t.opened_at, null, null, t.opened_by
             from tickets.tickets t where t.customer_id in (select c.id from customers.customers c where c.id = {id} or c.merged_into = {id})
             union all
             select md5(n.customer_id::text || n.version)::uuid, 'Note', n.noted_at, n.customer_id, n.text, n.noted_by
             from customers.notes n where n.customer_id in (select c.id from customers.customers c where c.id = {id} or c.merged_into = {id}))
            """);
    }
}
