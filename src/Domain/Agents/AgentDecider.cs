using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Agents.AgentEvent>;

namespace CallCenter.Domain.Agents;

/// <summary>What may happen to an agent. One call at a time is kept here, whoever routes.</summary>
public static class AgentDecider
{
    /// <summary>Why an agent is signed out whose phone is registered no more.</summary>
    public const string PhoneGone = "phone-unregistered";

    /// <summary>What the reasons begin with for which we sign agents out: <c>system-restart</c>, <c>system-shutdown</c>.</summary>
    public const string OursPrefix = "system-";

    private const int LongestWrapUpExtension = 3600;

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

            (ChangeDesk { Desk.Fault: { } fault }, _) => Refuse("DESK", fault),
            (ChangeDesk c, _) => Accept(new AgentDeskChanged(agent.Id, c.Desk, at)),
            (ChangeAgentLogin { Number: { } number }, _) when number.Length is 0 or > 8 || !number.All(char.IsAsciiDigit) => Refuse("AGENT_NUMBER", $"\"{number}\" is not a number of 1 to 8 digits."),
            (ChangeAgentLogin c, _) => Accept(new AgentLoginChanged(agent.Id, c.Number, at)),
            (SeatAgent c, _) when c.Extension == agent.Extension => agent.Status == AgentStatus.SignedOut ? SignedIn() : Accept(),
            (SeatAgent c, AgentStatus.SignedOut) => Accept([new AgentSeated(agent.Id, c.Extension, at), .. SignedIn().Events]),
            (SeatAgent c, _) when agent.CallId is null => Accept(new AgentSeated(agent.Id, c.Extension, at)),

            (SignInAgent, AgentStatus.SignedOut) => SignedIn(),
            (SignInAgent, _) => Accept(),
            (SignOutAgent, AgentStatus.SignedOut) => Accept(),
            (SignOutAgent c, _) => Accept(new AgentSignedOut(agent.Id, c.Reason, at)),
            (ReleaseAgent c, _) when agent.CallId != c.CallId => Accept(),
            (_, AgentStatus.SignedOut) => Refuse("AGENT_SIGNED_OUT", $"Agent {agent.Name} is not signed in."),

            (OfferToAgent c, AgentStatus.Available) => Status(AgentStatus.Offered, c.CallId),
            (OccupyAgent c, AgentStatus.Available) => Status(AgentStatus.Busy, c.CallId),
            (OccupyAgent c, AgentStatus.Offered) when agent.CallId == c.CallId => Status(AgentStatus.Busy, c.CallId),
            (OccupyAgent { Own: true } c, AgentStatus.NotReady) =>
                Accept(new AgentStatusChanged(agent.Id, AgentStatus.Busy, at, c.CallId), new AgentStatusRequested(agent.Id, AgentStatus.NotReady, at, agent.Reason)),
            (MoveAgent c, AgentStatus.Busy) when agent.CallId == c.FromCallId => Status(AgentStatus.Busy, c.CallId),
            (WrapUpAgent c, AgentStatus.Busy) when agent.CallId == c.CallId => Status(AgentStatus.WrapUp, c.CallId),
            (ReleaseAgent, _) when agent.Pending is { Status: AgentStatus.SignedOut } pause => Accept(new AgentSignedOut(agent.Id, pause.Reason ?? "by-hand", at)),
            (ReleaseAgent, _) when agent.Pending is { } pause => Status(pause.Status, null, pause.Reason),
            (ReleaseAgent c, _) => Status(AgentStatus.Available, null, c.Reason),
            (SetAgentReady { Ready: true }, AgentStatus.NotReady) => Status(AgentStatus.Available, null),
            (SetAgentReady { Ready: true }, _) when agent.Pending is null => Accept(),
            (SetAgentReady { Ready: true }, _) => Accept(new AgentStatusRequested(agent.Id, AgentStatus.Available, at)),
            (SetAgentReady c, AgentStatus.Available or AgentStatus.NotReady) => Status(AgentStatus.NotReady, null, c.Reason),
            (SetAgentReady c, _) => Accept(new AgentStatusRequested(agent.Id, AgentStatus.NotReady, at, c.Reason)),
            (LeaveShift c, _) when string.IsNullOrWhiteSpace(c.Reason) || c.Reason == PhoneGone || c.Reason.StartsWith(OursPrefix, StringComparison.Ordinal) =>
                Refuse("REASON", $"\"{c.Reason}\" is no reason of a person's."),
            (LeaveShift c, _) when agent.CallId is null => Accept(new AgentSignedOut(agent.Id, c.Reason, at)),
            (LeaveShift c, _) => Accept(new AgentStatusRequested(agent.Id, AgentStatus.SignedOut, at, c.Reason)),
            (ExtendWrapUp { Seconds: < 1 } c, _) => Refuse("WRAP_UP_EXTENSION", $"A wrap-up is made longer by 1 s or more, not {c.Seconds}."),
            (ExtendWrapUp c, AgentStatus.WrapUp) when agent.WrapUpExtensionSeconds + c.Seconds > LongestWrapUpExtension =>
                Refuse("WRAP_UP_EXTENSION", $"A wrap-up is made longer by {LongestWrapUpExtension} s at most, in all."),
            (ExtendWrapUp c, AgentStatus.WrapUp) when agent.CallId is { } call => Accept(new AgentWrapUpExtended(agent.Id, call, c.Seconds, at)),

            (OfferToAgent or OccupyAgent or MoveAgent or WrapUpAgent or SeatAgent or ExtendWrapUp, _) =>
                Refuse("AGENT_STATUS", $"{command.GetType().Name} is not possible while agent {agent.Name} is {agent.Status}."),
            _ => throw new UnreachableException($"Agent does not decide {command.GetType().Name}."),
        };

        Decision<AgentEvent> SignedIn() => agent.Resumes is { } pause && agent.GoesOnAt(at)
            ? Accept(new AgentSignedIn(agent.Id, at), new AgentStatusChanged(agent.Id, pause.Status, at, null, pause.Reason))
            : Accept(new AgentSignedIn(agent.Id, at));

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
