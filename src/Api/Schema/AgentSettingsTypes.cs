using CallCenter.Api.Accounts;
using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Agents;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

internal sealed record AgentSettingsPayload(AgentView? Agent, IReadOnlyList<UserError> Errors);

/// <summary>Agents as they are made and changed.</summary>
internal static class AgentSettingsTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<AgentSettingsPayload>(type =>
        {
            type.Field("agent: Agent", p => p.Agent);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<SkillInput>("SkillInput", _ => { });
        schema.AddInputObjectType<AgentInput>("AgentInput", type =>
        {
            type.Description("All settings of an agent. A SIP password that is not given stays as it is; without one the extension's phone cannot register.");
            type.Field("queues: [ID!]! = []");
            type.Field("skills: [SkillInput!]! = []");
            type.Field("groups: [String!]! = []");
        });
        schema.AddMutationType(mutation =>
        {
            mutation.Field("createAgent(input: AgentInput!): AgentSettingsPayload!").Description("Makes an agent; the phone of the extension signs it in.").Authorize(Access.Guards).Resolve(context =>
            {
                var (id, input) = (Guid.CreateVersion7(), context.ArgumentValue<AgentInput>("input"));
                var create = new CreateAgent(id, input.Name, input.Extension, input.Queues, Now(context), input.ToAttributes());
                return ConfigureAsync(context, id, input, router => router.CreateAgentAsync(create, context.User().UserName));
            });
            mutation.Field("changeAgent(id: ID!, input: AgentInput!): AgentSettingsPayload!").Description("Gives an agent all these settings, whatever it does at the moment.").Authorize(Access.Guards).Resolve(context =>
            {
                var (id, input) = (context.ArgumentValue<Guid>("id"), context.ArgumentValue<AgentInput>("input"));
                var change = new ChangeAgent(input.Name, input.Extension, input.Queues, Now(context), input.ToAttributes());
                return ConfigureAsync(context, id, input, router => router.ChangeAgentAsync(id, change, context.User().UserName));
            });
        });
    }

    private static DateTimeOffset Now(IResolverContext context) => context.Service<TimeProvider>().GetUtcNow();

    private static async Task<AgentSettingsPayload> ConfigureAsync(IResolverContext context, Guid id, AgentInput input, Func<Router, Task<Refusal?>> command)
    {
        if (await command(context.Service<Router>()) is { } refusal)
        {
            return new AgentSettingsPayload(null, [new UserError(refusal.Code, refusal.Message)]);
        }

        var center = context.Service<Center>();
        if (input is { Extension: { } extension, SipPassword: { } password })
        {
            await center.Phones.SetAsync(extension, password, input.Name, context.RequestAborted);
        }

        await center.ShowAsync(context.RequestAborted);
        return new AgentSettingsPayload((await context.Service<AgentQueries>().GetAsync([id], context.RequestAborted)).GetValueOrDefault(id), []);
    }
}

internal sealed record SkillInput(string Name, int Proficiency);

internal sealed record AgentInput(string Name, string? Extension, string? SipPassword, IReadOnlyList<Guid> Queues, IReadOnlyList<SkillInput> Skills, IReadOnlyList<string> Groups, string? Team)
{
    // Of a skill that is named twice the last counts.
    public AgentAttributes ToAttributes() => new()
    {
        Skills = Skills.GroupBy(s => s.Name, StringComparer.Ordinal).ToDictionary(s => s.Key, s => s.Last().Proficiency, StringComparer.Ordinal), Groups = Groups, Team = Team,
    };
}
