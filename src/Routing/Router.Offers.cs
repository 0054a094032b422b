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
        if (_stopping || _waiting.Count == 0)
        {
            return;
        }

        var now = Now;
        var idle = _idle
            .Where(a => a.PhoneRegistered && a.OfferableFrom <= now)
            .Select(a => new IdleAgent(a.Id, a.State.Queues, a.State.Since)).ToList();
        if (idle.Count == 0)
        {
            return;
        }

        var waiting = _waiting.Select(c => new WaitingCall(c.Id, c.State.QueueId!.Value, c.RankedSince, c.Missed)).ToList();
        foreach (var proposal in LongestIdle.Propose(new FloorPicture(waiting, idle)))
        {
            Offer(_calls[proposal.CallId], _agents[proposal.AgentId]);
        }
    }

    private void Offer(LiveCall call, LiveAgent agent)
    {
        var now = Now;
        Take(new Step(call.SipCallId).Call(call, new OfferCall(agent.Id, now)).Agent(agent, new OfferToAgent(call.Id, now)).Then(() =>
        {
            if (call.State.Phase == CallPhase.Offered && call.Agent == agent && call.AgentLeg is null)
            {
                var leg = _switch.Originate(agent.State.Extension!, new OriginateOptions
                {
                    FromUser = call.From,
                    FromDisplayName = call.DisplayName,
                    RingTimeout = TimeSpan.FromSeconds(call.Queue!.Settings.RingSeconds),
                    CodecsOf = call.CallerLeg,
                });
                call.AgentLeg = leg;
                _legs.Add(leg, call);
                _switch.Name(leg, call.Id);
            }
        }));
        call.Agent = agent;
    }

    private void Missed(LiveCall call, LiveAgent agent, NonResponse reason)
    {
        var now = Now;
        Take(new Step(call.SipCallId).Call(call, new MissOffer(agent.Id, reason, now)).Agent(agent, new ReleaseAgent(call.Id, now)));
        call.Agent = null;
        call.Missed[agent.Id] = call.Missed.GetValueOrDefault(agent.Id) + 1;
        agent.OfferableFrom = now + PauseAfterMissedOffer;
        _agenda.In(PauseAfterMissedOffer, Dispatch);
        SignOutIfGone(agent);
    }
}
