using System.Collections.ObjectModel;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>An agent's phone hands its caller over: to a queue, to another agent without a word (blind), or to one it has spoken to (attended).</summary>
public sealed partial class Router
{
    // A phone ends its leg itself when it is told that the transfer is done; this is for one that does not.
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);

    private void Transfer(TransferRequested asked)
    {
        var call = AgentLegOf(asked.Leg);
        if (asked.Replaced is { } replaced)
        {
            TransferAttended(asked, replaced);
        }
        else if (call is not { State.Phase: CallPhase.Connected or CallPhase.OnHold, Agent: { } agent, Handover: null })
        {
            // The caller of a call is no agent of it, and who only rings has nothing to hand over.
            _switch.RefuseTransfer(asked.Leg, asked.Transfer, 603, "Decline");
        }
        else if (_numbers.TryGetValue(asked.Target, out var queue))
        {
            TransferToQueue(call, agent, queue, asked);
        }
        else if (!_extensions.TryGetValue(asked.Target, out var to))
        {
            _switch.RefuseTransfer(asked.Leg, asked.Transfer, 404, "Not Found");
        }
        else if (!CanTake(to))
        {
            var (_, status, reason) = WhyNotTaken(to);
            _switch.RefuseTransfer(asked.Leg, asked.Transfer, status, reason);
        }
        else
        {
            HandOver(call, to, asked);
        }
    }

    private void TransferToQueue(LiveCall call, LiveAgent agent, LiveQueue queue, TransferRequested asked)
    {
        var now = Now;
        var leg = call.AgentLeg;
        Take(Leave(StepOf(call).Call(call, new TransferToQueue(queue.Id, now)), call, agent).Then(() =>
        {
            _switch.AcceptTransfer(asked.Leg, asked.Transfer);
            _switch.ReportTransfer(asked.Leg, asked.Transfer, 200, "OK");
            _switch.Unbridge(call.CallerLeg);
            Announce(call);
            EndSoon(leg);
        }));
        Requeued(call, queue);
    }

    /// <summary>After the step that put the call into a queue.</summary>
    private void Requeued(LiveCall call, LiveQueue queue)
    {
        (call.Queue, call.Agent, call.AgentLeg) = (queue, null, null);
        call.Contact = StandingOf(call, queue, call.State.LastAt) with { Missed = ReadOnlyDictionary<Guid, int>.Empty };
        (call.AnnouncementRow, call.Announced) = (call.AnnouncementRow + 1, null);
        Watch(call);
    }

    /// <summary>Rings the other agent; the caller stays with the one who asked until that one answers.</summary>
    private void HandOver(LiveCall call, LiveAgent to, TransferRequested asked)
    {
        var handover = new Handover(asked.Leg, asked.Transfer, to);
        Take(StepOf(call).Agent(to, new OfferToAgent(call.Id, Now)).Then(() =>
        {
            if (call.Handover != handover)
            {
                return;
            }

            _switch.AcceptTransfer(asked.Leg, asked.Transfer);
            var leg = _switch.Originate(to.State.Extension!, new OriginateOptions { FromUser = call.From, FromDisplayName = call.DisplayName, RingTimeout = DirectRing, CodecsOf = call.CallerLeg });
            handover.Leg = leg;
            _legs.Add(leg, call);
            _switch.Name(leg, call.Id);
        }));
        call.Handover = handover;
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

    private void HandedOver(LiveCall call, Handover handover)
    {
        var now = Now;
        var oldLeg = call.AgentLeg;
        var step = StepOf(call).Call(call, new TransferToAgent(handover.To.Id, TransferKind.Blind, now)).Agent(handover.To, new OccupyAgent(call.Id, now));
        Take((call.Agent is { } left ? Leave(step, call, left) : step).Then(() =>
        {
            _switch.ReportTransfer(handover.AskedBy, handover.Transfer, 200, "OK");
            WhileIn(call, CallPhase.Connected, () => Bridge(call));
            EndSoon(oldLeg);
        }));
        (call.Agent, call.AgentLeg, call.Handover) = (handover.To, handover.Leg, null);
    }

    private void NotHandedOver(LiveCall call, Handover handover, LegEnded ended)
    {
        var now = Now;
        call.Handover = null;
        var step = StepOf(call).Agent(handover.To, new ReleaseAgent(call.Id, now));
        if (call.AgentLeg is not null || !call.State.IsLive)
        {
            var status = ended is { Reason: LegEndReason.Rejected, SipStatus: { } refused } ? refused : 480;
            Take(step.Then(() => _switch.ReportTransfer(handover.AskedBy, handover.Transfer, status, ended.Text ?? "Temporarily Unavailable")));
        }
        else if (call.Queue is { } queue)
        {
            // Nobody is left to take the caller back, so the queue does.
            Take(step.Call(call, new TransferToQueue(queue.Id, now)).Then(() => Announce(call)));
            Requeued(call, queue);
        }
        else
        {
            Take(step);
            End(call, new EndCall(CallParty.Agent, "hang-up", now), wrapUp: false);
        }

        SignOutIfGone(handover.To);
    }

    /// <summary>The caller of one call of the agent and the other agent of a second call, which the first made to consult, are put together.</summary>
    private void TransferAttended(TransferRequested asked, LegId replaced)
    {
        // Some phones name the two the other way round.
        if (!TryPair(asked.Leg, replaced, out var call, out var consult) && !TryPair(replaced, asked.Leg, out call, out consult))
        {
            _switch.RefuseTransfer(asked.Leg, asked.Transfer, 603, "Decline");
            return;
        }

        var now = Now;
        var (from, to, oldLeg, toLeg) = (call!.Agent!, consult!.Agent!, call.AgentLeg, consult.AgentLeg!.Value);
        var step = StepOf(call)
            .Call(call, new TransferToAgent(to.Id, TransferKind.Attended, now))
            .Call(consult, new EndCall(CallParty.Caller, "transferred", now))
            .Agent(to, new ReleaseAgent(consult.Id, now), new OccupyAgent(call.Id, now));
        Take(Leave(step, call, from).Then(() =>
        {
            _switch.AcceptTransfer(asked.Leg, asked.Transfer);
            WhileIn(call, CallPhase.Connected, () => Bridge(call));
            _switch.ReportTransfer(asked.Leg, asked.Transfer, 200, "OK");

            // The dialog that was replaced ends at once (RFC 3891 section 3), the one that asked by its own BYE.
            EndSoon(asked.Leg);
            _switch.HangUp(asked.Leg == oldLeg ? consult.CallerLeg : oldLeg!.Value, HangUpCause.Normal);
        }));
        _calls.Remove(consult.Id);
        _legs[toLeg] = call;
        (call.Agent, call.AgentLeg, consult.AgentLeg) = (to, toLeg, null);
    }

    /// <summary>An agent's leg of a call, and the same agent's leg of the call to another agent.</summary>
    private bool TryPair(LegId talking, LegId consulting, out LiveCall? call, out LiveCall? consult)
    {
        call = AgentLegOf(talking);
        consult = _legs.GetValueOrDefault(consulting);
        return call is { State.Phase: CallPhase.Connected or CallPhase.OnHold, Agent: { } agent, Handover: null }
            && consult is { State.Phase: CallPhase.Connected or CallPhase.OnHold, Agent: { } other, AgentLeg: not null, Handover: null }
            && consult.CallerLeg == consulting && consult.Caller == agent && other != agent && consult != call;
    }

    /// <summary>An agent's phone takes the place of another's leg by a call of its own (INVITE with Replaces): an attended transfer that the phones have made out among themselves.</summary>
    private void TakePlace(IncomingCall incoming, LegId replaced)
    {
        if (AgentLegOf(replaced) is not { State.Phase: CallPhase.Connected or CallPhase.OnHold, Agent: { } from, Handover: null } call
            || incoming.Source is not ExtensionSource source || !_extensions.TryGetValue(source.Extension, out var to) || to == from || to.State.Status != AgentStatus.Available)
        {
            _switch.Reject(incoming.Leg, 603, "Decline");
            return;
        }

        var now = Now;
        var step = StepOf(call).Call(call, new TransferToAgent(to.Id, TransferKind.Attended, now)).Agent(to, new OccupyAgent(call.Id, now));
        Take(Leave(step, call, from).Then(() =>
        {
            _switch.Answer(incoming.Leg);
            WhileIn(call, CallPhase.Connected, () => Bridge(call));
            _switch.HangUp(replaced, HangUpCause.Normal);
        }));
        _legs.Add(incoming.Leg, call);
        (call.Agent, call.AgentLeg) = (to, incoming.Leg);
    }

    /// <summary>The agent's part in the call is over: wrap-up where the queue has one, else free at once.</summary>
    private Step Leave(Step step, LiveCall call, LiveAgent agent)
    {
        var now = Now;
        if (agent.State.CallId != call.Id)
        {
            return step;
        }

        if (call.Queue is not { Settings.WrapUpSeconds: > 0 and var seconds })
        {
            return step.Agent(agent, new ReleaseAgent(call.Id, now));
        }

        _agenda.In(TimeSpan.FromSeconds(seconds), () =>
        {
            // The agent's own affair: the call may be somebody else's, or over.
            if (!_stopping && agent.State is { Status: AgentStatus.WrapUp } && agent.State.CallId == call.Id && call.Agent != agent)
            {
                Take(StepOf(call).Agent(agent, new ReleaseAgent(call.Id, Now)));
                SignOutIfGone(agent);
                Dispatch();
            }
        });
        return step.Agent(agent, new WrapUpAgent(call.Id, now));
    }

    private void EndSoon(LegId? leg)
    {
        if (leg is { } old)
        {
            _agenda.In(LongestGoodbye, () => _switch.HangUp(old, HangUpCause.Normal));
        }
    }
}
