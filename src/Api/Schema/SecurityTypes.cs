using CallCenter.Domain;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Security;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

internal sealed record SourcePayload(string? Address, DateTimeOffset? Until, IReadOnlyList<UserError> Errors)
{
    public static SourcePayload Of(string? address, DateTimeOffset? until, Refusal? refusal) => new(address, until, refusal is null ? [] : [new UserError(refusal.Code, refusal.Message)]);
}

internal static class SecurityTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<BlockedSourceView>("BlockedSource", type =>
        {
            type.Description("An address that nothing is taken from: what it sends by SIP is dropped unread.");
            type.Field(s => s.Address).Description("An IPv4 address, or the /64 network of an IPv6 address.");
            type.Field(s => s.Reason);
            type.Field(s => s.Since);
            type.Field(s => s.Until).Description("When the block ends by itself.");
            type.Field("by: String", s => s.By).Description("User name of who blocked it; null when the telephony did.");
        });
        schema.AddObjectType<SourcePayload>(type =>
        {
            type.Field("address: String", p => p.Address);
            type.Field("until: DateTime", p => p.Until).Description("When the block ends; null when there is none now.");
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddQueryType(query => query.Field("blockedSources: [BlockedSource!]!").Description("The addresses that are blocked, the latest first.").Authorize(Access.Guards)
            .Resolve(context => context.Service<SourceQueries>().BlockedAsync(context.RequestAborted)));
        schema.AddMutationType(mutation =>
        {
            mutation.Field("blockSource(address: String!, reason: String!, minutes: Int! = 60): SourcePayload!")
                .Description("Stop listening to an address, or change how long a block lasts.").Authorize(Access.Guards).Resolve(async context =>
                {
                    var (block, refusal) = await context.Service<SourceBlocks>().BlockAsync(
                        context.ArgumentValue<string>("address"), context.ArgumentValue<string>("reason"), TimeSpan.FromMinutes(Math.Clamp(context.ArgumentValue<int>("minutes"), 0, 1_000_000)),
                        context.User().UserName, context.RequestAborted);
                    return SourcePayload.Of(block?.Address, block?.Until, refusal);
                });
            mutation.Field("unblockSource(address: String!): SourcePayload!").Description("Listen to an address again.").Authorize(Access.Guards).Resolve(async context =>
            {
                var (unblocked, refusal) = await context.Service<SourceBlocks>().UnblockAsync(
                    context.ArgumentValue<string>("address"), context.User().UserName, context.RequestAborted);
                return SourcePayload.Of(unblocked?.Address, until: null, refusal);
            });
        });
    }
}
