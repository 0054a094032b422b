using CallCenter.GraphQL.Types;
using CallCenter.Projections.Queues;

namespace CallCenter.Api.Schema;

internal static class QueueTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<QueueView>("Queue", type =>
        {
            type.Description("A queue as it is now.");
            type.Field("id: ID!", q => q.Id);
            type.Field(q => q.Name);
            type.Field(q => q.Number).Description("The number to dial; null for a queue that is known only from imported history.");
            type.Field(q => q.Waiting);
            type.Field(q => q.LongestWaitSeconds).Description("Wait so far of the caller who has waited longest; 0 when nobody waits.");
            type.Field(q => q.EstimatedWaitSeconds).Description(
                "For a caller who came now, by the last waits and intervals of the queue. Null when there is nothing to go by.");
            type.Field(q => q.AgentsAvailable);
            type.Field("settings: QueueSettings!", q => q.Settings);
        });
        schema.AddQueryType(query => query.Field("queues: [Queue!]!").Description("All queues, by name.").Authorize()
            .Resolve(context => context.Service<QueueQueries>().GetAsync(null, context.RequestAborted)));
    }
}
