using CallCenter.Domain;
using CallCenter.Domain.Customers;
using CallCenter.EventStore;
using CallCenter.Projections.Customers;

using Npgsql;

namespace CallCenter.Api.Customers;

/// <summary>
/// Carries out commands on customers, one at a time over all processes: what a customer is known by is one customer's only. The keys under which calls of its numbers lie are joined to the customer's
/// own, so that all is forgotten at once (adr/0013, adr/0040).
/// </summary>
/// <param name="store">Where the events go.</param>
/// <param name="source">The database.</param>
/// <param name="persons">The persons' keys.</param>
/// <param name="personal">Reads what is kept under them.</param>
/// <param name="readModelsShow">Waits until the read models show what was written.</param>
/// <param name="clock">When commands come.</param>
internal sealed class CustomerRegister(
    PostgresEventStore store, NpgsqlDataSource source, PersonVault persons, PersonalReader personal, Func<CancellationToken, Task> readModelsShow, TimeProvider clock)
{
    private readonly CustomerQueries _customers = new(source, personal);

    /// <summary>Makes a customer.</summary>
    /// <returns>Its id, and why not: <c>CUSTOMER_PROFILE</c>, <c>CUSTOMER_IDENTIFIER</c>, <c>IDENTIFIER_IN_USE</c>.</returns>
    public async Task<(Guid Id, Refusal? Refusal)> CreateAsync(CustomerProfile profile, IReadOnlyList<CustomerIdentifier> identifiers, string by, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        return (id, await HandleAsync(id, at => new CreateCustomer(id, profile, identifiers, at, by), by, ct));
    }

    /// <summary>Carries a command on a customer out.</summary>
    /// <returns>Why not; <c>CUSTOMER_NOT_FOUND</c>, <c>CUSTOMER_MERGED</c>, <c>CUSTOMER_FORGOTTEN</c> and what is said of the command.</returns>
    public Task<Refusal?> HandleAsync(Guid id, Func<DateTimeOffset, CustomerCommand> command, string by, CancellationToken ct) => InTurnAsync(async () =>
    {
        var customer = await ReadAsync(id, ct);
        var decision = CustomerDecider.Decide(command(clock.GetUtcNow()), customer.State);
        if (decision.Refusal is not null || decision.Events.Count == 0)
        {
            return decision.Refusal;
        }

        if (await TakenAsync(id, decision.Events, ct) is { } refusal)
        {
            return refusal;
        }

        await JoinAsync(id, decision.Events, ct);
        await store.AppendAsync(Append(id, customer.Version, decision), new EventMetadata(null, null, by), ct);
        return null;
    }, id, ct);

    /// <summary>Makes two customers one, both or neither: the second goes on, with all that the first was known by.</summary>
    /// <inheritdoc cref="HandleAsync"/>
    public Task<Refusal?> MergeAsync(Guid id, Guid into, string by, CancellationToken ct) => InTurnAsync(async () =>
    {
        var (loser, winner, at) = (await ReadAsync(id, ct), await ReadAsync(into, ct), clock.GetUtcNow());
        var merged = CustomerDecider.Decide(new MergeCustomer(into, at, by), loser.State);
        if (merged.Refusal is not null || merged.Events.Count == 0)
        {
            return merged.Refusal;
        }

        // One that nothing is known of but its number still has tickets and calls: the winner's stream may have nothing to say of it.
        var absorbed = CustomerDecider.Decide(new AbsorbCustomer(loser.State.Identifiers, at, by), winner.State);
        if (absorbed.Refusal is not null)
        {
            return absorbed.Refusal;
        }

        await JoinAsync(into, absorbed.Events, ct);
        await persons.JoinAsync(PersonalKinds.Person, id.ToString("N"), into, ct);
        StreamAppend[] appends = [Append(id, loser.Version, merged), Append(into, winner.Version, absorbed)];
        await store.AppendAsync([.. appends.Where(append => append.Events.Count > 0)], new EventMetadata(null, null, by), ct);
        return null;
    }, into, ct);

    /// <summary>The state with its texts in plain, because identifiers are compared.</summary>
    private async Task<(Customer State, long Version)> ReadAsync(Guid id, CancellationToken ct)
    {
        var events = await personal.RevealAsync(await store.FetchStreamAsync(id, ct: ct), ct);
        return (events.Aggregate(Customer.Initial, (customer, e) => Customer.Evolve(customer, (CustomerEvent)e.Data)), events.Count == 0 ? 0 : events[^1].Stored.Version);
    }

    private async Task<Refusal?> TakenAsync(Guid id, IReadOnlyList<CustomerEvent> events, CancellationToken ct)
    {
        foreach (var identifier in events.OfType<CustomerIdentified>().Select(e => CustomerIdentifier.Of(e.Number, e.Email, e.Reference)))
        {
            if (await _customers.FindAsync(identifier.Kind, identifier.Text, ct) is { } owner && owner != id)
            {
                return new Refusal("IDENTIFIER_IN_USE", $"{identifier.Text} is customer {owner}'s.");
            }
        }

        return null;
    }

    // Before the append: whoever is killed between the two has joined a key too much, never one too few.
    private async Task JoinAsync(Guid id, IReadOnlyList<CustomerEvent> events, CancellationToken ct)
    {
        await persons.JoinAsync(PersonalKinds.Person, id.ToString("N"), id, ct);
        foreach (var e in events)
        {
            var (identifier, person) = e switch
            {
                CustomerIdentified known => (CustomerIdentifier.Of(known.Number, known.Email, known.Reference), id),
                CustomerUnidentified unknown => (CustomerIdentifier.Of(unknown.Number, unknown.Email, unknown.Reference), Guid.CreateVersion7()),
                _ => (null, id),
            };
            foreach (var spelling in identifier is null ? [] : CustomerQueries.SpellingsOf(identifier.Kind, identifier.Text))
            {
                await persons.JoinAsync(CustomerQueries.PersonalKindOf(identifier!.Kind), spelling, person, ct);
            }
        }
    }

    private async Task<Refusal?> InTurnAsync(Func<Task<Refusal?>> action, Guid id, CancellationToken ct)
    {
        await using var turn = await CustomerTurn.TakeAsync(source, ct);
        await readModelsShow(ct);
        if ((await _customers.GetAsync([id], ct)).GetValueOrDefault(id) is { ForgottenAt: not null })
        {
            return new Refusal("CUSTOMER_FORGOTTEN", "The customer was forgotten.");
        }

        var refusal = await action();
        await readModelsShow(ct);
        return refusal;
    }

    private static StreamAppend Append(Guid id, long version, Decision<CustomerEvent> decision) =>
        new(id, Customer.StreamType, ExpectedVersion.Exact(version), [.. decision.Events.Select(e => EventData.Of(e))]);
}
