using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Customers;
using CallCenter.EventStore;
using CallCenter.Projections.Calls;

using Npgsql;

namespace CallCenter.Projections.Customers;

/// <summary>A customer as it stands. Name and identifiers are as they are stored: tokens, of the stream <see cref="Id"/>.</summary>
public sealed record CustomerView(
    Guid Id, string? Name, string? Segment, decimal? Value, DateTimeOffset CreatedAt, DateTimeOffset? ForgottenAt, IReadOnlyList<CustomerIdentifier> Identifiers, long Version);

/// <summary>What a customer allows, or does not.</summary>
public sealed record ConsentView(string Purpose, bool Given, string Source, DateTimeOffset SaidAt, string? SaidBy);

/// <summary>What was written about a customer.</summary>
/// <param name="StreamId">Of the customer of whom it was written, who may have been merged into another since.</param>
public sealed record NoteView(Guid StreamId, string Text, DateTimeOffset NotedAt, string? NotedBy);

/// <summary>Reads customers. Whoever was merged into another is read as that one.</summary>
public sealed class CustomerQueries(NpgsqlDataSource source, PersonalReader personal)
{
    /// <summary>The customers of these ids, by the ids asked for; unknown ones are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, CustomerView>> GetAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        batch.Add("""
            select a.id, w.id, w.name, w.segment, w.value, w.created_at, w.forgotten_at, w.version
            from customers.customers a join customers.customers w on w.id = coalesce(a.merged_into, a.id) where a.id = any($1)
            """, [ids.ToArray()]);
        batch.Add("""
            select distinct i.customer_id, i.kind, i.text, i.version
            from customers.customers a join customers.identifiers i on i.customer_id = coalesce(a.merged_into, a.id) where a.id = any($1) order by i.customer_id, i.version
            """, [ids.ToArray()]);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var (found, identifiers) = (new Dictionary<Guid, CustomerView>(), new Dictionary<Guid, List<CustomerIdentifier>>());
        while (await reader.ReadAsync(cancellationToken))
        {
            var known = identifiers[reader.GetGuid(1)] = [];
            found.Add(reader.GetGuid(0), new CustomerView(
                reader.GetGuid(1), reader.Get<string>(2), reader.Get<string>(3), reader.GetOrNull<decimal>(4), reader.GetFieldValue<DateTimeOffset>(5), reader.GetOrNull<DateTimeOffset>(6), known,
                reader.GetInt64(7)));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            identifiers[reader.GetGuid(0)].Add(new CustomerIdentifier(Enum.Parse<IdentifierKind>(reader.GetString(1)), reader.GetString(2)));
        }

        return found.ToDictionary(pair => pair.Key, pair => pair.Value with { Identifiers = identifiers[pair.Value.Id] });
    }

    /// <summary>Who is known by this; null when nobody is.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="text">In any spelling.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Guid?> FindAsync(IdentifierKind kind, string text, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        foreach (var spelling in SpellingsOf(kind, text))
        {
            keys.AddRange(await personal.SearchKeysAsync(PersonalKindOf(kind), spelling, cancellationToken));
        }

        await using var command = source.CreateCommand("select customer_id from customers.identifiers where kind = $1 and key = any($2) limit 1");
        command.Parameters.Add(new NpgsqlParameter { Value = kind.ToString() });
        command.Parameters.Add(new NpgsqlParameter { Value = keys.ToArray() });
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    /// <summary>The customers of these calls: by the customer's number in the company's books where the call has one, else by the number of the phone outside. Calls of unknown ones are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, CustomerView>> OfCallsAsync(IReadOnlyList<CallView> calls, CancellationToken cancellationToken)
    {
        var said = calls.SelectMany(
            call => new[] { (IdentifierKind.Reference, call.CustomerNumber), (IdentifierKind.Number, call.Direction == CallDirection.Outbound ? call.To : call.From) },
            (call, text) => (Call: call.Id, Kind: text.Item1, Text: new PersonalText(call.Id, PersonalKindOf(text.Item1), text.Item2 ?? ""))).Where(text => text.Text.Text.Length > 0).ToList();
        var plain = await personal.RevealAsync([.. said.Select(text => text.Text)], cancellationToken);
        var customers = new Dictionary<(IdentifierKind, string), Guid?>();
        foreach (var (_, kind, text) in said.Where(text => plain[text.Text] != PersonVault.ForgottenText))
        {
            if (!customers.ContainsKey((kind, plain[text])))
            {
                customers.Add((kind, plain[text]), await FindAsync(kind, plain[text], cancellationToken));
            }
        }

        var ofCalls = said.Select(text => (text.Call, Customer: customers.GetValueOrDefault((text.Kind, plain[text.Text])))).Where(pair => pair.Customer is not null)
            .GroupBy(pair => pair.Call).ToDictionary(pairs => pairs.Key, pairs => pairs.First().Customer!.Value);
        var views = await GetAsync([.. ofCalls.Values.Distinct()], cancellationToken);
        return ofCalls.Where(pair => views.ContainsKey(pair.Value)).ToDictionary(pair => pair.Key, pair => views[pair.Value]);
    }

    /// <summary>By what the customer's calls are found among <c>from_key</c>, <c>to_key</c> and <c>customer_key</c> of the calls' read model.</summary>
    public async Task<IReadOnlyList<string>> CallKeysAsync(CustomerView customer, CancellationToken cancellationToken)
    {
        var texts = customer.Identifiers.Where(identifier => identifier.Kind != IdentifierKind.Email)
            .Select(identifier => (identifier.Kind, Text: new PersonalText(customer.Id, PersonalKindOf(identifier.Kind), identifier.Text))).ToList();
        var plain = await personal.RevealAsync([.. texts.Select(text => text.Text)], cancellationToken);
        var keys = new List<string>();
        foreach (var (kind, text) in texts)
        {
            foreach (var spelling in SpellingsOf(kind, plain[text]))
            {
                keys.AddRange(await personal.SearchKeysAsync(PersonalKindOf(kind), spelling, cancellationToken));
            }
        }

        return keys;
    }

    /// <summary>The customer and who was merged into it; only the customer where nobody was, or where there is none.</summary>
    public async Task<IReadOnlyList<Guid>> FamilyAsync(Guid customer, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id from customers.customers where merged_into = $1 order by id");
        command.Parameters.Add(new NpgsqlParameter { Value = customer });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var family = new List<Guid> { customer };
        while (await reader.ReadAsync(cancellationToken))
        {
            family.Add(reader.GetGuid(0));
        }

        return family;
    }

    public async Task<IReadOnlyList<ConsentView>> ConsentsAsync(Guid customer, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select purpose, given, source, said_at, said_by from customers.consents where customer_id = $1 order by purpose");
        command.Parameters.Add(new NpgsqlParameter { Value = customer });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var consents = new List<ConsentView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            consents.Add(new ConsentView(reader.GetString(0), reader.GetBoolean(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.Get<string>(4)));
        }

        return consents;
    }

    /// <summary>What was written about the customer and about those who were merged into it, the latest first.</summary>
    public async Task<IReadOnlyList<NoteView>> NotesAsync(Guid customer, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select n.customer_id, n.text, n.noted_at, n.noted_by from customers.notes n join customers.customers c on c.id = n.customer_id
            where c.id = $1 or c.merged_into = $1 order by n.noted_at desc, n.version desc
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = customer });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var notes = new List<NoteView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            notes.Add(new NoteView(reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.Get<string>(3)));
        }

        return notes;
    }

    /// <summary>Under which kind of personal text an identifier is kept.</summary>
    public static string PersonalKindOf(IdentifierKind kind) => kind switch
    {
        IdentifierKind.Number => PersonalKinds.Number,
        IdentifierKind.Email => PersonalKinds.Email,
        _ => PersonalKinds.CustomerNumber,
    };

    /// <summary>All spellings under which it may have been written.</summary>
    public static IReadOnlyList<string> SpellingsOf(IdentifierKind kind, string text) => kind == IdentifierKind.Number ? PhoneNumbers.Spellings(text) : [text];
}
