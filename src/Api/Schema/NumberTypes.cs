using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Api.Flows;
using CallCenter.Domain;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Numbers;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Numbers;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

internal sealed record NumberPayload(NumberView? Number, IReadOnlyList<UserError> Errors);

internal static class NumberTypes
{
    private static readonly string[] Administrators = [Access.Name(Role.Administrator)];

    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<DestinationKind>();
        schema.AddObjectType<Destination>(type =>
        {
            type.Description("Where a contact goes.");
            type.Field("kind: DestinationKind!", d => d.Kind);
            type.Field("target: String", d => d.Target).Description("Which: a queue's name or id, an agent's id, a flow's name, a number, a mailbox.");
        });
        schema.AddObjectType<NumberView>("DialledNumber", type =>
        {
            type.Description("What a number of ours means to who dials it.");
            type.Field("number: String!", n => n.Number);
            type.Field("to: Destination!", n => n.Settings.To);
            type.Field("language: String", n => n.Settings.Language).Description("The voice that speaks, as espeak-ng names it; null for the flow's own.");
            type.Field("priority: Int!", n => n.Settings.Priority).Description("0 to 9, 9 the most.");
            type.Field("topic: String", n => n.Settings.Topic);
            type.Field("attributes: JSON!", n => JsonSerializer.SerializeToElement(n.Settings.Attributes)).Description("What its calls begin with.");
            type.Field("needs: ContactNeeds", n => n.Settings.Needs).Description("What its calls need of agents in whatever queue they come to, beside what the queue asks.");
        });
        schema.AddObjectType<ContactNeeds>(type =>
        {
            type.Field("skills: [SkillNeed!]!", n => n.Skills);
            type.Field("agent: Agent").Description("Who is waited for first.").Resolve((needs, context) => context.AgentAsync(needs.AgentId));
            type.Field("agentPatienceSeconds: Int!", n => n.AgentPatienceSeconds).Description("How long; then anybody has the call.");
        });
        schema.AddObjectType<NumberPayload>(type =>
        {
            type.Field("number: DialledNumber", p => p.Number);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<AttributeInput>("AttributeInput", _ => { });
        schema.AddInputObjectType<DestinationInput>("DestinationInput", _ => { });
        schema.AddInputObjectType<ContactNeedsInput>("ContactNeedsInput", type =>
        {
            type.Field("skills: [SkillNeedInput!]! = []");
            type.Field($"agentPatienceSeconds: Int! = {ContactNeeds.UsualPatienceSeconds}");
        });
        schema.AddInputObjectType<NumberInput>("NumberInput", type =>
        {
            type.Description("All settings of a number.");
            type.Field("to: DestinationInput!");
            type.Field("priority: Int! = 0");
            type.Field("attributes: [AttributeInput!]! = []");
        });
        schema.AddQueryType(query => query.Field("numbers: [DialledNumber!]!").Description("The numbers that are configured, in their order. A queue's own number needs none of these.").Authorize(Access.Overseers)
            .Resolve(context => context.Service<NumberQueries>().GetAsync(context.RequestAborted)));
        schema.AddMutationType(mutation =>
        {
            mutation.Field("configureNumber(input: NumberInput!): NumberPayload!").Description("Gives a dialled number all these settings, for calls from now on.").Authorize(Administrators).Resolve(async context =>
            {
                var input = context.ArgumentValue<NumberInput>("input");
                var (number, refusal) = await context.Service<NumberConfiguration>().ConfigureAsync(input.Number, input.ToSettings(), context.User().UserName, context.RequestAborted);
                await context.Service<Router>().ConfigureAsync().WaitAsync(context.RequestAborted);
                return new NumberPayload(number, Errors(refusal));
            });
            mutation.Field("removeNumber(number: String!): NumberPayload!").Description("Leaves a number without meaning of its own.").Authorize(Administrators).Resolve(async context =>
            {
                var refusal = await context.Service<NumberConfiguration>().RemoveAsync(context.ArgumentValue<string>("number"), context.User().UserName, context.RequestAborted);
                await context.Service<Router>().ConfigureAsync().WaitAsync(context.RequestAborted);
                return new NumberPayload(null, Errors(refusal));
            });
        });
    }

    private static IReadOnlyList<UserError> Errors(Refusal? refusal) => refusal is null ? [] : [new UserError(refusal.Code, refusal.Message)];
}

internal sealed record AttributeInput(string Name, string Value);

internal sealed record DestinationInput(DestinationKind Kind, string? Target);

internal sealed record ContactNeedsInput(IReadOnlyList<SkillNeedInput> Skills, Guid? Agent, int AgentPatienceSeconds)
{
    public ContactNeeds ToNeeds() => new() { Skills = [.. Skills.Select(skill => skill.ToNeed())], AgentId = Agent, AgentPatienceSeconds = AgentPatienceSeconds };
}

internal sealed record NumberInput(string Number, DestinationInput To, string? Language, int Priority, string? Topic, IReadOnlyList<AttributeInput> Attributes, ContactNeedsInput? Needs)
{
    public NumberSettings ToSettings() => new(new Destination(To.Kind, To.Target))
    {
        Language = Language,
        Priority = Priority,
        Topic = Topic,
        Needs = Needs?.ToNeeds(),

        // The later of two of one name counts, as in JSON.
        Attributes = Attributes.GroupBy(attribute => attribute.Name, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal),
    };
}
