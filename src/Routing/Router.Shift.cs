using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.EventStore;

namespace CallCenter.Routing;

/// <summary>An agent's shift: status, wrap-up, desk and seat.</summary>
public sealed partial class Router
{
    private const string ByHand = "by-hand";

    /// <summary>Makes an agent available, not ready, or signs it out. With a call at hand the last two take effect when that is over; available ends a wrap-up.</summary>
    /// <param name="agentId">Whose status.</param>
    /// <param name="status">One of the three.</param>
    /// <param name="reason">Why.</param>
    /// <param name="user">Who asks.</param>
    /// <returns>Why not: <c>AGENT_NOT_FOUND</c>, <c>AGENT_SIGNED_OUT</c>, <c>STATUS</c>, <c>UNAVAILABLE</c>.</returns>
    public Task<Refusal?> SetStatusAsync(Guid agentId, AgentStatus status, string? reason, string user) => AskOfAgentAsync(agentId, user, agent => SetStatus(agent, status, reason));

    /// <summary>Signs an agent out, whatever it does: its call is ended. For those who are away from their desk.</summary>
    /// <returns>Why not: <c>AGENT_NOT_FOUND</c>, <c>REASON</c>.</returns>
    public Task<Refusal?> SignOutAsync(Guid agentId, string? reason, string user) => AskOfAgentAsync(agentId, user, agent =>
    {
        // First asked for, so that whatever ends the call signs the agent out as well.
        var refusal = SetStatus(agent, AgentStatus.SignedOut, reason);
        HangUp([.. _listeners.Values.Where(visit => visit.Agent == agent).Select(visit => visit.Leg)]);
        if (refusal is null && SecondOf(agent) is { } second)
        {
            End(second, new EndCall(CallParty.System, "agent-signed-out", Now), wrapUp: false);
        }

        if (refusal is null && agent.State.CallId is { } id && _calls.TryGetValue(id, out var call))
        {
            if (call.Agent == agent && call.State.Phase == CallPhase.WrapUp)
            {
                CompleteWrapUp(call, new CompleteWrapUp(Now));
            }
            else if (call.Agent == agent && call.State.IsLive)
            {
                End(call, new EndCall(CallParty.System, "agent-signed-out", Now), wrapUp: false);
            }
            else
            {
                // A guest of the call: it goes on without.
                HangUp([.. call.Conference?.Parties.Where(party => party.Agent == agent).Select(party => party.Leg) ?? [], .. call.Supervisors.Where(s => s.Agent == agent).Select(s => s.Leg)]);
            }
        }

        if (agent.State is { Status: AgentStatus.WrapUp, CallId: { } left })
        {
            Take(StepOf(null).Agent(agent, new ReleaseAgent(left, Now)));
        }

        return refusal;
    });

    /// <summary>Makes the agent's wrap-up longer.</summary>
    /// <returns>Why not: <c>AGENT_NOT_FOUND</c>, <c>AGENT_STATUS</c>, <c>WRAP_UP_EXTENSION</c>.</returns>
    public Task<Refusal?> ExtendWrapUpAsync(Guid agentId, int seconds, string user) => AskOfAgentAsync(agentId, user, agent =>
    {
        Take(StepOf(null).Agent(agent, new ExtendWrapUp(seconds, Now)));
        return null;
    });

    /// <summary>Changes what the agent's phone does by itself, and what it may.</summary>
    /// <param name="agentId">Whose desk.</param>
    /// <param name="change">From the desk as it is to the desk as it is to be; pure.</param>
    /// <param name="user">Who asks.</param>
    /// <returns>Why not: <c>AGENT_NOT_FOUND</c>, <c>DESK</c>.</returns>
    public Task<Refusal?> ChangeDeskAsync(Guid agentId, Func<Desk, Desk> change, string user) => AskOfAgentAsync(agentId, user, agent =>
    {
        SetDesk(agent, change);
        return null;
    });

    /// <summary>Says where an agent's calls go that it does not take.</summary>
    /// <param name="agentId">Whose.</param>
    /// <param name="kind">Which calls.</param>
    /// <param name="to">What a call can be transferred to; null for nowhere.</param>
    /// <param name="user">Who asks.</param>
    /// <returns>Why not: <c>AGENT_NOT_FOUND</c>, <c>DESK</c>.</returns>
    public Task<Refusal?> ForwardAsync(Guid agentId, ForwardKind kind, string? to, string user) => AskOfAgentAsync(agentId, user, agent =>
    {
        if (kind == ForwardKind.Redirected)
        {
            return new Refusal("DESK", "Where a phone itself sends a call is the phone's setting.");
        }

        SetForward(agent, kind, to);
        return null;
    });

    /// <summary>Puts on record by which number the agent signs in at any phone.</summary>
    /// <returns>Why not: <c>AGENT_NOT_FOUND</c>, <c>AGENT_NUMBER</c>.</returns>
    public Task<Refusal?> ChangeLoginAsync(Guid agentId, string? number, string user) => AskOfAgentAsync(agentId, user, agent =>
    {
        Take(StepOf(null).Agent(agent, new ChangeAgentLogin(number, Now)));
        return null;
    });

    private Task<Refusal?> AskOfAgentAsync(Guid agentId, string user, Func<LiveAgent, Refusal?> command) => AskAsync(user, () =>
        _agents.TryGetValue(agentId, out var agent) ? command(agent) : new Refusal("AGENT_NOT_FOUND", "There is no such agent."));

    private void SetDesk(LiveAgent agent, Func<Desk, Desk> change) => Take(StepOf(null).Agent(agent, new ChangeDesk(change(agent.State.Desk), Now)));

    private void SetForward(LiveAgent agent, ForwardKind kind, string? target)
    {
        var to = target is null ? null : TargetOf(target);
        SetDesk(agent, desk => kind switch
        {
            ForwardKind.Always => desk with { ForwardAlways = to },
            ForwardKind.Busy => desk with { ForwardBusy = to },
            _ => desk with { ForwardNoAnswer = to },
        });
    }

    private Refusal? SetStatus(LiveAgent agent, AgentStatus status, string? reason)
    {
        var now = Now;
        switch (status)
        {
            case AgentStatus.Available when agent.State.Status == AgentStatus.SignedOut && !agent.PhoneRegistered:
                return new Refusal("UNAVAILABLE", $"The phone of agent {agent.State.Name} is not registered.");
            case AgentStatus.Available when agent.State.Status == AgentStatus.SignedOut:
                Take(StepOf(null).Agent(agent, new SignInAgent(now)));
                return null;
            case AgentStatus.Available when agent.State is { Status: AgentStatus.WrapUp, CallId: { } id }:
                Take(StepOf(null).Agent(agent, new SetAgentReady(true, null, now)));
                EndWrapUp(agent, id);
                return null;
            case AgentStatus.Available:
                Take(StepOf(null).Agent(agent, new SetAgentReady(true, null, now)));
                return null;
            case AgentStatus.NotReady:
                Take(StepOf(null).Agent(agent, new SetAgentReady(false, reason ?? FeatureCodes.ReasonOf(""), now)));
                return null;
            case AgentStatus.SignedOut:
                var seat = agent.State.Seat;
                Take(StepOf(null).Agent(agent, new LeaveShift(reason ?? ByHand, now)));
                LeftSeat(agent, seat);
                return null;
            default:
                return new Refusal("STATUS", $"{status} follows from calls; a person sets available, not ready or signed out.");
        }
    }

    /// <summary>The agent's wrap-up is over, whether the call is still its own or somebody else's.</summary>
    private void EndWrapUp(LiveAgent agent, Guid callId)
    {
        if (_calls.TryGetValue(callId, out var call) && call.Agent == agent && call.State.Phase == CallPhase.WrapUp)
        {
            CompleteWrapUp(call, new CompleteWrapUp(Now));
        }
        else
        {
            Take(StepOf(null).Agent(agent, new ReleaseAgent(callId, Now)));
            SignOutIfGone(agent);
        }
    }

    /// <summary>The phone is there: its agent is signed in, unless it left by hand while the phone stayed.</summary>
    private void SignIn(LiveAgent agent)
    {
        agent.PhoneRegistered = true;
        if (!agent.State.LeftByHand || agent.PhoneWasGone)
        {
            Take(StepOf(null).Agent(agent, new SignInAgent(Now)));
        }
    }

    /// <summary>An agent who has left a seat is found at its own phone again; whoever owns the seat, at that.</summary>
    private void LeftSeat(LiveAgent agent, string? seat)
    {
        if (seat is not null && agent.State.Seat is null)
        {
            Reseat();
        }
    }

    /// <summary>Who sits where, anew: a seat that is taken comes before the phone's owner.</summary>
    private void Reseat()
    {
        _extensions.Clear();
        foreach (var agent in _agents.Values.Where(agent => agent.State.Seat is null).Concat(_agents.Values.Where(agent => agent.State.Seat is not null)))
        {
            if (agent.State.Extension is { } extension)
            {
                _extensions[extension] = agent;
            }
        }

        foreach (var agent in _agents.Values)
        {
            agent.PhoneRegistered = agent.State.Extension is { } extension && _extensions[extension] == agent && _registered.Contains(extension);
        }
    }

    private void ConfigureDialling(StoredEvent stored)
    {
        if (stored.Data is DialPlanEvent e)
        {
            _dialPlan = DialPlan.Evolve(_dialPlan, e);
        }
    }
}
