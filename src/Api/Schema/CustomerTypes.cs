using CallCenter.Domain;
using CallCenter.Domain.Customers;
using CallCenter.EventStore;
using CallCenter.GraphQL;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Customers;
using CallCenter.Projections.Tickets;

namespace CallCenter.Api.Schema;

/// <summary>Customers as they are read.</summary>
internal static class CustomerTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<CustomerView>("Customer", AddCustomer);
        schema.AddObjectType<ConsentView>("CustomerConsent", type =>
        {
            type.Field("purpose: String!", c => c.Purpose);
            type.Field("given: Boolean!", c => c.Given);
            type.Field("source: String!", c => c.Source).Description("How that is known.");
            type.Field("at: DateTime!", c => c.SaidAt);
            type.Field("by: String", c => c.SaidBy);
        });
        schema.AddObjectType<NoteView>("CustomerNote", type =>
        {
            type.Field("text: String!").Resolve((note, context) => context.RevealAsync(note.StreamId, PersonalKinds.Text, note.Text));
            type.Field("at: DateTime!", n => n.NotedAt);
            type.Field("by: String", n => n.NotedBy);
        });
        schema.AddEnumType<CustomerContactKind>();
        schema.AddObjectType<CustomerContact>(type =>
        {
            type.Description("One thing that happened between a customer and the center.");
            type.Field("kind: CustomerContactKind!", c => c.Kind);
            type.Field("at: DateTime!", c => c.At);
            type.Field("by: String", c => c.By);
            type.Field("call: Call").Resolve(async (contact, context) => contact.Kind == CustomerContactKind.Call ? await context.CallAsync(contact.Id) : null);
            type.Field("ticket: Ticket").Resolve(async (contact, context) => contact.Kind == CustomerContactKind.Ticket ? await context.TicketAsync(contact.Id) : null);
            type.Field("note: String").Resolve(async (contact, context) => contact.StreamId is { } stream ? await context.RevealAsync(stream, PersonalKinds.Text, contact.Text) : null);
        });
        Connections.AddTo<CustomerContact>(schema, "CustomerContact");
        schema.AddObjectTypeExtension<CallView>("Call", type => type.Field("customer: Customer").Description("Who is known by the customer number of the call, else by the number of the phone outside.")
            .Resolve((call, context) => context.CustomerOfAsync(call)));
        schema.AddObjectTypeExtension<Offer>("Offer", type =>
        {
            type.Field("customer: Customer").Resolve((offer, context) => context.CustomerOfAsync(offer.Call));
            type.Field("openTickets: [Ticket!]!").Description("The customer's tickets that are not solved, newest first, 50 at most.").Resolve(async (offer, context) =>
                await context.CustomerOfAsync(offer.Call) is { } customer
                    ? (await context.Service<TicketQueries>().PageAsync(new TicketFilter(Customer: customer.Id, Unsolved: true), 50, null, context.RequestAborted)).Nodes
                    : []);
        });
        schema.AddQueryType(query =>
        {
            query.Field("customer(id: ID, number: String): Customer").Description("A customer, by id or by a telephone number in any spelling. Who was merged into another is answered as that one.").Authorize()
                .Resolve(context => FindAsync(context, context.ArgumentValue<Guid?>("id"), (IdentifierKind.Number, context.ArgumentValue<string?>("number"))));
            query.Field("findCustomer(email: String, reference: String): Customer").Description("A customer, by a mail address or by the number in another system's books.").Authorize()
                .Resolve(context => FindAsync(context, null, (IdentifierKind.Email, context.ArgumentValue<string?>("email")), (IdentifierKind.Reference, context.ArgumentValue<string?>("reference"))));
        });
    }

    public static async Task<CustomerView?> CustomerAsync(this IResolverContext context, Guid? id) => id is not { } customer ? null : await context
        .DataLoader<Guid, CustomerView>("customers", context.Service<CustomerQueries>().GetAsync).LoadAsync(customer);

    /// <summary>Who calls, or is called; null when that is not known.</summary>
    public static Task<CustomerView?> CustomerOfAsync(this IResolverContext context, CallView call) => context
        .DataLoader<CallView, CustomerView>("customersOfCalls", async (calls, ct) =>
        {
            var customers = await context.Service<CustomerQueries>().OfCallsAsync([.. calls.DistinctBy(c => c.Id)], ct);
            return calls.Where(c => customers.ContainsKey(c.Id)).ToDictionary(c => c, c => customers[c.Id]);
        }).LoadAsync(call);

    private static async Task<CustomerView?> FindAsync(IResolverContext context, Guid? id, params IReadOnlyList<(IdentifierKind Kind, string? Text)> identifiers)
    {
        var given = identifiers.Where(identifier => identifier.Text is not null).ToList();
        if (given.Count + (id is null ? 0 : 1) != 1)
        {
            throw new GraphQLException("Say which customer, in one of the two ways.", ErrorCodes.BadUserInput);
        }

        return await context.CustomerAsync(id ?? await context.Service<CustomerQueries>().FindAsync(given[0].Kind, given[0].Text!, context.RequestAborted));
    }

    private static void AddCustomer(ComplexTypeDescriptor<CustomerView> type)
    {
        type.Description("Somebody whom the center serves. What is personal reads `forgotten` once the customer is.");
        type.Field("id: ID!", c => c.Id);
        type.Field("name: String").Description("Null when it is not known, or forgotten.")
            .Resolve(async (customer, context) => customer.ForgottenAt is null ? await context.RevealAsync(customer.Id, PersonalKinds.Text, customer.Name) : null);
        type.Field("numbers: [String!]!").Description("Telephone numbers: + and digits, or as they are dialled inside.").Resolve((customer, context) => context.IdentifiersAsync(customer, IdentifierKind.Number));
        type.Field("emails: [String!]!").Resolve((customer, context) => context.IdentifiersAsync(customer, IdentifierKind.Email));
        type.Field("references: [String!]!").Description("The customer's numbers in other systems' books.").Resolve((customer, context) => context.IdentifiersAsync(customer, IdentifierKind.Reference));
        type.Field("segment: String", c => c.Segment);
        type.Field("value: Float", c => (double?)c.Value).Description("What the customer is worth, in the center's currency.");
        type.Field("createdAt: DateTime!", c => c.CreatedAt);
        type.Field("forgottenAt: DateTime", c => c.ForgottenAt);
        type.Field("consents: [CustomerConsent!]!").Resolve((customer, context) => context.Service<CustomerQueries>().ConsentsAsync(customer.Id, context.RequestAborted));
        type.Field("notes: [CustomerNote!]!").Description("The latest first.").Resolve((customer, context) => context.Service<CustomerQueries>().NotesAsync(customer.Id, context.RequestAborted));
        type.Field("calls(first: Int = 50, after: String): CallConnection!").Description("From and to the customer's numbers, newest first.").Resolve(async (customer, context) =>
        {
            var (calls, filter) = (context.Service<CallQueries>(), new CallFilter(CustomerKeys: await context.CallKeysAsync(customer)));
            return await context.ConnectAsync((first, after, ct) => calls.PageAsync(filter, first, after, ct), c => calls.CountAsync(filter, c.RequestAborted));
        });
        type.Field("tickets(first: Int = 50, after: String): TicketConnection!").Description("Newest first.").Resolve((customer, context) => context.TicketsAsync(new TicketFilter(Customer: customer.Id)));
        type.Field("timeline(first: Int = 50, after: String): CustomerContactConnection!").Description("Calls, tickets and notes in one, the latest first.").Resolve(async (customer, context) =>
        {
            var (timeline, keys) = (context.Service<CustomerTimeline>(), await context.CallKeysAsync(customer));
            return await context.ConnectAsync(
                (first, after, ct) => timeline.PageAsync(customer.Id, keys, first, after, ct), c => timeline.CountAsync(customer.Id, keys, c.RequestAborted));
        });
        type.Field("version: Int!", c => c.Version);
    }

    /// <summary>By what the customer's calls are found.</summary>
    public static Task<IReadOnlyList<string>> CallKeysAsync(this IResolverContext context, CustomerView customer) =>
        context.Service<CustomerQueries>().CallKeysAsync(customer, context.RequestAborted);

    private static async Task<IReadOnlyList<string>> IdentifiersAsync(this IResolverContext context, CustomerView customer, IdentifierKind kind) =>
        [.. (await Task.WhenAll(customer.Identifiers.Where(i => i.Kind == kind).Select(i => context.RevealAsync(customer.Id, CustomerQueries.PersonalKindOf(kind), i.Text))))
            .OfType<string>().Where(text => text != PersonVault.ForgottenText)];
}
