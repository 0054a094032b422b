using CallCenter.Api.Accounts;
using CallCenter.Api.Customers;
using CallCenter.Domain.Persons;
using CallCenter.GraphQL;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Customers;

namespace CallCenter.Api.Schema;

internal sealed record ForgetPayload(CustomerView? Customer, ForgettingReport? Forgetting, IReadOnlyList<UserError> Errors);

/// <summary>Forgetting customers, and seeing that they are.</summary>
internal static class ForgettingTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<ForgettingReport>("CustomerForgetting", type =>
        {
            type.Description("How the forgetting of somebody stands. What there is of keys, events and files is counted when it is asked for, by reading them.");
            type.Field("id: ID!", r => r.Id).Description("The stream that tells of it.");
            type.Field("customer: ID", r => r.CustomerId).Description("Null for a caller who was no customer.");
            type.Field("startedAt: DateTime!", r => r.StartedAt);
            type.Field("by: String", r => r.By);
            type.Field("reason: String!", r => r.Reason);
            type.Field("forgottenAt: DateTime", r => r.ForgottenAt).Description("When the keys had been destroyed; null while they have not.");
            type.Field("keysDestroyed: [ID!]!", r => r.KeysDestroyed).Description("As the tokens in events and read models name them.");
            type.Field("keysLeft: Int!", r => r.KeysLeft).Description("Keys that still open what was written.");
            type.Field("searchKeysLeft: Int!", r => r.SearchKeysLeft).Description("By which one of the keys would be found.");
            type.Field("eventsUnreadable: Int!", r => (int)Math.Min(r.EventsUnreadable, int.MaxValue)).Description("Events with texts that nobody can read any more.");
            type.Field("eventsReadable: Int!", r => (int)Math.Min(r.EventsReadable, int.MaxValue)).Description("Events with texts that a key still opens.");
            type.Field("audioErased: Int!", r => r.Remains.AudioErased).Description("Recordings and messages whose files are gone.");
            type.Field("audioLeft: Int!", r => r.Remains.AudioLeft).Description("Those whose files are there.");
            type.Field("laddersLeft: Int!", r => r.Remains.Ladders).Description("Calls whose SIP messages are kept.");
            type.Field("complete: Boolean!", r => r.IsComplete).Description("Nothing is left to be done. Until then the server goes on with it, and so does forgetCustomer.");
        });
        schema.AddObjectType<ForgetPayload>(type =>
        {
            type.Field("customer: Customer", p => p.Customer);
            type.Field("forgetting: CustomerForgetting", p => p.Forgetting);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddQueryType(query => query.Field("forgetting(customer: ID, id: ID): CustomerForgetting")
            .Description("The forgetting of a customer, or the one that a stream of the trail tells of; null when none has begun. Reads the whole trail anew.").Authorize(Access.Auditors).Resolve(FindAsync));
        schema.AddMutationType(mutation => mutation.Field("forgetCustomer(id: ID!, reason: String!): ForgetPayload!")
            .Description("Destroys the keys of all that was written of a customer, in events, read models and search, and erases recordings, messages and SIP messages of its calls. Figures stay. There is no way back. "
                + "The reason is kept for ever and must not name the customer. Where it was interrupted, it goes on.")
            .Authorize(Access.Name(Role.Administrator)).Resolve(ForgetAsync));
    }

    private static async Task<ForgetPayload> ForgetAsync(IResolverContext context)
    {
        var (id, ct) = (context.ArgumentValue<Guid>("id"), context.RequestAborted);
        var (_, refusal) = await context.Service<Forgetting>().ForgetAsync(id, context.ArgumentValue<string>("reason"), context.User().UserName, ct);
        return refusal is not null ? new ForgetPayload(null, null, DeskAccess.ErrorsOf(refusal)) : new ForgetPayload(
            (await context.Service<CustomerQueries>().GetAsync([id], ct)).GetValueOrDefault(id), await context.Service<ForgettingCheck>().RunAsync(PersonEvent.StreamOf(id), ct), []);
    }

    private static async Task<ForgettingReport?> FindAsync(IResolverContext context)
    {
        var (customer, stream, ct) = (context.ArgumentValue<Guid?>("customer"), context.ArgumentValue<Guid?>("id"), context.RequestAborted);
        if (customer is null == stream is null)
        {
            throw new GraphQLException("Say which forgetting, in one of the two ways.", ErrorCodes.BadUserInput);
        }

        // Who was merged into another was forgotten as that one.
        var winner = customer is { } id ? (await context.Service<CustomerQueries>().GetAsync([id], ct)).GetValueOrDefault(id)?.Id ?? id : Guid.Empty;
        return await context.Service<ForgettingCheck>().RunAsync(stream ?? PersonEvent.StreamOf(winner), ct);
    }
}
