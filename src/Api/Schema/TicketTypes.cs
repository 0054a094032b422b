using CallCenter.Domain;
using CallCenter.Domain.Tickets;
using CallCenter.EventStore;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Tickets;

namespace CallCenter.Api.Schema;

/// <summary>Tickets as they are read.</summary>
internal static class TicketTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<TicketState>();
        schema.AddEnumType<TicketTier>();
        schema.AddEnumType<TicketPriority>();
        schema.AddEnumType<ContactChannel>();
        schema.AddEnumType<SlaPromise>();
        schema.AddObjectType<TicketView>("Ticket", AddTicket);
        Connections.AddTo<TicketView>(schema, "Ticket");
        schema.AddInputObjectType<TicketFilterInput>("TicketFilter", type =>
        {
            type.Description("Tickets that were opened from `from` on and before `to`, and for which everything else holds that is given.");
            type.Field("owner: ID").Description("Who is responsible.");
            type.Field("assignee: ID").Description("Who works on it.");
            type.Field("customer: ID");
            type.Field("breached: Boolean").Description("Whether a promise was broken.");
            type.Field("unsolved: Boolean").Description("Whether it is open or pending.");
            type.Field("contact: ID").Description("About this call, chat or mail.");
        });
        schema.AddObjectTypeExtension<CallView>("Call", type => type.Field("ticket: Ticket").Description("The ticket that was last opened from the call or linked with it.")
            .Resolve((call, context) => context.TicketOfAsync(call.Id)));
        schema.AddQueryType(query =>
        {
            query.Field("ticket(id: ID!, at: DateTime): Ticket").Description("A ticket, now or as it was at an instant.").Authorize().Resolve(async context =>
            {
                var id = context.ArgumentValue<Guid>("id");
                return context.ArgumentValue<DateTimeOffset?>("at") is not { } at ? await context.TicketAsync(id)
                    : await context.StreamAsync(id, at) is [{ Data: TicketEvent }, ..] events ? TicketHistory.Of(events)
                    : null;
            });
            query.Field("tickets(where: TicketFilter, first: Int = 50, after: String): TicketConnection!").Description("Tickets, newest first.").Authorize()
                .Resolve(context => context.TicketsAsync(context.ArgumentValue<TicketFilterInput?>("where")?.ToFilter() ?? new TicketFilter()));
        });
    }

    public static async Task<TicketView?> TicketAsync(this IResolverContext context, Guid? id) => id is not { } ticket ? null : await context
        .DataLoader<Guid, TicketView>("tickets", context.Service<TicketQueries>().GetAsync).LoadAsync(ticket);

    public static Task<Connection<TicketView>> TicketsAsync(this IResolverContext context, TicketFilter filter)
    {
        var tickets = context.Service<TicketQueries>();
        return context.ConnectAsync((first, after, ct) => tickets.PageAsync(filter, first, after, ct), c => tickets.CountAsync(filter, c.RequestAborted));
    }

    private static Task<TicketView?> TicketOfAsync(this IResolverContext context, Guid contact) =>
        context.DataLoader<Guid, TicketView>("ticketsOfContacts", context.Service<TicketQueries>().OfContactsAsync).LoadAsync(contact);

    private static void AddTicket(ComplexTypeDescriptor<TicketView> type)
    {
        type.Description("What a customer wants to be done, from its opening to its solution.");
        type.Field("id: ID!", t => t.Id);
        type.Field("number: Int!", t => t.Number).Description("By which people speak of it. Its last digit is a check digit.");
        type.Field("subject: String!").Resolve((ticket, context) => context.RevealAsync(ticket.Id, PersonalKinds.Text, ticket.Subject));
        type.Field("description: String").Resolve((ticket, context) => context.RevealAsync(ticket.Id, PersonalKinds.Text, ticket.Description));
        type.Field("topic: String", t => t.Topic);
        type.Field("segment: String", t => t.Segment).Description("The customer's, by which promises are made.");
        type.Field("state: TicketState!", t => t.State);
        type.Field("tier: TicketTier!", t => t.Tier).Description("The line that works on it.");
        type.Field("priority: TicketPriority!", t => t.Priority);
        type.Field("channel: ContactChannel!", t => t.Channel).Description("How the customer came with it.");
        type.Field("owner: Agent").Description("Who is responsible until it is solved.").Resolve((ticket, context) => context.AgentAsync(ticket.OwnerId));
        type.Field("assignee: Agent").Description("Who works on it: the owner, or a specialist beyond the first line.").Resolve((ticket, context) => context.AgentAsync(ticket.AssigneeId));
        type.Field("customer: Customer").Resolve((ticket, context) => context.CustomerAsync(ticket.CustomerId));
        type.Field("openedAt: DateTime!", t => t.OpenedAt);
        type.Field("openedBy: String", t => t.OpenedBy);
        type.Field("responseDueAt: DateTime", t => t.ResponseDueAt).Description("When the customer is to have an answer; null once that is so, and while the clock stands still.");
        type.Field("dueAt: DateTime", t => t.DueAt).Description("When it is to be solved; null while the clock stands still.");
        type.Field("remindAt: DateTime", t => t.RemindAt).Description("When a pending ticket is taken up again by itself.");
        type.Field("resolvedAt: DateTime", t => t.ResolvedAt);
        type.Field("resolution: String").Description("What was done, as it was said last.").Resolve((ticket, context) => context.RevealAsync(ticket.Id, PersonalKinds.Text, ticket.Resolution));
        type.Field("closesAt: DateTime", t => t.ClosesAt).Description("Until when a resolved ticket may be reopened; then it is closed by itself.");
        type.Field("closedAt: DateTime", t => t.ClosedAt);
        type.Field("reopened: Int!", t => t.Reopened).Description("How often.");
        type.Field("slaMet: Boolean", t => t.SlaMet ?? (t.Breached.Contains(SlaPromise.Resolution) ? false : null)).Description("Whether it was solved in time; null as long as it may be, and when nothing was promised.");
        type.Field("breached: [SlaPromise!]!", t => t.Breached).Description("The promises that were broken.");
        type.Field("mergedInto: Ticket").Description("The ticket that goes on for it.").Resolve((ticket, context) => context.TicketAsync(ticket.MergedInto));
        type.Field("calls: [Call!]!").Description("The calls that it is about.").Resolve(async (ticket, context) =>
        {
            var contacts = await context.Service<TicketQueries>().ContactsAsync(ticket.Id, context.RequestAborted);
            return (await Task.WhenAll(contacts.Where(contact => contact.Channel == ContactChannel.Voice).Select(contact => context.CallAsync(contact.Id)))).OfType<object>();
        });
        type.Field("timeline: [Event!]!").Description("Every event of the ticket, in order.").Resolve(async (ticket, context) =>
            (IReadOnlyList<StoredEvent>)[.. (await context.StreamAsync(ticket.Id)).Where(e => e.Version <= ticket.Version)]);
        type.Field("version: Int!", t => t.Version);
    }
}

/// <summary>Which tickets; everything that is set must hold.</summary>
internal sealed record TicketFilterInput(
    TicketState? State, TicketTier? Tier, Guid? Owner, Guid? Customer, string? Topic, DateTimeOffset? From, DateTimeOffset? To, bool? Breached, TicketPriority? Priority, Guid? Assignee, int? Number,
    Guid? Contact, bool? Unsolved)
{
    public TicketFilter ToFilter() => new(State, Tier, Owner, Customer, Topic, From, To, Breached, Priority, Assignee, Number, Contact, Unsolved);
}
