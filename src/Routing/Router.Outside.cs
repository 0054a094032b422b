using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Calls to numbers outside, by the dial plan: an agent's own, and those that are sent there.</summary>
public sealed partial class Router
{
    /// <summary>Rings the agent's phone, and when it answers the number.</summary>
    /// <param name="agentId">Who calls.</param>
    /// <param name="number">As people write it.</param>
    /// <param name="user">Who asks.</param>
    /// <returns>The call's id, or why not: <c>AGENT_NOT_FOUND</c>, <c>NOT_PERMITTED</c>, <c>NO_ROUTE</c>, <c>NUMBER</c>, <c>UNAVAILABLE</c>, <c>AGENT_STATUS</c>.</returns>
    public async Task<(Guid CallId, Refusal? Refusal)> DialOutAsync(Guid agentId, string number, string user)
    {
        var id = Guid.CreateVersion7();
        return (id, await AskOfAgentAsync(agentId, user, agent =>
        {
            var (outside, refusal) = _dialPlan.Route(number, agent.State.Desk.DialClass);
            return outside is null ? refusal : RunErrand(
                new Errand(agent, id, leg => DialOut(new LiveCall(id, default, $"{id:N}@dial-out", agent.State.Extension!) { To = Dialled.Compact(number), Agent = agent, AgentLeg = leg }, outside), () => { }),
                Dialled.Compact(number),
                displayName: null);
        }));
    }

    /// <summary>An agent's phone dials what is no number of ours.</summary>
    /// <returns>False when that is nothing for the dial plan.</returns>
    private bool TryDialOut(IncomingCall incoming)
    {
        if (_dialPlan.Rules.Count == 0 || incoming.Source is not ExtensionSource source || !_extensions.TryGetValue(source.Extension, out var agent)
            || EntryOf(incoming.To) is not null || _extensions.ContainsKey(incoming.To))
        {
            return false;
        }

        var call = new LiveCall(Guid.CreateVersion7(), default, incoming.SipCallId, incoming.From) { To = incoming.To, Agent = agent, AgentLeg = incoming.Leg };
        var (outside, refusal) = _dialPlan.Route(incoming.To, agent.State.Desk.DialClass);
        if (outside is null)
        {
            var (status, reason) = ResponseTo(refusal!);
            Take(StepOf(call).Call(call, ReceiveOf(call), new FailCall(refusal!.Code == "NOT_PERMITTED" ? "not-permitted" : "no-such-number", Now)).Then(() => _switch.Reject(incoming.Leg, status, reason)));
            return true;
        }

        DialOut(call, outside);
        return true;
    }

    private ReceiveCall ReceiveOf(LiveCall call) => new(call.Id, CallDirection.Outbound, call.From, call.To, Now, call.SipCallId);

    private void DialOut(LiveCall call, OutsideCall outside)
    {
        var now = Now;
        var agent = call.Agent!;
        var step = StepOf(call).Call(call, ReceiveOf(call), new DialOutside(agent.Id, outside.Trunk, now));

        // An agent who talks already consults: the call at hand stays the agent's.
        if (agent.State.Status is AgentStatus.Available or AgentStatus.NotReady)
        {
            step.Agent(agent, new OccupyAgent(call.Id, now, Own: true));
        }

        _calls.Add(call.Id, call);
        _legs.Add(call.AgentLeg!.Value, call);
        _switch.Name(call.AgentLeg.Value, call.Id);
        Take(step.Then(() => WhileIn(call, CallPhase.Received, () =>
        {
            var leg = _switch.Originate(outside.Number, outside.Trunk, new OriginateOptions { FromUser = call.From, FromDisplayName = agent.State.Name, RingTimeout = DirectRing, CodecsOf = call.AgentLeg });
            call.CallerLeg = leg;
            _legs.Add(leg, call);
            _switch.Name(leg, call.Id);
        })));
    }

    /// <summary>The agent's call whose outside leg this is, while that has not answered.</summary>
    private LiveCall? DialledTo(LegId leg) =>
        _legs.TryGetValue(leg, out var call) && call is { State.Phase: CallPhase.Received, Agent: not null, AgentLeg: not null } && call.CallerLeg == leg ? call : null;

    private void DialledAnswered(LiveCall call)
    {
        Take(StepOf(call).Call(call, new OutsideAnswered(call.Agent!.Id, Now)).Then(() => WhileIn(call, CallPhase.Connected, () =>
        {
            _switch.Answer(call.AgentLeg!.Value);
            Bridge(call);
        })));
        WatchLength(call);
    }

    private void DialledFailed(LiveCall call, LegEnded ended)
    {
        var now = Now;
        var agent = call.Agent!;
        var agentLeg = call.AgentLeg!.Value;
        var (cause, status) = ended switch
        {
            { Reason: LegEndReason.Rejected, SipStatus: { } refused } => (refused is 486 or 600 ? "busy" : "refused", refused),
            { Reason: LegEndReason.NoAnswer } => ("no-answer", 408),
            _ => ("unreachable", 503),
        };
        _calls.Remove(call.Id);
        Take(StepOf(call).Call(call, new FailCall(cause, now)).Agent(agent, new ReleaseAgent(call.Id, now)).Then(() =>
        {
            // The one has no effect on a phone that was answered, the other none on one that was not.
            _switch.Reject(agentLeg, status, ended.Text is { Length: > 0 } text ? text : "Not Reached");
            _switch.HangUp(agentLeg, HangUpCause.Normal);
        }));
        SignOutIfGone(agent);
    }

    /// <summary>Sends a call that talks with nobody to a number outside; when it answers, the two talk.</summary>
    /// <param name="call">Not in a queue.</param>
    /// <param name="number">As it was dialled or written.</param>
    /// <param name="allowed">What may be dialled for it.</param>
    /// <param name="first">What comes before.</param>
    private void SendOutside(LiveCall call, string number, DialClass allowed, params ReadOnlySpan<CallCommand> first)
    {
        var (outside, refusal) = _dialPlan.Route(number, allowed);
        if (outside is null)
        {
            var (status, reason) = ResponseTo(refusal!);
            Finish(call, first, new FailCall(refusal!.Code == "NOT_PERMITTED" ? "not-permitted" : "no-such-number", Now), status, reason);
            return;
        }

        var handover = new Handover(HandoverKind.Blind, asked: null) { Outside = outside, Number = Dialled.Compact(number) };
        call.Handover = handover;
        Take(StepOf(call).Call(call, [.. first, new DialOutside(null, outside.Trunk, Now)]).Then(() =>
        {
            if (call.Handover == handover)
            {
                RingFor(call, handover);
            }
        }));
    }
}
