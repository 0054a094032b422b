using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Persons;
using CallCenter.EventStore;
using CallCenter.Projections.Customers;

namespace CallCenter.Api.Customers;

/// <summary>
/// Forgets customers and callers. First it is told that it begins and of whom, then the keys are destroyed, then that is told, then files, ladders and callbacks go: each step may be repeated,
/// and whoever is killed between two leaves a forgetting that <see cref="CompleteAsync"/> brings to its end (adr/0013).
/// </summary>
/// <param name="center">Where events, keys and read models are.</param>
/// <param name="holds">What may not be forgotten.</param>
/// <param name="erasure">What is kept beside the events.</param>
/// <param name="clock">When commands come.</param>
internal sealed class Forgetting(Center center, HoldRegister holds, PersonErasure erasure, TimeProvider clock)
{
    private const int LongestReason = 1_000;
    private const int Attempts = 5;

    private readonly CustomerQueries _customers = new(center.Source, center.Personal);

    /// <summary>Forgets a customer; where that has begun already, brings it to its end.</summary>
    /// <param name="id">The customer.</param>
    /// <param name="reason">Why; kept for ever, so it must not name the customer.</param>
    /// <param name="by">User name, or what part of the system.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many persons and keys are forgotten, and why not: <c>CUSTOMER_NOT_FOUND</c>, <c>CUSTOMER_MERGED</c>, <c>LEGAL_HOLD</c>, <c>FORGET_REASON</c>.</returns>
    public async Task<(IReadOnlyList<PersonForgotten> Told, Refusal? Refusal)> ForgetAsync(Guid id, string reason, string by, CancellationToken ct)
    {
        var stream = PersonEvent.StreamOf(id);
        await using (await CustomerTurn.TakeAsync(center.Source, ct))
        {
            await center.ShowAsync(ct);
            if (await BeginAsync(stream, id, reason, by, ct) is { } refusal)
            {
                return ([], refusal);
            }

            await DestroyAsync(stream, by, ct);
        }

        return (await CompleteAsync(stream, by, ct), null);
    }

    /// <summary>Forgets everybody of whom an identifier was told: customers, each for itself, and callers who are none.</summary>
    /// <inheritdoc cref="ForgetAsync(Guid, string, string, CancellationToken)"/>
    public async Task<(IReadOnlyList<PersonForgotten> Told, Refusal? Refusal)> ForgetAsync(string kind, string identifier, string reason, string by, CancellationToken ct)
    {
        await center.ShowAsync(ct);
        var known = await center.Persons.PersonsOfAsync(kind, identifier, ct);
        var customers = (await _customers.GetAsync(known, ct)).Values.Select(customer => customer.Id).ToHashSet();
        var held = await holds.ReadAsync(ct);
        foreach (var customer in customers)
        {
            if (held.OnCustomer(await FamilyAsync(customer, ct)) is { } hold)
            {
                return ([], hold.Refusal($"Customer {customer}"));
            }
        }

        var told = new List<PersonForgotten>();
        foreach (var customer in customers)
        {
            var (events, refusal) = await ForgetAsync(customer, reason, by, ct);
            if (refusal is not null)
            {
                return (told, refusal);
            }

            told.AddRange(events);
        }

        // What was the customers' is destroyed by now.
        return ([.. told, .. await ForgetAsync(await center.Persons.PersonsOfAsync(kind, identifier, ct), reason, by, ct)], null);
    }

    /// <summary>Forgets callers who are no customers.</summary>
    /// <param name="callers">Whose keys are destroyed; nothing happens when there is nobody.</param>
    /// <param name="reason">Why; kept for ever.</param>
    /// <param name="by">User name, or what part of the system.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IReadOnlyList<PersonForgotten>> ForgetAsync(IReadOnlyList<Guid> callers, string reason, string by, CancellationToken ct)
    {
        if (callers.Count == 0)
        {
            return [];
        }

        var stream = Guid.CreateVersion7();
        await StartAsync(stream, new ForgettingStarted(callers[0], callers, reason, clock.GetUtcNow(), null, by), by, ct);
        return await CompleteAsync(stream, by, ct);
    }

    /// <summary>Brings a forgetting to its end that has begun; one that has ended stays as it is.</summary>
    /// <returns>Everybody who is forgotten by it.</returns>
    public async Task<IReadOnlyList<PersonForgotten>> CompleteAsync(Guid stream, string? by, CancellationToken ct)
    {
        var told = await DestroyAsync(stream, by, ct);
        await center.ShowAsync(ct);
        if (told.SelectMany(person => person.Keys).ToList() is { Count: > 0 } keys)
        {
            await erasure.EraseAsync(keys, ct);
        }

        return told;
    }

    private async Task<Refusal?> BeginAsync(Guid stream, Guid id, string reason, string by, CancellationToken ct)
    {
        if ((await _customers.GetAsync([id], ct)).GetValueOrDefault(id) is not { } customer)
        {
            return new Refusal("CUSTOMER_NOT_FOUND", "There is no such customer.");
        }

        if (customer.Id != id)
        {
            return new Refusal("CUSTOMER_MERGED", $"The customer was merged into {customer.Id}.");
        }

        if ((await center.Store.FetchStreamAsync(stream, ct: ct)).Count > 0)
        {
            return null;
        }

        var family = await FamilyAsync(id, ct);
        if ((await holds.ReadAsync(ct)).OnCustomer(family) is { } hold)
        {
            return hold.Refusal($"Customer {id}");
        }

        if (string.IsNullOrWhiteSpace(reason) || reason.Length > LongestReason)
        {
            return new Refusal("FORGET_REASON", $"A reason has 1 to {LongestReason} characters.");
        }

        var identifiers = await IdentifiersAsync(customer, ct);
        if (await NamesAsync(reason, customer, identifiers.Select(identifier => identifier.Text), ct))
        {
            return new Refusal("FORGET_REASON", "The reason names the customer, and would be kept for ever: say it without.");
        }

        await StartAsync(stream, new ForgettingStarted(id, await PersonsAsync(family, identifiers, ct), reason.Trim(), clock.GetUtcNow(), id, by), by, ct);
        return null;
    }

    /// <summary>The customer's own, and whoever was known by its numbers. Another customer who was known by one of them is somebody else, and stays.</summary>
    private async Task<IReadOnlyList<Guid>> PersonsAsync(IReadOnlyCollection<Guid> family, IReadOnlyList<(string Kind, string Text)> identifiers, CancellationToken ct)
    {
        var known = new HashSet<Guid>();
        foreach (var (kind, text) in identifiers)
        {
            known.UnionWith(await center.Persons.PersonsOfAsync(kind, text, ct));
        }

        var others = (await _customers.GetAsync([.. known.Except(family)], ct)).Keys;
        return [.. family, .. known.Except(family).Except(others)];
    }

    /// <summary>The customer, and who was merged into it.</summary>
    private Task<IReadOnlyList<Guid>> FamilyAsync(Guid id, CancellationToken ct) => _customers.FamilyAsync(id, ct);

    private async Task<IReadOnlyList<(string Kind, string Text)>> IdentifiersAsync(CustomerView customer, CancellationToken ct)
    {
        var texts = customer.Identifiers.Select(i => (i.Kind, Text: new PersonalText(customer.Id, CustomerQueries.PersonalKindOf(i.Kind), i.Text))).ToList();
        var plain = await center.Personal.RevealAsync(texts.ConvertAll(text => text.Text), ct);
        return [.. texts.SelectMany(text => CustomerQueries.SpellingsOf(text.Kind, plain[text.Text]), (text, spelling) => (text.Text.Kind, spelling))];
    }

    private async Task<bool> NamesAsync(string reason, CustomerView customer, IEnumerable<string> identifiers, CancellationToken ct)
    {
        var name = string.IsNullOrEmpty(customer.Name) ? [] : (await center.Personal.RevealAsync([new PersonalText(customer.Id, PersonalKinds.Text, customer.Name)], ct)).Values;
        var said = string.Concat(reason.Where(c => !char.IsWhiteSpace(c)));
        return identifiers.Concat(name).Select(text => string.Concat(text.Where(c => !char.IsWhiteSpace(c)))).Any(text => text.Length > 2 && said.Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    private Task StartAsync(Guid stream, ForgettingStarted started, string by, CancellationToken ct) =>
        center.Store.AppendAsync(new StreamAppend(stream, PersonEvent.StreamType, ExpectedVersion.NoStream, [EventData.Of(started)]), new EventMetadata(null, null, by), ct);

    // The keys first: what is told of them must be true. Whoever is killed between the two destroys nothing the second time, and finds here what is still to be told.
    private async Task<IReadOnlyList<PersonForgotten>> DestroyAsync(Guid stream, string? by, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var events = await center.Store.FetchStreamAsync(stream, ct: ct);
            if (events is not [{ Data: ForgettingStarted started }, ..])
            {
                throw new InvalidOperationException($"Stream {stream} is no forgetting that has begun.");
            }

            await center.Persons.ForgetAsync(started.Persons, ct);
            var told = events.Select(e => e.Data).OfType<PersonForgotten>().ToList();
            var missing = Missing(started, told, await center.Persons.StandingAsync(started.Persons, ct));
            try
            {
                if (missing.Count > 0)
                {
                    await center.Store.AppendAsync(
                        new StreamAppend(stream, PersonEvent.StreamType, ExpectedVersion.Exact(events.Count), [.. missing.Select(e => EventData.Of(e))]), new EventMetadata(null, null, by ?? started.By), ct);
                }

                return [.. told, .. missing];
            }
            catch (WrongExpectedVersionException) when (attempt < Attempts)
            {
                // Another process brings it to its end as well: what it told is looked at.
            }
        }
    }

    private List<PersonForgotten> Missing(ForgettingStarted started, List<PersonForgotten> told, IReadOnlyList<KeyStanding> standing)
    {
        var (known, now) = (told.SelectMany(person => person.Keys).ToHashSet(), clock.GetUtcNow());
        var missing = standing.Where(key => key.ForgottenAt is not null && !known.Contains(key.KeyId)).GroupBy(key => key.PersonId, key => key.KeyId)
            .Select(person => new PersonForgotten(person.Key, [.. person], now)).ToList();
        if (started.CustomerId is { } customer && !told.Concat(missing).Any(person => person.PersonId == customer))
        {
            missing.Add(new PersonForgotten(customer, [], now));
        }

        return missing;
    }
}
