using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Floor;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Who is offered which call, and what becomes of an offer that nobody takes.</summary>
public sealed partial class Router
{
    private static readonly TimeSpan PauseAfterMissedOffer = TimeSpan.FromSeconds(3);

    /// <summary>Offers every call that can be offered now.</summary>
    private void Dispatch()
    {
        if (!_stopping)
        {
            CallBackTheBusy();
        }

        if (_stopping || _waiting.Count == 0 || _idle.Count == 0)
        {
            return;
        }

        var agents = _idle.Select(a => new AgentOnFloor(a.Id, a.State.Status, a.State.Since, a.State.Queues)
        {
            Attributes = a.State.Attributes, IsReachable = a.PhoneRegistered, OfferableFrom = a.OfferableFrom,
        }).ToList();
        var waiting = _waiting.Select(c => new WaitingContact(c.Id, c.State.QueueId!.Value, c.RankedSince) { Missed = c.Missed }).ToList();
        var queues = _waiting.Select(c => c.Queue!).DistinctBy(q => q.Id).ToDictionary(q => q.Id, q => new QueueOnFloor(q.Id, q.Settings));
        foreach (var proposal in Distributor.Propose(new FloorPicture(Now, waiting, agents, queues)))
        {
            Offer(_calls[proposal.ContactId], _agents[proposal.AgentIds[0]]);
        }
    }

    private void Offer(LiveCall call, LiveAgent agent)
    {
        var now = Now;
        Ring(call, agent, TimeSpan.FromSeconds(call.Queue!.Settings.RingSeconds), call.DisplayName, StepOf(call).Call(call, new OfferCall(agent.Id, now)).Agent(agent, new OfferToAgent(call.Id, now)));
    }

    /// <summary>Takes the step that offers the call to the agent; once that is durable, the agent's phone rings.</summary>
    private void Ring(LiveCall call, LiveAgent agent, TimeSpan ringTime, string? displayName, Step step)
    {
        var offer = new LiveOffer(agent);
        call.Offers.Add(offer);
        Take(step.Then(() =>
        {
            if (call.Offers.Contains(offer))
            {
                var leg = _switch.Originate(agent.State.Extension!, new OriginateOptions { FromUser = call.From, FromDisplayName = displayName, RingTimeout = ringTime, CodecsOf = call.CallerLeg });
                offer.Leg = leg;
                _legs.Add(leg, call);
                _switch.Name(leg, call.Id);
            }
        }));
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
            NotReached(call, offer.Agent, ended);
        }
        else
        {
            Missed(call, offer.Agent, WhyNot(ended));
        }
    }

    private void Missed(LiveCall call, LiveAgent agent, NonResponse reason)
    {
        var now = Now;
        Take(StepOf(call).Call(call, new MissOffer(agent.Id, reason, now)).Agent(agent, new ReleaseAgent(call.Id, now)));
        call.Missed[agent.Id] = call.Missed.GetValueOrDefault(agent.Id) + 1;
        agent.OfferableFrom = now + PauseAfterMissedOffer;
        _agenda.In(PauseAfterMissedOffer, Dispatch);
        SignOutIfGone(agent);
    }
}
