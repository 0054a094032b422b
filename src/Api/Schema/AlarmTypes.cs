using CallCenter.Api.Alarms;
using CallCenter.Api.Hosting;
using CallCenter.Domain.Alarms;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Alarms;
using CallCenter.Projections.Queues;

namespace CallCenter.Api.Schema;

internal sealed record AlarmThresholdsInput(int? WaitSeconds, int? Waiting, int? ServiceLevelPercent, int ServiceLevelSeconds, bool NobodySignedIn);

internal sealed record AlarmsPayload(QueueAlarms? Alarms, IReadOnlyList<UserError> Errors);

/// <summary>What is watched of queues, and what is wrong with them.</summary>
internal static class AlarmTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<AlarmKind>();
        schema.AddObjectType<AlarmRaised>("Alarm", type =>
        {
            type.Field("kind: AlarmKind!", a => a.Kind);
            type.Field("value: Float!", a => a.Value).Description("What the queue had come to.");
            type.Field("threshold: Float!", a => a.Threshold);
            type.Field("since: DateTime!", a => a.OccurredAt);
        });
        schema.AddObjectType<AlarmThresholds>("AlarmThresholds", type =>
        {
            type.Field("waitSeconds: Int", t => t.WaitSeconds).Description("The longest wait of a caller who still waits.");
            type.Field("waiting: Int", t => t.Waiting).Description("Callers who wait.");
            type.Field("serviceLevelPercent: Int", t => t.ServiceLevelPercent).Description("Of the contacts of the last 15 minutes, the share answered in time.");
            type.Field("serviceLevelSeconds: Int!", t => t.ServiceLevelSeconds);
            type.Field("nobodySignedIn: Boolean!", t => t.NobodySignedIn);
        });
        schema.AddObjectType<QueueAlarms>("QueueAlarms", type =>
        {
            type.Field("queue: Queue").Resolve((alarms, context) => context.QueueAsync(alarms.QueueId));
            type.Field("thresholds: AlarmThresholds!", a => a.Thresholds).Description("What is null is not watched.");
            type.Field("raised: [Alarm!]!", a => a.Raised.Values.OrderBy(alarm => alarm.Kind).ToArray());
        });
        schema.AddInputObjectType<AlarmThresholdsInput>("AlarmThresholdsInput", type =>
        {
            type.Field("serviceLevelSeconds: Int! = 20");
            type.Field("nobodySignedIn: Boolean! = false");
        });
        schema.AddObjectType<AlarmsPayload>(type =>
        {
            type.Field("alarms: QueueAlarms", p => p.Alarms);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddQueryType(query => query.Field("alarms: [QueueAlarms!]!").Description("The queues that are watched, with what is wrong with them now.").Authorize(Access.Overseers)
            .Resolve(context => context.Service<AlarmQueries>().GetAsync(context.RequestAborted)));
        schema.AddMutationType(mutation => mutation.Field("configureAlarms(queueId: ID!, thresholds: AlarmThresholdsInput!): AlarmsPayload!")
            .Description("What is watched of a queue from now on; what is not given is not watched.").Authorize(Access.Guards).Resolve(ConfigureAsync));
    }

    private static async Task<object?> ConfigureAsync(IResolverContext context)
    {
        var (id, input) = (context.ArgumentValue<Guid>("queueId"), context.ArgumentValue<AlarmThresholdsInput>("thresholds"));
        if ((await context.Service<QueueQueries>().GetAsync([id], context.RequestAborted)).Count == 0)
        {
            return new AlarmsPayload(null, [new UserError("QUEUE_NOT_FOUND", "There is no such queue.")]);
        }

        var thresholds = new AlarmThresholds
        {
            WaitSeconds = input.WaitSeconds, Waiting = input.Waiting, ServiceLevelPercent = input.ServiceLevelPercent, ServiceLevelSeconds = input.ServiceLevelSeconds, NobodySignedIn = input.NobodySignedIn,
        };
        var center = context.Service<Center>();
        var refusal = await AlarmWatch.ConfigureAsync(center, id, thresholds, context.Service<TimeProvider>().GetUtcNow(), context.User().UserName, context.RequestAborted);
        await center.ShowAsync(context.RequestAborted);
        return new AlarmsPayload((await context.Service<AlarmQueries>().GetAsync(context.RequestAborted)).FirstOrDefault(alarms => alarms.QueueId == id), DeskAccess.ErrorsOf(refusal));
    }
}
