using CallCenter.GraphQL.Types;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Floor;
using CallCenter.Projections.Queues;

namespace CallCenter.Api.Schema;

/// <param name="Past">What was then; null for now.</param>
internal sealed record Floor(DateTimeOffset At, FloorView? Past = null);

internal static class FloorTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<Floor>(type =>
        {
            type.Description("The whole center, now or as it was at an instant.");
            type.Field(f => f.At);
            type.Field("queues: [Queue!]!").Description("By name.").Resolve(async (floor, context) => floor.Past?.Queues ?? await context.Service<QueueQueries>().GetAsync(null, context.RequestAborted));
            type.Field("agents: [Agent!]!").Description("By name.").Resolve(async (floor, context) =>
                floor.Past?.Agents ?? (await context.Service<AgentQueries>().PageAsync(int.MaxValue - 1, null, context.RequestAborted)).Nodes);
            type.Field("calls: [Call!]!").Description("Calls that have not ended, wrap-up included, newest first. Their queue and agent are shown as these are now.")
                .Resolve(async (floor, context) => floor.Past?.Calls ?? await context.Service<CallQueries>().LiveAsync(context.RequestAborted));
        });
        schema.AddQueryType(query => query.Field("floor(at: DateTime): Floor!").Description("The whole center, now or as it was at an instant.").Authorize(Access.Overseers).Resolve(async context =>
            context.ArgumentValue<DateTimeOffset?>("at") is { } at
                ? new Floor(at, await context.Service<FloorQueries>().AtAsync(at, context.RequestAborted))
                : new Floor(context.Service<TimeProvider>().GetUtcNow())));
    }
}
