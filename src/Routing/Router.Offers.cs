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
