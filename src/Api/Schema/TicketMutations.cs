using CallCenter.Api.Accounts;
using CallCenter.Api.Tickets;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Tickets;
using CallCenter.EventStore;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Tickets;

namespace CallCenter.Api.Schema;

internal sealed record TicketPayload(TicketView? Ticket, IReadOnlyList<UserError> Errors);

internal sealed record OpenTicketInput(string Subject, string? Description, string? Topic, Guid? Customer, Guid? Call, TicketPriority? Priority, ContactChannel? Channel, Guid? Contact);

/// <summary>What people do with tickets.</summary>
internal static class TicketMutations
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<TicketPayload>(type =>
        {
            type.Field("ticket: Ticket", p => p.Ticket);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<OpenTicketInput>("OpenTicketInput", type =>
        {
            type.Field("customer: ID").Description("Whose it is; without one, the caller of `call` where that is known.");
            type.Field("call: ID").Description("The call that it is opened from.");
            type.Field("priority: TicketPriority = NORMAL");
            type.Field("channel: ContactChannel").Description("How the customer came with it, where that was not a call; with `contact`.");
            type.Field("contact: ID").Description("The chat or mail that it is opened from.");
        });
        schema.AddMutationType(mutation =>
        {
            mutation.Field("openTicket(input: OpenTicketInput!): TicketPayload!").Description("Opens a ticket, from a call, a chat, a mail or by hand. Its owner is the agent who does so, else the agent of the call.")
                .Authorize(DeskAccess.Desks).Resolve(OpenAsync);
            mutation.Field("assignTicket(id: ID!, agentId: ID!): TicketPayload!")
                .Description("Gives the ticket to an agent. In the first line the agent becomes its owner; beyond, the agent works on it, and the owner goes on answering to the customer.")
                .Authorize(DeskAccess.Desks).Resolve(async context =>
                {
                    var agent = context.ArgumentValue<Guid>("agentId");
                    return await context.AgentAsync(agent) is null
                        ? Refused("AGENT_NOT_FOUND", $"There is no agent {agent}.", "agentId")
                        : await HandleAsync(context, (by, _, at) => new AssignTicket(agent, at, by));
                });
            Command(mutation, "commentTicket(id: ID!, text: String!): TicketPayload!", "Writes something down, for colleagues.",
                (context, by, _, at) => new CommentTicket(context.ArgumentValue<string>("text"), ToCustomer: false, at, by));
            Command(mutation, "answerTicket(id: ID!, text: String!): TicketPayload!", "Writes down what the customer was told: the answer that was promised.",
                (context, by, _, at) => new CommentTicket(context.ArgumentValue<string>("text"), ToCustomer: true, at, by));
            Command(mutation, "escalateTicket(id: ID!, to: TicketTier!, reason: String!): TicketPayload!", "Has a higher line work on it. The owner stays.",
                (context, by, _, at) => new EscalateTicket(context.ArgumentValue<TicketTier>("to"), context.ArgumentValue<string>("reason"), at, by));
            Command(mutation, "deescalateTicket(id: ID!, to: TicketTier!, reason: String!): TicketPayload!", "Gives it back to a lower line, and to its owner.",
                (context, by, _, at) => new DeescalateTicket(context.ArgumentValue<TicketTier>("to"), context.ArgumentValue<string>("reason"), at, by));
            Command(mutation, "pendTicket(id: ID!, reason: String!, remindAt: DateTime): TicketPayload!", "It waits for somebody else: its clock stands still, until it is resumed by hand or at `remindAt`.",
                (context, by, terms, at) => new PendTicket(context.ArgumentValue<string>("reason"), context.ArgumentValue<DateTimeOffset?>("remindAt"), terms, at, by));
            Command(mutation, "resumeTicket(id: ID!): TicketPayload!", "Takes a pending ticket up again.", (_, by, terms, at) => new ResumeTicket(terms, at, by));
            Command(mutation, "resolveTicket(id: ID!, resolution: String!): TicketPayload!", "It is solved. It may be reopened for some days, then it is closed by itself.",
                (context, by, terms, at) => new ResolveTicket(context.ArgumentValue<string>("resolution"), terms, at, by));
            Command(mutation, "reopenTicket(id: ID!, reason: String!): TicketPayload!", "It was not solved after all: its clock goes on.",
                (context, by, terms, at) => new ReopenTicket(context.ArgumentValue<string>("reason"), terms, at, by));
            Command(mutation, "closeTicket(id: ID!): TicketPayload!", "Closes a resolved ticket for good.", (_, by, _, at) => new CloseTicket(at, by));
            mutation.Field("mergeTickets(id: ID!, into: ID!): TicketPayload!").Description("Two tickets are about the same: the first is closed, its contacts are the second's, which is answered.")
                .Authorize(DeskAccess.Desks).Resolve(async context =>
                {
                    var into = context.ArgumentValue<Guid>("into");
                    return await AnswerAsync(context, into, await context.Service<TicketDesk>().MergeAsync(context.ArgumentValue<Guid>("id"), into, context.User().UserName, context.RequestAborted));
                });
            mutation.Field("linkTicket(id: ID!, call: ID!): TicketPayload!").Description("A call is about the ticket, too.").Authorize(DeskAccess.Desks).Resolve(async context =>
            {
                var call = context.ArgumentValue<Guid>("call");
                return await context.CallAsync(call) is null
                    ? Refused("CALL_NOT_FOUND", $"There is no call {call}.", "call")
                    : await HandleAsync(context, (by, _, at) => new LinkContact(new TicketContact(call, ContactChannel.Voice), at, by));
            });
            mutation.Field("changeTicket(id: ID!, topic: String, priority: TicketPriority, customer: ID): TicketPayload!")
                .Description("Changes what is given; an empty topic is none. Priority and customer have the clock run by other promises.").Authorize(DeskAccess.Desks).Resolve(ChangeAsync);
        });
    }

    private static void Command(ComplexTypeDescriptor<object> mutation, string field, string description, Func<IResolverContext, string, SlaTerms, DateTimeOffset, TicketCommand> command) =>
        mutation.Field(field).Description(description).Authorize(DeskAccess.Desks).Resolve(context => HandleAsync(context, (by, terms, at) => command(context, by, terms, at)));

    private static async Task<TicketPayload> OpenAsync(IResolverContext context)
    {
        var input = context.ArgumentValue<OpenTicketInput>("input");
        var call = input.Call is { } callId ? await context.CallAsync(callId) : null;
        if (input.Call is not null && call is null)
        {
            return Refused("CALL_NOT_FOUND", $"There is no call {input.Call}.", "input", "call");
        }

        var customer = input.Customer is { } customerId ? await context.CustomerAsync(customerId) : call is null ? null : await context.CustomerOfAsync(call);
        if (input.Customer is not null && customer is null)
        {
            return Refused("CUSTOMER_NOT_FOUND", $"There is no customer {input.Customer}.", "input", "customer");
        }

        var number = customer is null && call is { Direction: not CallDirection.Internal } ? await OutsideAsync(context, call) : null;
        var owner = await context.Service<UserStore>().AgentOfAsync(context.User().Id, context.RequestAborted) ?? call?.AgentId;
        var channel = call is not null ? ContactChannel.Voice : input.Channel ?? ContactChannel.ByHand;
        var by = context.User().UserName;
        var (id, position, refusal) = await context.Service<TicketDesk>().OpenAsync(
            (ticket, drawn, terms, at) => new OpenTicket(
                ticket, drawn, input.Subject, input.Priority ?? TicketPriority.Normal, channel, terms, at, by, number, customer?.Id, input.Description, input.Topic ?? call?.Topic,
                customer?.Segment ?? call?.Segment, call?.Id ?? input.Contact, owner),
            by, context.RequestAborted);
        return await AnswerAsync(context, id, (position, refusal));
    }

    private static async Task<TicketPayload> ChangeAsync(IResolverContext context)
    {
        var id = context.ArgumentValue<Guid>("id");
        var commands = new List<Func<string, SlaTerms, DateTimeOffset, TicketCommand>>();
        if (context.ArgumentValue<Guid?>("customer") is { } customerId)
        {
            if (await context.CustomerAsync(customerId) is not { } customer)
            {
                return Refused("CUSTOMER_NOT_FOUND", $"There is no customer {customerId}.", "customer");
            }

            commands.Add((by, terms, at) => new SetTicketCustomer(customer.Id, customer.Segment, terms, at, by));
        }

        if (context.ArgumentValue<string?>("topic") is { } topic)
        {
            commands.Add((by, _, at) => new ChangeTopic(topic, at, by));
        }

        if (context.ArgumentValue<TicketPriority?>("priority") is { } priority)
        {
            commands.Add((by, terms, at) => new ChangePriority(priority, terms, at, by));
        }

        var (by, last, desk) = (context.User().UserName, 0L, context.Service<TicketDesk>());
        foreach (var command in commands)
        {
            var (position, refusal) = await desk.HandleAsync(id, (terms, at) => command(by, terms, at), by, ct: context.RequestAborted);
            if (refusal is not null)
            {
                return await AnswerAsync(context, id, (last, refusal));
            }

            last = Math.Max(last, position);
        }

        return await AnswerAsync(context, id, (last, null));
    }

    private static async Task<TicketPayload> HandleAsync(IResolverContext context, Func<string, SlaTerms, DateTimeOffset, TicketCommand> command)
    {
        var (id, by) = (context.ArgumentValue<Guid>("id"), context.User().UserName);
        return await AnswerAsync(context, id, await context.Service<TicketDesk>().HandleAsync(id, (terms, at) => command(by, terms, at), by, ct: context.RequestAborted));
    }

    /// <summary>The ticket as it is after a command, or why it was not carried out.</summary>
    private static async Task<TicketPayload> AnswerAsync(IResolverContext context, Guid id, (long Position, Refusal? Refusal) result)
    {
        await context.CatchUpAsync(result.Position);
        var ticket = (await context.Service<TicketQueries>().GetAsync([id], context.RequestAborted)).GetValueOrDefault(id);
        return new TicketPayload(result.Refusal is null ? ticket : null, DeskAccess.ErrorsOf(result.Refusal));
    }

    /// <summary>The number of the phone outside, in plain: the store keeps it under its key again. Null when it was withheld or forgotten.</summary>
    private static async Task<string?> OutsideAsync(IResolverContext context, CallView call)
    {
        var number = await context.RevealAsync(call.Id, PersonalKinds.Number, call.Direction == CallDirection.Outbound ? call.To : call.From);
        return string.IsNullOrEmpty(number) || number == PersonVault.ForgottenText ? null : number;
    }

    private static TicketPayload Refused(string code, string message, params IReadOnlyList<string> path) => new(null, [new UserError(code, message, path)]);
}
