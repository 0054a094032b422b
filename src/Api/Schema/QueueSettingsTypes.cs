using CallCenter.Api.Queues;
using CallCenter.Domain;
using CallCenter.Domain.Queues;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Queues;

namespace CallCenter.Api.Schema;

internal sealed record QueuePayload(QueueView? Queue, IReadOnlyList<UserError> Errors);

/// <summary>What supervisors set on queues.</summary>
internal static class QueueSettingsTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<DistributionMethod>();
        schema.AddEnumType<SkillStrength>();
        schema.AddEnumType<OverflowCause>();
        AddOutputs(schema);
        AddInputs(schema);
        schema.AddMutationType(mutation =>
        {
            mutation.Field("createQueue(input: QueueInput!): QueuePayload!").Description("Makes a queue; its number can be dialled at once.").Authorize(Access.Guards)
                .Resolve(context => ConfigureAsync(context, null));
            mutation.Field("changeQueue(id: ID!, input: QueueInput!): QueuePayload!").Description("Gives a queue all these settings. Who waits in it keeps the place.").Authorize(Access.Guards)
                .Resolve(context => ConfigureAsync(context, context.ArgumentValue<Guid>("id")));
        });
    }

    private static void AddOutputs(SchemaBuilder schema)
    {
        schema.AddObjectType<QueueSettings>(type =>
        {
            type.Description("What a supervisor sets on a queue.");
            type.Field("number: String", s => s.Number);
            type.Field("ringSeconds: Int!", s => s.RingSeconds);
            type.Field("wrapUpSeconds: Int!", s => s.WrapUpSeconds);
            type.Field("shortAbandonSeconds: Int!", s => s.ShortAbandonSeconds);
            type.Field("method: DistributionMethod!", s => s.Method).Description("Which of the agents who can take a contact gets it.");
            type.Field("priority: Int!", s => s.Priority).Description("Points; one counts as a minute waited.");
            type.Field("segmentPriorities: [SegmentPriority!]!", s => s.SegmentPriorities.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new SegmentPriority(p.Key, p.Value)).ToArray());
            type.Field("serviceLevelSeconds: Int!", s => s.ServiceLevelSeconds);
            type.Field("urgencySeconds: Int!", s => s.UrgencySeconds).Description("What the rank gains as the wait nears the service level.");
            type.Field("skills: [SkillNeed!]!", s => s.Skills);
            type.Field("tiers: [QueueTier!]!", s => s.Tiers);
            type.Field("order: [ID!]!", s => s.Order).Description("Agents in the order of HUNTING and TOP_DOWN.");
            type.Field("lastAgentPatienceSeconds: Int!", s => s.LastAgentPatienceSeconds);
            type.Field("overflow: [OverflowRule!]!", s => s.Overflow);
            type.Field("calendar: ID", s => s.CalendarId);
            type.Field("language: String!", s => s.Language);
            type.Field("announcements: QueueAnnouncements!", s => s.Announcements);
            type.Field("ronaAfter: Int!", s => s.RonaAfter).Description("Missed offers in a row after which an agent is made not ready; 0: never.");
            type.Field("autoAnswer: Boolean!", s => s.AutoAnswer);
            type.Field("record: Boolean!", s => s.Record);
            type.Field("callbackKey: String", s => s.CallbackKey).Description("The key by which a waiting caller asks to be called back; null: none.");
            type.Field("voicemailKey: String", s => s.VoicemailKey).Description("The key by which a waiting caller leaves a message instead; null: none.");
            type.Field("keepAudioDays: Int!", s => s.KeepAudioDays).Description("Recordings and messages of the queue are deleted when they are so many days old; 0: never.");
        });
        schema.AddObjectType<SegmentPriority>(type =>
        {
            type.Field("segment: String!", p => p.Segment);
            type.Field("priority: Int!", p => p.Priority);
        });
        schema.AddObjectType<SkillNeed>(type =>
        {
            type.Field("name: String!", n => n.Name);
            type.Field("minimum: Int!", n => n.Minimum);
            type.Field("strength: SkillStrength!", n => n.Strength);
            type.Field("relaxations: [SkillRelaxation!]!", n => n.Relaxations);
        });
        schema.AddObjectType<SkillRelaxation>(type =>
        {
            type.Field("afterSeconds: Int!", r => r.AfterSeconds);
            type.Field("minimum: Int!", r => r.Minimum).Description("0 drops the need.");
        });
        schema.AddObjectType<QueueTier>(type =>
        {
            type.Field("groups: [String!]!", t => t.Groups);
            type.Field("afterSeconds: Int!", t => t.AfterSeconds).Description("Wait from which the tier is asked too.");
        });
        schema.AddObjectType<OverflowRule>(type =>
        {
            type.Field("cause: OverflowCause!", r => r.Cause);
            type.Field("threshold: Int!", r => r.Threshold);
            type.Field("to: Destination!", r => r.To);
        });
        schema.AddObjectType<QueueAnnouncements>(type =>
        {
            type.Field("firstAfterSeconds: Int!", a => a.FirstAfterSeconds);
            type.Field("everySeconds: Int!", a => a.EverySeconds).Description("0: only the first.");
            type.Field("position: Boolean!", a => a.Position);
            type.Field("estimatedWait: Boolean!", a => a.EstimatedWait);
            type.Field("texts: [String!]!", a => a.Texts).Description("Said one after the other, one at each announcement.");
        });
        schema.AddObjectType<QueuePayload>(type =>
        {
            type.Field("queue: Queue", p => p.Queue);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
    }

    private static void AddInputs(SchemaBuilder schema)
    {
        schema.AddInputObjectType<SegmentPriorityInput>("SegmentPriorityInput", _ => { });
        schema.AddInputObjectType<SkillRelaxationInput>("SkillRelaxationInput", _ => { });
        schema.AddInputObjectType<SkillNeedInput>("SkillNeedInput", type =>
        {
            type.Field("strength: SkillStrength! = REQUIRED");
            type.Field("relaxations: [SkillRelaxationInput!]! = []");
        });
        schema.AddInputObjectType<QueueTierInput>("QueueTierInput", type => type.Field("groups: [String!]!"));
        schema.AddInputObjectType<OverflowRuleInput>("OverflowRuleInput", type =>
        {
            type.Field("threshold: Int! = 0");
            type.Field("to: DestinationInput!");
        });
        schema.AddInputObjectType<QueueAnnouncementsInput>("QueueAnnouncementsInput", type =>
        {
            type.Field("firstAfterSeconds: Int! = 0");
            type.Field("everySeconds: Int! = 20");
            type.Field("position: Boolean! = true");
            type.Field("estimatedWait: Boolean! = false");
            type.Field("texts: [String!]! = []");
        });
        schema.AddInputObjectType<QueueInput>("QueueInput", type =>
        {
            type.Description("All settings of a queue.");
            type.Field("ringSeconds: Int! = 15");
            type.Field("wrapUpSeconds: Int! = 30");
            type.Field("shortAbandonSeconds: Int! = 5");
            type.Field("method: DistributionMethod! = LONGEST_IDLE");
            type.Field("priority: Int! = 0");
            type.Field("segmentPriorities: [SegmentPriorityInput!]! = []");
            type.Field("serviceLevelSeconds: Int! = 20");
            type.Field("urgencySeconds: Int! = 0");
            type.Field("skills: [SkillNeedInput!]! = []");
            type.Field("tiers: [QueueTierInput!]! = []");
            type.Field("order: [ID!]! = []");
            type.Field("lastAgentPatienceSeconds: Int! = 0");
            type.Field("overflow: [OverflowRuleInput!]! = []");
            type.Field("calendar: ID");
            type.Field("language: String! = \"en\"");
            type.Field("ronaAfter: Int! = 0");
            type.Field("autoAnswer: Boolean! = false");
            type.Field("record: Boolean! = false");
            type.Field("keepAudioDays: Int! = 0");
        });
    }

    private static async Task<QueuePayload> ConfigureAsync(IResolverContext context, Guid? id)
    {
        var (queue, refusal) = await context.Service<QueueConfiguration>().ConfigureQueueAsync(
            id, context.ArgumentValue<QueueInput>("input").ToSettings(), context.User().UserName, context.RequestAborted);
        return refusal is null
            ? new QueuePayload((await context.Service<QueueQueries>().GetAsync([queue], context.RequestAborted))[0], [])
            : new QueuePayload(null, [new UserError(refusal.Code, refusal.Message)]);
    }
}

internal sealed record SegmentPriority(string Segment, int Priority);

internal sealed record SegmentPriorityInput(string Segment, int Priority);

internal sealed record SkillRelaxationInput(int AfterSeconds, int Minimum);

internal sealed record SkillNeedInput(string Name, int Minimum, SkillStrength Strength, IReadOnlyList<SkillRelaxationInput> Relaxations)
{
    public SkillNeed ToNeed() => new(Name, Minimum, Strength) { Relaxations = [.. Relaxations.Select(r => new SkillRelaxation(r.AfterSeconds, r.Minimum))] };
}

internal sealed record QueueTierInput(IReadOnlyList<string> Groups, int AfterSeconds);

internal sealed record OverflowRuleInput(OverflowCause Cause, int Threshold, DestinationInput To);

internal sealed record QueueAnnouncementsInput(int FirstAfterSeconds, int EverySeconds, bool Position, bool EstimatedWait, IReadOnlyList<string> Texts);

internal sealed record QueueInput(
    string Name, string? Number, int RingSeconds, int WrapUpSeconds, int ShortAbandonSeconds, DistributionMethod Method, int Priority, IReadOnlyList<SegmentPriorityInput> SegmentPriorities,
    int ServiceLevelSeconds, int UrgencySeconds, IReadOnlyList<SkillNeedInput> Skills, IReadOnlyList<QueueTierInput> Tiers, IReadOnlyList<Guid> Order, int LastAgentPatienceSeconds,
    IReadOnlyList<OverflowRuleInput> Overflow, Guid? Calendar, string Language, QueueAnnouncementsInput? Announcements, int RonaAfter, bool AutoAnswer, bool Record,
    string? CallbackKey, string? VoicemailKey, int KeepAudioDays)
{
    public QueueSettings ToSettings() => new(Name, Number, RingSeconds, WrapUpSeconds, ShortAbandonSeconds)
    {
        Method = Method,
        Priority = Priority,

        // Of a segment that is named twice the last counts.
        SegmentPriorities = SegmentPriorities.GroupBy(p => p.Segment, StringComparer.Ordinal).ToDictionary(p => p.Key, p => p.Last().Priority, StringComparer.Ordinal),
        ServiceLevelSeconds = ServiceLevelSeconds,
        UrgencySeconds = UrgencySeconds,
        Skills = [.. Skills.Select(skill => skill.ToNeed())],
        Tiers = [.. Tiers.Select(t => new QueueTier(t.Groups, t.AfterSeconds))],
        Order = Order,
        LastAgentPatienceSeconds = LastAgentPatienceSeconds,
        Overflow = [.. Overflow.Select(r => new OverflowRule(r.Cause, r.Threshold, new Destination(r.To.Kind, r.To.Target)))],
        CalendarId = Calendar,
        Language = Language,
        Announcements = Announcements is { } a ? new QueueAnnouncements(a.FirstAfterSeconds, a.EverySeconds, a.Position, a.EstimatedWait) { Texts = a.Texts } : new QueueAnnouncements(),
        RonaAfter = RonaAfter,
        AutoAnswer = AutoAnswer,
        Record = Record,
        CallbackKey = CallbackKey,
        VoicemailKey = VoicemailKey,
        KeepAudioDays = KeepAudioDays,
    };
}
