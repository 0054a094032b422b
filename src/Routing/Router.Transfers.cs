using System.Collections.ObjectModel;

using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Domain.Floor;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>An agent hands the caller over: to a queue, a flow, another agent or a number, without a word (blind) or after a talk (attended). By the phone (REFER) or otherwise.</summary>
public sealed partial class Router
{
    // A phone ends its leg itself when it is told that the transfer is done; this is for one that does not.
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);

    private void Transfer(TransferRequested asked)
    {
        var referral = new Referral(asked.Leg, asked.Transfer);
        if (asked.Replaced is { } replaced)
        {
            TransferAttended(referral, replaced);
        }
        else if (AgentLegOf(asked.Leg) is not { } call)
        {
            // The caller of a call is no agent of it, and who only rings has nothing to hand over.
            Refuse(referral, 603, "Decline");
        }
        else if (FeatureCodes.TryParse(asked.Target) is { } feature)
        {
            Transfer(call, feature, referral);
        }
        else if (TransferTo(call, asked.Target, HandoverKind.Blind, referral) is { } refusal)
        {
            var (status, reason) = ResponseTo(refusal);
            Refuse(referral, status, reason);
        }
    }

    /// <summary>Begins to hand a call over, or to consult or to add somebody.</summary>
    /// <param name="call">A call that is talked in.</param>
    /// <param name="target">A queue's, agent's or flow's id or name, an extension or a number.</param>
    /// <param name="kind">What for.</param>
    /// <param name="asked">The phone's request, if it was one.</param>
    private Refusal? TransferTo(LiveCall call, string target, HandoverKind kind, Referral? asked)
    {
        if (call is not { State.Phase: CallPhase.Connected or CallPhase.OnHold, Agent: { } agent })
        {
            return new Refusal("CALL_STATE", "No agent talks in the call.");
        }

        if (OtherOf(agent, call) is { AgentLeg: null })
        {
            return LineShared;
        }

        if (call.Handover is not null)
        {
            return new Refusal("TRANSFER_UNDER_WAY", "The call is being handed over already.");
        }

        if (call.Conference is not null && kind != HandoverKind.Conference)
        {
            return new Refusal("CALL_STATE", "A conference is left, not handed over.");
        }

        switch (TargetOf(target))
        {
            case { Kind: DestinationKind.Queue, Target: var id } when kind == HandoverKind.Blind && QueueOf(id) is { } queue:
                return TransferToQueue(call, agent, queue, asked);
            case { Kind: DestinationKind.Agent, Target: var id } when Guid.TryParse(id, out var agentId) && _agents.TryGetValue(agentId, out var to):
                if (to == agent || call.Conference?.Parties.Exists(party => party.Agent == to) == true)
                {
                    return new Refusal("BUSY", "The agent talks in the call already.");
                }

                if (!CanTake(to))
                {
                    return WhyNotTaken(to).Status == 486 ? new Refusal("BUSY", $"Agent {to.State.Name} is busy.") : new Refusal("UNAVAILABLE", $"Agent {to.State.Name} cannot be reached.");
                }

                HandOver(call, new Handover(kind, asked) { To = to });
                return null;
            case { Kind: DestinationKind.Number, Target: { } number }:
                var (outside, refusal) = _dialPlan.Route(number, agent.State.Desk.DialClass);
                if (outside is not null)
                {
                    HandOver(call, new Handover(kind, asked) { Outside = outside, Number = Dialled.Compact(number) });
                }

                return refusal;
            case { } other when kind == HandoverKind.Blind && Leads(other):
                TransferToElsewhere(call, agent, other, asked, past: null, new TransferToFlow($"{other}", Now));
                return null;
            default:
                return new Refusal("NO_TARGET", $"\"{target}\" is nothing that a call can be handed to.");
        }
    }

    /// <summary>What people write or dial for where a call is to go; a number when it is nothing that we know.</summary>
    private Destination TargetOf(string target)
    {
        var text = target.Trim();
        return EntryOf(text) is { } entry ? entry
            : _extensions.TryGetValue(text, out var phone) ? new Destination(DestinationKind.Agent, phone.Id.ToString())
            : Guid.TryParse(text, out var id) && _agents.ContainsKey(id) ? new Destination(DestinationKind.Agent, id.ToString())
            : QueueOf(text) is { } queue ? new Destination(DestinationKind.Queue, queue.Id.ToString())
            : text.Split(' ', 2) is [var kind, var name] && Enum.TryParse<DestinationKind>(kind, ignoreCase: true, out var parsed) && !int.TryParse(kind, out _) ? new Destination(parsed, name)
            : new Destination(DestinationKind.Number, text);
    }

    private static (int Status, string Reason) ResponseTo(Refusal refusal) => refusal.Code switch
    {
        "BUSY" => (486, "Busy Here"),
        "UNAVAILABLE" or "TURNED_AWAY" => (480, "Temporarily Unavailable"),
        "NO_ROUTE" or "NO_TARGET" or "NUMBER" => (404, "Not Found"),
        "NOT_PERMITTED" => (403, "Forbidden"),
        _ => (603, "Decline"),
    };

    /// <summary>The queue's rules for who enters hold for these too: the caller goes on by them, but is not handed over to where a rule would end the call.</summary>
    private Refusal? TransferToQueue(LiveCall call, LiveAgent agent, LiveQueue queue, Referral? asked)
    {
        var now = Now;
        var coming = NeedingNothing(StandingOf(call, queue, now));
        if (EntryRuleOf(coming, call, queue) is { } rule)
        {
            var cause = NameOf(rule.Cause);
            if (rule.To.Kind == DestinationKind.HangUp)
            {
                return new Refusal("TURNED_AWAY", $"Queue {queue.Settings.Name} takes no calls now: {cause}.");
            }

            TransferToElsewhere(call, agent, rule.To, asked, (queue, coming), new TransferToQueue(queue.Id, now), new OverflowCall(rule.To, cause, now));
            return null;
        }

        var leg = call.AgentLeg;
        var step = StepOf(call).Call(call, [.. EndSupervisions(call, now), new TransferToQueue(queue.Id, now)]);
        var supervisors = LeaveSupervision(call, step, now);
        Take(Leave(step, call, agent).Then(() =>
        {
            Accept(asked);
            Report(asked, 200, "OK");
            _switch.Unbridge(call.CallerLeg);
            Announce(call);
            HangUp(supervisors);
            EndNow(leg, asked);
        }));
        call.Contact = coming;
        Requeued(call, queue);
        return null;
    }

    /// <summary>After the step that put the call into a queue.</summary>
    private void Requeued(LiveCall call, LiveQueue queue)
    {
        EndRecording(call);
        (call.Queue, call.Agent, call.AgentLeg) = (queue, null, null);
        call.Contact = StandingOf(call, queue, call.State.LastAt) with { Missed = ReadOnlyDictionary<Guid, int>.Empty };
        (call.AnnouncementRow, call.Announced) = (call.AnnouncementRow + 1, null);
        Watch(call);
    }

    /// <summary>To a flow or a mailbox, or past a queue that does not take the caller: the caller goes on there, the agent is out of it.</summary>
    private void TransferToElsewhere(LiveCall call, LiveAgent agent, Destination to, Referral? asked, (LiveQueue Queue, WaitingContact Standing)? past, params CallCommand[] told)
    {
        var now = Now;
        var leg = call.AgentLeg;
        var step = StepOf(call).Call(call, [.. EndSupervisions(call, now), .. told]);
        var supervisors = LeaveSupervision(call, step, now);
        Take(Leave(step, call, agent).Then(() =>
        {
            Accept(asked);
            Report(asked, 200, "OK");
            _switch.Unbridge(call.CallerLeg);
            HangUp(supervisors);
            EndNow(leg, asked);
        }));
        EndRecording(call);
        (call.Agent, call.AgentLeg) = (null, null);
        if (past is var (queue, standing))
        {
            (call.Queue, call.Contact) = (queue, standing with { Overflows = standing.Overflows + 1, Missed = ReadOnlyDictionary<Guid, int>.Empty });
        }
        else
        {
            call.Contact = NeedingNothing(call.Contact);
        }

        Send(call, to);
        if (IsUnderWay(call))
        {
            Ringback(call);
        }
    }

    /// <summary>The caller of one call of the agent and the other agent of a second call, which the first made to consult, are put together.</summary>
    private void TransferAttended(Referral asked, LegId replaced)
    {
        // Some phones name the two the other way round.
        if (!TryPair(asked.Leg, replaced, out var call, out var consult) && !TryPair(replaced, asked.Leg, out call, out consult))
        {
            Refuse(asked, 603, "Decline");
            return;
        }

        var now = Now;
        var (from, to, oldLeg, toLeg) = (call!.Agent!, consult!.Agent!, call.AgentLeg, consult.AgentLeg!.Value);
        var step = StepOf(call)
            .Call(call, new TransferToAgent(to.Id, TransferKind.Attended, now))
            .Call(consult, new EndCall(CallParty.Caller, "transferred", now))
            .Agent(to, new MoveAgent(consult.Id, call.Id, now));
        Take(Leave(step, call, from).Then(() =>
        {
            Accept(asked);
            WhileIn(call, CallPhase.Connected, () => Bridge(call));
            Report(asked, 200, "OK");

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
            GoBackSoon(agent);
            return step;
        }

        if (call.Queue is not { Settings.WrapUpSeconds: > 0 and var seconds } || IsWantedElsewhere(agent))
        {
            return step.Agent(agent, After(call, agent, new ReleaseAgent(call.Id, now)));
        }

        _agenda.In(TimeSpan.FromSeconds(seconds), () => LeftWrapUp(call, agent));
        return step.Agent(agent, new WrapUpAgent(call.Id, now));
    }

    /// <summary>The agent's own affair: the call may be somebody else's, or over.</summary>
    private void LeftWrapUp(LiveCall call, LiveAgent agent)
    {
        if (_stopping || agent.State is not { Status: AgentStatus.WrapUp } || agent.State.CallId != call.Id || call.Agent == agent)
        {
            return;
        }

        if (ExtensionLeft(agent, call) is { } left)
        {
            _agenda.In(left, () => LeftWrapUp(call, agent));
            return;
        }

        Take(StepOf(call).Agent(agent, new ReleaseAgent(call.Id, Now)));
        SignOutIfGone(agent);
        Dispatch();
    }

    private void Accept(Referral? asked)
    {
        if (asked is { } referral)
        {
            _switch.AcceptTransfer(referral.Leg, referral.Id);
        }
    }

    private void Report(Referral? asked, int status, string reason)
    {
        if (asked is { } referral)
        {
            _switch.ReportTransfer(referral.Leg, referral.Id, status, reason);
        }
    }

    private void Refuse(Referral asked, int status, string reason) => _switch.RefuseTransfer(asked.Leg, asked.Id, status, reason);

    /// <summary>The leg has no more part: a phone that asked ends it itself, another is told now.</summary>
    private void EndNow(LegId? leg, Referral? asked)
    {
        if (asked is not null)
        {
            EndSoon(leg);
        }
        else if (leg is { } old)
        {
            _switch.HangUp(old, HangUpCause.Normal);
        }
    }

    private void EndSoon(LegId? leg)
    {
        if (leg is { } old)
        {
            _agenda.In(LongestGoodbye, () => _switch.HangUp(old, HangUpCause.Normal));
        }
    }
}
