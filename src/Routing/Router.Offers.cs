using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Offers: phones that ring for a call, and what becomes of an offer that nobody takes.</summary>
public sealed partial class Router
{
    private static readonly TimeSpan PauseAfterMissedOffer = TimeSpan.FromSeconds(3);

    /// <summary>Takes the step that offers the call to the agent; once that is durable, the agent's phone rings.</summary>
    private void Ring(LiveCall call, LiveOffer offer, TimeSpan ringTime, string? displayName, Step step) =>
        Ring(call, [offer], new OriginateOptions { FromUser = call.From, FromDisplayName = displayName, RingTimeout = ringTime, CodecsOf = call.CallerLeg }, step);

    /// <summary>Takes the step that offers the call to several agents; once that is durable, all their phones ring.</summary>
    private void Ring(LiveCall call, IReadOnlyList<LiveOffer> offers, OriginateOptions options, Step step)
    {
        Take(step.Then(() =>
        {
            // Whoever answers first, or leaves, while this is written withdraws the others.
            foreach (var offer in offers.Where(call.Offers.Contains))
            {
                var leg = _switch.Originate(offer.Agent.State.Extension!, options);
                offer.Leg = leg;
                _legs.Add(leg, call);
                _switch.Name(leg, call.Id);
            }
        }));
        call.Offers.AddRange(offers);
    }

    /// <summary>Adds to a step that nobody is offered the call any more.</summary>
    /// <returns>The offers; <see cref="HangUp"/> ends their ringing when the step is durable.</returns>
    private static List<LiveOffer> Withdraw(LiveCall call, Step step, DateTimeOffset at)
    {
        List<LiveOffer> offers = [.. call.Offers];
        call.Offers.Clear();
        offers.ForEach(offer => step.Agent(offer.Agent, new ReleaseAgent(call.Id, at)));
        return offers;
    }

    private void HangUp(List<LiveOffer> offers)
    {
        foreach (var leg in offers.Select(offer => offer.Leg).OfType<LegId>())
        {
            _switch.HangUp(leg, HangUpCause.Normal);
        }
    }

    private void NotAnswered(LiveCall call, LiveOffer offer, LegEnded ended)
    {
        call.Offers.Remove(offer);
        if (call.State.IsDirect)
        {
            NotReached(call, offer, ended);
        }
        else
        {
            Missed(call, offer.Agent, WhyNot(ended));
        }
    }

    private void Missed(LiveCall call, LiveAgent agent, NonResponse reason)
    {
        var now = Now;

        // An agent who is not there is no help to the callers who would ring there next (RONA: redirect on no answer).
        agent.MissedInARow++;
        var isAway = call.Queue is { Settings.RonaAfter: > 0 and var most } && agent.MissedInARow >= most;
        agent.MissedInARow = isAway ? 0 : agent.MissedInARow;
        AgentCommand[] commands = isAway ? [new ReleaseAgent(call.Id, now), new SetAgentReady(Ready: false, "rona", now)] : [new ReleaseAgent(call.Id, now)];
        Take(StepOf(call).Call(call, new MissOffer(agent.Id, reason, now)).Agent(agent, commands));
        call.Contact = call.Contact with { Missed = call.Contact.Missed.Append(new(agent.Id, 0)).GroupBy(m => m.Key).ToDictionary(m => m.Key, m => m.Max(times => times.Value) + (m.Key == agent.Id ? 1 : 0)) };
        PauseOffers(agent, PauseAfterMissedOffer);
        SignOutIfGone(agent);
        Reconsider(call);
    }

    /// <summary>For a while no queue offers the agent a call.</summary>
    private void PauseOffers(LiveAgent agent, TimeSpan pause)
    {
        agent.OfferableFrom = Now + pause;
        _agenda.In(pause, () =>
        {
            _newlyIdle.Add(agent);
            Dispatch();
        });
    }
}
