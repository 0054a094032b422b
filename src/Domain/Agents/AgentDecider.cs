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
            (CreateAgent c, _) => Accept(new AgentCreated(c.AgentId, c.Name, c.Extension, c.Queues, at)),
            _ when !agent.Exists => Refuse("AGENT_NOT_FOUND", "There is no such agent."),
            (ChangeAgent { Name: var name }, _) when string.IsNullOrWhiteSpace(name) => Refuse("AGENT_NAME_EMPTY", "An agent needs a name."),
            (ChangeAgent c, _) => Accept(new AgentChanged(agent.Id, c.Name, c.Extension, c.Queues, at)),

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
}
