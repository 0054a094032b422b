using CallCenter.Api.Accounts;
using CallCenter.Api.Customers;
using CallCenter.Domain;
using CallCenter.Domain.Holds;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Customers;

namespace CallCenter.Api.Schema;

internal sealed record LegalHoldPayload(LegalHold? Hold, IReadOnlyList<UserError> Errors);

/// <summary>What must not be erased, and who says so.</summary>
internal static class HoldTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<LegalHold>(type =>
        {
            type.Description("Nothing of its customer or import batch is erased, forgotten or reverted while it holds.");
            type.Field("id: ID!", h => h.Id);
            type.Field("customer: Customer").Description("Null for a hold on a batch.").Resolve((hold, context) => context.CustomerAsync(hold.CustomerId));
            type.Field("batch: String", h => h.Batch).Description("Null for a hold on a customer.");
            type.Field("reason: String!", h => h.Reason);
            type.Field("setAt: DateTime!", h => h.SetAt);
            type.Field("setBy: String", h => h.SetBy);
            type.Field("releasedAt: DateTime", h => h.Release?.OccurredAt).Description("Null while it holds.");
            type.Field("releasedBy: String", h => h.Release?.By);
            type.Field("releaseReason: String", h => h.Release?.Reason);
        });
        schema.AddObjectType<LegalHoldPayload>(type =>
        {
            type.Field("hold: LegalHold", p => p.Hold);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddObjectTypeExtension<CustomerView>("Customer", type => type.Field("legalHolds: [LegalHold!]!").Description("Those that hold the customer, or who was merged into it.").Authorize(Access.Overseers)
            .Resolve(async (customer, context) =>
            {
                var family = await context.Service<CustomerQueries>().FamilyAsync(customer.Id, context.RequestAborted);
                return (await context.Service<HoldRegister>().ReadAsync(context.RequestAborted)).Active.Where(hold => hold.CustomerId is { } held && family.Contains(held)).ToList();
            }));
        schema.AddQueryType(query => query.Field("legalHolds(released: Boolean = false): [LegalHold!]!").Description("Those that hold, the oldest first; with those that were released if that is asked for.")
            .Authorize(Access.Auditors).Resolve(async context =>
            {
                var (holds, released) = (await context.Service<HoldRegister>().ReadAsync(context.RequestAborted), context.ArgumentValue<bool>("released"));
                return holds.All.Where(hold => released || hold.Release is null).ToList();
            }));
        schema.AddMutationType(mutation =>
        {
            mutation.Field("setLegalHold(customer: ID, batch: String, reason: String!): LegalHoldPayload!")
                .Description("Keeps what there is of a customer, or of an import batch, from being erased, forgotten or reverted, until the hold is released.").Authorize(Access.Name(Role.Administrator)).Resolve(async context =>
                {
                    var (id, refusal) = await context.Service<HoldRegister>().SetAsync(
                        context.ArgumentValue<Guid?>("customer"), context.ArgumentValue<string?>("batch"), context.ArgumentValue<string>("reason"), context.User().UserName, context.RequestAborted);
                    return await AnswerAsync(context, id, refusal);
                });
            mutation.Field("releaseLegalHold(id: ID!, reason: String!): LegalHoldPayload!")
                .Description("Ends a hold. What should have been erased meanwhile is erased within moments.").Authorize(Access.Name(Role.Administrator)).Resolve(async context =>
                {
                    var id = context.ArgumentValue<Guid>("id");
                    return await AnswerAsync(context, id, await context.Service<HoldRegister>().ReleaseAsync(id, context.ArgumentValue<string>("reason"), context.User().UserName, context.RequestAborted));
                });
        });
    }

    private static async Task<LegalHoldPayload> AnswerAsync(IResolverContext context, Guid id, Refusal? refusal) => new(
        refusal is null ? (await context.Service<HoldRegister>().ReadAsync(context.RequestAborted)).All.Single(hold => hold.Id == id) : null, DeskAccess.ErrorsOf(refusal));
}
