using CallCenter.GraphQL.Types;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Queues;

namespace CallCenter.Api.Schema;

internal sealed record Floor(DateTimeOffset At);

internal static class FloorTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<Floor>(type =>
        {
            type.Description("The whole center now.");
            type.Field(f => f.At);
            type.Field("queues: [Queue!]!").Resolve(context => context.Service<QueueQueries>().GetAsync(null, context.RequestAborted));
            type.Field("agents: [Agent!]!").Resolve(async context =>
                (await context.Service<AgentQueries>().PageAsync(int.MaxValue - 1, null, context.RequestAborted)).Nodes);
            type.Field("calls: [Call!]!").Description("Calls that have not ended, wrap-up included.")
                .Resolve(context => context.Service<CallQueries>().LiveAsync(context.RequestAborted));
        });
        schema.AddQueryType(query => query.Field("floor: Floor!").Description("The whole center now.").Authorize(Access.Overseers)
            .Resolve(context => new Floor(context.Service<TimeProvider>().GetUtcNow())));
    }
}
