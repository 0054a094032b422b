using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Agents.AgentEvent>;

namespace CallCenter.Domain.Agents;

/// <summary>What may happen to an agent. One call at a time is kept here, whoever routes.</summary>
public static class AgentDecider
{
    public static Decision<AgentEvent> Decide(AgentCommand command, Agent agent)
    {
        var at = command.At.NotBefore(agent.LastAt);
        return (command, agent.Status) switch
        {
            (CreateAgent, _) when agent.Exists => Refuse("AGENT_EXISTS", $"Agent {agent.Name} exists already."),
            (CreateAgent { Name: var name }, _) when string.IsNullOrWhiteSpace(name) => Refuse("AGENT_NAME_EMPTY", "An agent needs a name."),
            (CreateAgent { Attributes: { } a }, _) when Fault(a) is { } fault => Refuse("AGENT_ATTRIBUTES", fault),
            (CreateAgent c, _) => Accept(new AgentCreated(c.AgentId, c.Name, c.Extension, c.Queues, at, c.Attributes)),
            _ when !agent.Exists => Refuse("AGENT_NOT_FOUND", "There is no such agent."),
            (ChangeAgent { Name: var name }, _) when string.IsNullOrWhiteSpace(name) => Refuse("AGENT_NAME_EMPTY", "An agent needs a name."),
            (ChangeAgent { Attributes: { } a }, _) when Fault(a) is { } fault => Refuse("AGENT_ATTRIBUTES", fault),
            (ChangeAgent c, _) => Accept(new AgentChanged(agent.Id, c.Name, c.Extension, c.Queues, at, c.Attributes)),

            (SignInAgent, AgentStatus.SignedOut) => Accept(new AgentSignedIn(agent.Id, at)),
            (SignInAgent, _) => Accept(),
            (SignOutAgent, AgentStatus.SignedOut) => Accept(),
            (SignOutAgent c, _) => Accept(new AgentSignedOut(agent.Id, c.Reason, at)),
            (ReleaseAgent c, _) when agent.CallId != c.CallId => Accept(),
            (_, AgentStatus.SignedOut) => Refuse("AGENT_SIGNED_OUT", $"Agent {agent.Name} is not signed in."),

            (OfferToAgent c, AgentStatus.Available) => Status(AgentStatus.Offered, c.CallId),
            (OccupyAgent c, AgentStatus.Available) => Status(AgentStatus.Busy, c.CallId),
            (OccupyAgent c, AgentStatus.Offered) when agent.CallId == c.CallId => Status(AgentStatus.Busy, c.CallId),
            (WrapUpAgent c, AgentStatus.Busy) when agent.CallId == c.CallId => Status(AgentStatus.WrapUp, c.CallId),
            (ReleaseAgent c, _) => Status(AgentStatus.Available, null, c.Reason),
            (SetAgentReady { Ready: true }, AgentStatus.NotReady) => Status(AgentStatus.Available, null),
            (SetAgentReady { Ready: true }, AgentStatus.Available) => Accept(),
            (SetAgentReady { Ready: false } c, AgentStatus.Available or AgentStatus.NotReady) => Status(AgentStatus.NotReady, null, c.Reason),

            (OfferToAgent or OccupyAgent or WrapUpAgent or SetAgentReady, _) =>
                Refuse("AGENT_STATUS", $"{command.GetType().Name} is not possible while agent {agent.Name} is {agent.Status}."),
            _ => throw new UnreachableException($"Agent does not decide {command.GetType().Name}."),
        };

        Decision<AgentEvent> Status(AgentStatus status, Guid? call, string? reason = null) =>
            Accept(new AgentStatusChanged(agent.Id, status, at, call, reason));
    }

    private static string? Fault(AgentAttributes attributes) => attributes switch
    {
        { Skills: var skills } when skills.Keys.Any(string.IsNullOrWhiteSpace) => "A skill needs a name.",
        { Skills: var skills } when skills.FirstOrDefault(s => s.Value is < 1 or > 10) is { Key: { } name, Value: var value } => $"Skill {name}: proficiency is 1 to 10, not {value}.",
        { Groups: var groups } when groups.Any(string.IsNullOrWhiteSpace) => "A group needs a name.",
        { Team: { } team } when string.IsNullOrWhiteSpace(team) => "A team needs a name.",
        _ => null,
    };
}
