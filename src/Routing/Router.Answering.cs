using CallCenter.Domain;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>An agent answers from the screen: the phone that rings is told to.</summary>
public sealed partial class Router
{
    /// <summary>Lets the agent's phone answer the call that rings there.</summary>
    /// <param name="callId">A call that is offered or handed over to the agent.</param>
    /// <param name="agentId">Whose phone.</param>
    /// <param name="user">Who asks.</param>
    /// <returns>Why not: <c>CALL_NOT_FOUND</c>, <c>AGENT_NOT_FOUND</c>, <c>CALL_STATE</c>, <c>PHONE_UNABLE</c>.</returns>
    public Task<Refusal?> AnswerAsync(Guid callId, Guid agentId, string user) => AskOfCallAsync(callId, user, call =>
    {
        if (!_agents.TryGetValue(agentId, out var agent))
        {
            return new Refusal("AGENT_NOT_FOUND", "There is no such agent.");
        }

        var (leg, canBeTold) = RingingAt(call, agent);
        if (leg is not { } ringing)
        {
            return new Refusal("CALL_STATE", $"The call does not ring at agent {agent.State.Name}.");
        }

        if (!canBeTold)
        {
            return new Refusal("PHONE_UNABLE", $"The phone of agent {agent.State.Name} has not said that it can be told to answer (Allow-Events: talk).");
        }

        _switch.TellToAnswer(ringing);
        return null;
    });

    private static (LegId? Leg, bool CanBeTold) RingingAt(LiveCall call, LiveAgent agent) =>
        call.Offers.Find(offer => offer.Agent == agent) is { } offered ? (offered.Leg, offered.CanBeTold)
        : call.Handover is { Talks: false } handover && handover.To == agent ? (handover.Leg, handover.CanBeTold)
        : (null, false);
}
