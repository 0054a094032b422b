using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Somebody else rings for a call: to have it, to be consulted, or to join it; and what becomes of that.</summary>
public sealed partial class Router
{
    /// <summary>Rings the other one; until that one answers the caller stays with who asked, or on hold where that one consults.</summary>
    private void HandOver(LiveCall call, Handover handover)
    {
        var now = Now;
        var step = StepOf(call);
        if (handover.To is { } to)
        {
            step.Agent(to, new OfferToAgent(call.Id, now));
        }

        if (handover.Kind == HandoverKind.Consult && call.State.Phase == CallPhase.Connected)
        {
            step.Call(call, new HoldCall(now));
        }

        call.Handover = handover;
        Take(step.Then(() =>
        {
            if (call.Handover != handover)
            {
                return;
            }

            Accept(handover.Asked);
            RingFor(call, handover);
            if (handover.Kind == HandoverKind.Consult && call.AgentLeg is { } agentLeg)
            {
                _switch.Unbridge(call.CallerLeg);
                _switch.Play(call.CallerLeg, _audio.OnHold, Guid.NewGuid());
                _switch.Play(agentLeg, DeskAudio.Ringing, Guid.NewGuid());
            }
        }));
    }

    private void RingFor(LiveCall call, Handover handover)
    {
        var consults = handover.Kind == HandoverKind.Consult;
        var options = new OriginateOptions
        {
            FromUser = consults && handover.To is not null ? call.Agent?.State.Extension ?? call.From : call.From,
            FromDisplayName = consults ? call.Agent?.State.Name : call.DisplayName,
            RingTimeout = DirectRing,
            CodecsOf = call.CallerLeg,
        };
        var leg = handover.Outside is { } outside ? _switch.Originate(outside.Number, outside.Trunk, options) : _switch.Originate(handover.To!.State.Extension!, options);
        handover.Leg = leg;
        _legs.Add(leg, call);
        _switch.Name(leg, call.Id);
    }

    /// <summary>Who rang for the call has answered.</summary>
    private void HandoverAnswered(LiveCall call, Handover handover)
    {
        switch (handover.Kind)
        {
            case HandoverKind.Consult when call.AgentLeg is { } agentLeg:
                handover.Talks = true;
                var step = StepOf(call);
                if (handover.To is { } to)
                {
                    step.Agent(to, new OccupyAgent(call.Id, Now));
                }

                Take(step.Then(() =>
                {
                    if (call.Handover == handover)
                    {
                        _switch.Bridge(agentLeg, handover.Leg!.Value);
                    }
                }));
                break;
            case HandoverKind.Conference when call.AgentLeg is not null || call.Conference is not null:
                Join(call, handover);
                break;
            default:
                HandedOver(call, handover, TransferKind.Blind);
                break;
        }
    }

    /// <summary>The agent who asked hung up before the other one answered: the caller is on hold for that, with music.</summary>
    private void LeftInHandover(LiveCall call, LiveAgent agent)
    {
        var step = StepOf(call);
        if (call.State.Phase == CallPhase.Connected)
        {
            step.Call(call, new HoldCall(Now));
        }

        Take(Leave(step, call, agent).Then(() =>
        {
            if (call.Handover is not null)
            {
                _switch.Play(call.CallerLeg, _audio.OnHold, Guid.NewGuid());
            }
        }));
        call.Agent = null;
    }

    /// <summary>The caller is the other one's from now on.</summary>
    private void HandedOver(LiveCall call, Handover handover, TransferKind kind)
    {
        var now = Now;
        var oldLeg = call.AgentLeg;
        var handed = call.State.Phase is CallPhase.Received or CallPhase.InIvr ? new OutsideAnswered(null, now)
            : handover.To is { } agent ? new TransferToAgent(agent.Id, kind, now)
            : (CallCommand)new TransferToNumber(handover.Number!, kind, now);
        var step = StepOf(call).Call(call, handed);
        if (handover is { To: { } to, Talks: false })
        {
            step.Agent(to, new OccupyAgent(call.Id, now));
        }

        step = call.Agent is { } left ? Leave(step, call, left) : step;
        (call.Agent, call.AgentLeg, call.Handover) = (handover.To, handover.Leg, null);
        Take(step.Then(() =>
        {
            Report(handover.Asked, 200, "OK");
            WhileIn(call, CallPhase.Connected, () =>
            {
                _switch.Answer(call.CallerLeg);
                Bridge(call);
            });
            EndNow(oldLeg, handover.Asked);
        }));
        WatchLength(call);
    }

    /// <summary>Who rang for the call did not answer, or talked with the agent and has gone.</summary>
    private void NotHandedOver(LiveCall call, Handover handover, LegEnded ended)
    {
        var now = Now;
        call.Handover = null;
        var step = StepOf(call);
        if (handover.To is { } to)
        {
            step.Agent(to, new ReleaseAgent(call.Id, now));
        }

        var status = ended is { Reason: LegEndReason.Rejected, SipStatus: { } refused } ? refused : 480;
        if (call.AgentLeg is not null || !call.State.IsLive)
        {
            var retrieves = handover.Kind == HandoverKind.Consult && call.State.Phase == CallPhase.OnHold;
            if (retrieves)
            {
                step.Call(call, new RetrieveCall(now));
            }

            Take(step.Then(() =>
            {
                Report(handover.Asked, status, ended.Text ?? "Temporarily Unavailable");
                if (retrieves)
                {
                    WhileIn(call, CallPhase.Connected, () => Bridge(call));
                }
            }));
        }
        else if (call.State.Phase is CallPhase.Received or CallPhase.InIvr)
        {
            Take(step);
            Finish(call, [], new FailCall(ended.Reason == LegEndReason.Rejected ? "refused" : "no-answer", now), status, ended.Text ?? "Temporarily Unavailable");
        }
        else if (call.Queue is { } queue)
        {
            // Nobody is left to take the caller back, so the queue does.
            call.Contact = WaitingForNobody(call.Contact);
            Take(step.Call(call, new TransferToQueue(queue.Id, now, NeedsOf(call.Contact))).Then(() => Announce(call)));
            Requeued(call, queue);
        }
        else
        {
            Take(step);
            End(call, new EndCall(CallParty.Agent, "hang-up", now), wrapUp: false);
        }

        if (handover.To is { } released)
        {
            SignOutIfGone(released);
        }
    }
}
