using CallCenter.Domain.Agents;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Agents;

namespace CallCenter.Api.Schema;

internal static class AgentTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<AgentStatus>();
        schema.AddObjectType<AgentView>("Agent", type =>
        {
            type.Field("id: ID!", a => a.Id);
            type.Field(a => a.Name);
            type.Field(a => a.Status);
            type.Field(a => a.StatusSince);
            type.Field(a => a.Reason).Description("Why, where there is more to say than the status.");
            type.Field(a => a.Extension);
            type.Field("skills: [Skill!]!", a => a.Attributes.Skills.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new SkillView(s.Key, s.Value)).ToArray());
            type.Field("groups: [String!]!", a => a.Attributes.Groups).Description("What tiers of queues name.");
            type.Field("team: String", a => a.Attributes.Team).Description("Whose supervisors oversee the agent.");
            type.Field("queues: [Queue!]!").Description("The queues that the agent serves.")
                .Resolve(async (agent, context) => (await Task.WhenAll(agent.Queues.Select(q => context.QueueAsync(q)))).OfType<object>());
        });
        schema.AddObjectType<SkillView>("Skill", type =>
        {
            type.Field(s => s.Name);
            type.Field(s => s.Proficiency).Description("1 to 10.");
        });
        Connections.AddTo<AgentView>(schema, "Agent");
        schema.AddQueryType(query =>
        {
            query.Field("agents(first: Int = 50, after: String): AgentConnection!").Description("All agents, by name.").Authorize().Resolve(context =>
            {
                var agents = context.Service<AgentQueries>();
                return context.ConnectAsync(agents.PageAsync, c => agents.CountAsync(c.RequestAborted));
            });
            query.Field("agent(id: ID!, at: DateTime): Agent").Description("An agent, now or as it was at an instant.").Authorize().Resolve(async context =>
            {
                var id = context.ArgumentValue<Guid>("id");
                if (context.ArgumentValue<DateTimeOffset?>("at") is not { } at)
                {
                    return await context.AgentAsync(id);
                }

                var events = await context.StreamAsync(id, at);
                return events is [{ Data: AgentCreated }, ..] ? Fold(events.Select(e => (AgentEvent)e.Data), events.Count) : null;
            });
        });
    }

    private static AgentView Fold(IEnumerable<AgentEvent> events, long version)
    {
        var agent = events.Aggregate(Agent.Initial, Agent.Evolve);
        return new AgentView(agent.Id, agent.Name, agent.Extension, agent.Queues, agent.Status, agent.Since, agent.Reason, agent.CallId, version) { Attributes = agent.Attributes };
    }
}

internal sealed record SkillView(string Name, int Proficiency);
