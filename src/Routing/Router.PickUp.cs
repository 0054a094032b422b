using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Taking a call that rings at a colleague's phone.</summary>
public sealed partial class Router
{
    /// <summary>Rings the agent's phone, and connects it with a caller who waits or rings elsewhere.</summary>
    /// <returns>Why not: <c>CALL_STATE</c>, <c>UNAVAILABLE</c>, <c>AGENT_STATUS</c>.</returns>
    public Task<Refusal?> PickUpAsync(Guid callId, Guid agentId, string user) => AskOfCallAsync(callId, user, call =>
        !_agents.TryGetValue(agentId, out var agent) ? new Refusal("AGENT_NOT_FOUND", "There is no such agent.")
        : !call.Waits ? new Refusal("CALL_STATE", "The call neither waits nor rings.")
        : RunErrand(new Errand(agent, call.Id, leg => PickUp(call, agent, leg), () => { }), call.From, call.DisplayName));

    /// <summary>The call that rings at a colleague, or the one that rings longest at one who serves a queue of the agent's.</summary>
    /// <param name="agent">Who wants it.</param>
    /// <param name="extension">The colleague's; empty for the group's.</param>
    private LiveCall? RingingFor(LiveAgent agent, string extension) => _offered
        .Where(call => call.Offers.Exists(offer => offer.Agent != agent
            && (extension.Length == 0 ? offer.Agent.State.Queues.Intersect(agent.State.Queues).Any() : string.Equals(offer.Agent.State.Extension, extension, StringComparison.Ordinal))))
        .MinBy(call => (call.State.LastAt, call.Id));

    private void PickUp(LiveCall call, LiveAgent agent, LegId leg)
    {
        if (!call.Waits)
        {
            // Somebody was faster.
            _switch.HangUp(leg, HangUpCause.Normal);
            if (agent.State.CallId == call.Id)
            {
                Take(StepOf(call).Agent(agent, new ReleaseAgent(call.Id, Now)));
            }

            return;
        }

        var now = Now;
        var isDirect = call.State.IsDirect;

        // First what can be refused: the phones that ring are the caller's only hope then.
        var step = Occupied(StepOf(call).Call(call, new PickUpCall(agent.Id, now)), agent, call.Id, now);

        // Who picks up may be one of those who are rung: that phone stops, and the agent stays.
        var own = call.Offers.FindAll(offer => offer.Agent == agent);
        call.Offers.RemoveAll(own.Contains);
        List<LiveOffer> offers = [.. own, .. Withdraw(call, step, now)];
        Complete(call, agent, step);
        Take(step.Then(() =>
        {
            HangUp(offers);
            _switch.Answer(leg);
            if (isDirect)
            {
                _switch.Answer(call.CallerLeg);
            }

            WhileIn(call, CallPhase.Connected, () => Bridge(call));
        }));
        _legs.Add(leg, call);
        _switch.Name(leg, call.Id);
        (call.Agent, call.AgentLeg) = (agent, leg);
        offers.ForEach(offer => SignOutIfGone(offer.Agent));
        WatchLength(call);
    }
}
