using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>An agent's own phone is rung for something the agent asked for elsewhere: it answers by itself where it can.</summary>
public sealed partial class Router
{
    private static readonly TimeSpan ErrandRing = TimeSpan.FromSeconds(20);

    /// <summary>What makes phones answer by themselves, in the words of several makers.</summary>
    private static readonly IReadOnlyDictionary<string, string> AnswerAtOnce = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Call-Info"] = "<sip:callcenter>;answer-after=0",
        ["Alert-Info"] = "<http://www.callcenter.invalid>;info=alert-autoanswer",
    };

    private readonly Dictionary<LegId, Errand> _errands = [];

    /// <param name="Agent">Whose phone rings.</param>
    /// <param name="CallId">The call that the agent is busy with meanwhile.</param>
    /// <param name="Answered">Goes on with the agent's leg.</param>
    /// <param name="Failed">Told that nobody answered, after the agent was let go.</param>
    private sealed record Errand(LiveAgent Agent, Guid CallId, Action<LegId> Answered, Action Failed);

    /// <summary>Rings an agent who has no other call at hand.</summary>
    /// <returns>Why not: <c>UNAVAILABLE</c>, or the decider's refusal.</returns>
    private Refusal? RunErrand(Errand errand, string fromUser, string? displayName, bool isOffer = false)
    {
        var agent = errand.Agent;
        if (!agent.PhoneRegistered || agent.State.Extension is not { } extension)
        {
            return new Refusal("UNAVAILABLE", $"The phone of agent {agent.State.Name} is not registered.");
        }

        // An agent who hung up has the phone in hand: it rings as for anybody.
        var isBusyWithIt = agent.State.CallId == errand.CallId;
        var step = isOffer ? StepOf(null).Agent(agent, new OfferToAgent(errand.CallId, Now)) : Occupied(StepOf(null), agent, errand.CallId, Now);
        Take(step.Then(() =>
        {
            var options = new OriginateOptions
            {
                FromUser = fromUser,
                FromDisplayName = displayName,
                RingTimeout = ErrandRing,
                ExtraHeaders = isOffer || isBusyWithIt ? OriginateOptionsHeaders : AnswerAtOnce,
            };
            _errands.Add(_switch.Originate(extension, options), errand);
        }));
        return null;
    }

    private static IReadOnlyDictionary<string, string> OriginateOptionsHeaders { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Nobody is to be rung for the call any more by whom it was the call at hand.</summary>
    private void EndErrands(LiveCall call)
    {
        foreach (var (leg, _) in _errands.Where(running => running.Value.CallId == call.Id && running.Value.Agent == call.Agent))
        {
            _switch.HangUp(leg, HangUpCause.Normal);
        }
    }

    private void ErrandFailed(Errand errand)
    {
        Take(StepOf(null).Agent(errand.Agent, new ReleaseAgent(errand.CallId, Now)));
        SignOutIfGone(errand.Agent);
        errand.Failed();
    }
}
