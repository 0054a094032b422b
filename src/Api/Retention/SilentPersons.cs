using CallCenter.Api.Hosting;
using CallCenter.EventStore;
using CallCenter.Projections.Customers;

using Npgsql;

namespace CallCenter.Api.Retention;

/// <summary>Finds callers and customers with whom there has been no contact for long, and for whom nothing is open.</summary>
internal sealed class SilentPersons(Center center)
{
    private const string Customers = """
        with family as (select id, coalesce(merged_into, id) as customer, created_at from customers.customers)
        select c.id from customers.customers c where c.id > $2 and c.merged_into is null and c.forgotten_at is null
            and not exists (select from family f where f.customer = c.id and f.created_at >= $1)
            and not exists (select from family f join tickets.tickets t on t.customer_id = f.id where f.customer = c.id and (t.closed_at is null and t.merged_into is null or t.closed_at >= $1))
            and not exists (select from family f join customers.notes n on n.customer_id = f.id where f.customer = c.id and n.noted_at >= $1)
            and not exists (select from family f join customers.consents s on s.customer_id = f.id where f.customer = c.id and s.said_at >= $1)
        order by c.id limit $3
        """;

    // A token names its key; what is of a key stands in calls, messages, callbacks and tickets of callers who are no customers.
    private const string Keys = """
        with seen as (
            select left(token, 27) as start, at from (
                select from_number as token, received_at as at from calls.calls where direction <> 'Outbound'
                union all select to_number, received_at from calls.calls where direction = 'Outbound'
                union all select customer_number, received_at from calls.calls where customer_number is not null
                union all select from_number, left_at from voicemails.voicemails
                union all select number, coalesce(ended_at, 'infinity') from callbacks.callbacks
                union all select subject, case when merged_into is not null then opened_at else coalesce(closed_at, 'infinity') end from tickets.tickets) told
            where token like 'pd1.%'),
        silent as (select encode(decode(translate(substr(start, 5, 22), '-_', '+/') || '==', 'base64'), 'hex')::uuid as key from seen group by start having max(at) < $1)
        select key from silent s where not exists (select from callcenter.forgotten_keys f where f.key_id = s.key) order by key limit $2
        """;

    /// <summary>Customers, the first ones after one.</summary>
    /// <param name="before">There has been no contact since.</param>
    /// <param name="after">Where a page before ended.</param>
    /// <param name="most">How many are looked at.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Who is silent of those that were looked at, and the last of these; null when there are no more.</returns>
    public async Task<(IReadOnlyList<Guid> Silent, Guid? Last)> CustomersAsync(DateTimeOffset before, Guid after, int most, CancellationToken ct)
    {
        var candidates = await ColumnAsync(Customers, ct, before.UtcDateTime, after, most);
        var customers = new CustomerQueries(center.Source, center.Personal);
        var silent = new List<Guid>();
        foreach (var view in (await customers.GetAsync(candidates, ct)).Values)
        {
            await using var command = center.Source.CreateCommand("select exists (select from calls.calls c where c.received_at >= $1 and (c.from_key = any ($2) or c.to_key = any ($2) or c.customer_key = any ($2)))");
            command.Parameters.Add(new NpgsqlParameter { Value = before.UtcDateTime });
            command.Parameters.Add(new NpgsqlParameter { Value = (await customers.CallKeysAsync(view, ct)).ToArray() });
            if (await command.ExecuteScalarAsync(ct) is false)
            {
                silent.Add(view.Id);
            }
        }

        return (silent, candidates.Count == most ? candidates[^1] : null);
    }

    /// <summary>Callers who are nobody's customers.</summary>
    /// <inheritdoc cref="CustomersAsync" path="/param"/>
    public async Task<IReadOnlyList<Guid>> CallersAsync(DateTimeOffset before, int most, CancellationToken ct)
    {
        // A key that was given to somebody goes with that one.
        var own = (await center.Persons.PersonsOfKeysAsync(await ColumnAsync(Keys, ct, before.UtcDateTime, most), ct)).Where(key => key.PersonId == key.KeyId).Select(key => key.PersonId);
        return [.. own];
    }

    private async Task<List<Guid>> ColumnAsync(string sql, CancellationToken ct, params IReadOnlyList<object> values)
    {
        await using var command = center.Source.CreateCommand(sql);
        command.CommandTimeout = 0;
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }
}
