using CallCenter.Api.Accounts;
using CallCenter.Api.Flows;
using CallCenter.Domain;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Flows;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

internal sealed record FlowPayload(FlowView? Flow, IReadOnlyList<UserError> Errors)
{
    /// <summary>Each fault of a flow is an error of its own.</summary>
    public static FlowPayload Of((FlowView? Flow, Refusal? Refusal) done) => new(
        done.Flow, done.Refusal is not { } refusal ? [] : [.. refusal.Message.Split('\n').Select(line => new UserError(refusal.Code, line))]);
}

internal static class FlowTypes
{
    private static readonly string[] Administrators = [Access.Name(Role.Administrator)];

    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<FlowView>("Flow", type =>
        {
            type.Description("An IVR flow: what a caller meets before any person.");
            type.Field("id: ID!", f => f.Id);
            type.Field("name: String!", f => f.Name);
            type.Field("activeVersion: Int", f => f.Active).Description("The version that calls go through; null before the first activation.");
            type.Field("versions: [FlowVersion!]!", f => f.Versions).Description("The latest first.");
        });
        schema.AddObjectType<FlowVersionView>("FlowVersion", type =>
        {
            type.Field("version: Int!", v => v.Version);
            type.Field("source: String!", v => v.Source).Description("YAML, as `/schemas/flow.json` describes it.");
            type.Field("savedAt: DateTime!", v => v.SavedAt);
            type.Field("activatedAt: DateTime", v => v.ActivatedAt).Description("When it was made the active one last.");
        });
        schema.AddObjectType<FlowPayload>(type =>
        {
            type.Field("flow: Flow", p => p.Flow);
            type.Field("errors: [UserError!]!", p => p.Errors).Description("Of a flow with faults one for each, with line and column.");
        });
        schema.AddQueryType(query => query.Field("flows: [Flow!]!").Description("All flows, by name.").Authorize(Access.Overseers)
            .Resolve(context => context.Service<FlowQueries>().GetAsync(context.RequestAborted)));
        schema.AddMutationType(mutation =>
        {
            mutation.Field("saveFlow(source: String!): FlowPayload!").Description("Keeps a flow's text as its next version. No call goes through it before it is activated.").Authorize(Administrators)
                .Resolve(async context => FlowPayload.Of(await context.Service<FlowConfiguration>().SaveAsync(context.ArgumentValue<string>("source"), context.User().UserName, context.RequestAborted)));
            mutation.Field("activateFlow(name: String!, version: Int): FlowPayload!").Description("Has calls go through a version, the latest unless said. Calls within the flow keep theirs.").Authorize(Administrators)
                .Resolve(async context =>
                {
                    var done = await context.Service<FlowConfiguration>().ActivateAsync(
                        context.ArgumentValue<string>("name"), context.ArgumentValue<int?>("version"), context.User().UserName, context.RequestAborted);
                    await context.Service<Router>().ConfigureAsync().WaitAsync(context.RequestAborted);
                    return FlowPayload.Of(done);
                });
        });
    }
}
