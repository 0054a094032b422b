using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Calls.CallEvent>;

namespace CallCenter.Domain.Calls;

/// <summary>What hands may do with a call that has not ended.</summary>
public static class DeskDecider
{
    /// <summary>In a conference, besides caller and agent.</summary>
    public const int MostParties = 14;

    internal static Decision<CallEvent> Decide(DeskCommand command, Call call, DateTimeOffset at)
    {
        var talks = call.Phase is CallPhase.Connected or CallPhase.OnHold;
        return command switch
        {
            MuteCall when call is { Phase: CallPhase.Connected, IsMuted: false, AgentId: { } agent } => Accept(new CallMuted(call.Id, agent, at)),
            UnmuteCall when talks && call is { IsMuted: true, AgentId: { } agent } => Accept(new CallUnmuted(call.Id, agent, at)),
            MuteCall when call is { Phase: CallPhase.Connected, IsMuted: true } => Accept(),
            UnmuteCall when talks && !call.IsMuted => Accept(),

            DialOutside c when call.Phase is CallPhase.Received or CallPhase.InIvr => Accept(new CallDialled(call.Id, c.AgentId, c.Trunk, at)),
            OutsideAnswered c when call.Phase is CallPhase.Received or CallPhase.InIvr => Accept(new CallAnswered(call.Id, c.AgentId, at)),

            JoinParty c when talks && call.Parties.Any(party => party.Id == c.PartyId) => Refuse("PARTY_EXISTS", "The party talks in the call already."),
            JoinParty when talks && call.Parties.Count >= MostParties => Refuse("CONFERENCE_FULL", $"At most {MostParties} parties join caller and agent."),
            JoinParty { AgentId: { } agent } when talks && (agent == call.AgentId || call.Parties.Any(party => party.AgentId == agent)) => Refuse("PARTY_EXISTS", "The agent talks in the call already."),
            JoinParty c when talks => Accept(new PartyJoined(call.Id, c.PartyId, at, c.AgentId, c.Number)),
            LeaveParty c when call.Parties.Any(party => party.Id == c.PartyId) => Accept(new PartyLeft(call.Id, c.PartyId, at)),
            LeaveParty => Accept(),
            LeaveConference { NextAgentId: { } next } when talks && call.AgentId is { } from && call.Parties.FirstOrDefault(party => party.AgentId == next) is { } party =>
                Accept(new PartyLeft(call.Id, party.Id, at), new CallTransferred(call.Id, from, next, null, TransferKind.Attended, at)),
            LeaveConference { NextAgentId: null } when talks && call.AgentId is { } from && call.Parties.FirstOrDefault(party => party.Number is not null) is { } party =>
                Accept(new PartyLeft(call.Id, party.Id, at), new CallTransferred(call.Id, from, null, null, TransferKind.Attended, at, party.Number)),

            ParkCall { Slot: < 1 } c => Refuse("PARK_SLOT", $"Slots begin at 1, not {c.Slot}."),
            ParkCall when call.Parties.Count > 0 => Refuse("CALL_STATE", "A conference cannot be parked."),
            ParkCall c when talks && call.AgentId is { } agent => Accept(new CallParked(call.Id, agent, c.Slot, at)),
            TimeOutPark when call.Parked is { } parked => Accept(new ParkTimedOut(call.Id, parked.AgentId, parked.Slot, at)),
            RetrieveParked c when call.Parked is { } parked => Accept(new ParkedCallRetrieved(call.Id, c.AgentId, parked.Slot, at)),
            RetrieveParked => Refuse("CALL_NOT_PARKED", "The call is not parked."),

            PickUpCall c when call.Phase is CallPhase.Queued or CallPhase.Offered =>
                Accept(new CallPickedUp(call.Id, c.AgentId, at, call.OfferedTo.Count > 0 ? call.OfferedTo[0] : null), new CallAnswered(call.Id, c.AgentId, at)),
            ForwardCall c when call.Phase is CallPhase.Received or CallPhase.Offered => Accept(new CallForwarded(call.Id, c.AgentId, c.Kind, c.To, at)),
            TransferToNumber c when talks && call.AgentId is { } from => Accept(new CallTransferred(call.Id, from, null, null, c.Kind, at, ToNumber: c.Number)),
            TransferToFlow c when talks && call.AgentId is { } from => Accept(new CallTransferred(call.Id, from, null, null, TransferKind.Blind, at, ToFlow: c.Flow)),
            WarnOfLength c when talks => Accept(new CallLengthWarned(call.Id, c.SecondsLeft, at)),

            SignalWaiting c when call.Phase == CallPhase.Offered && call.OfferedTo.Contains(c.AgentId) => Accept(new CallWaitingSignalled(call.Id, c.AgentId, c.TalkId, at)),

            StartSupervision c when talks && c.SupervisorId == call.AgentId => Refuse("SUPERVISION", "Nobody supervises a call of one's own."),
            StartSupervision c when talks && call.Supervisions.FirstOrDefault(s => s.SupervisorId == c.SupervisorId) is { } now && (now.Mode, now.Shown) == (c.Mode, c.Shown) => Accept(),
            StartSupervision c when talks => Accept(new SupervisionStarted(call.Id, c.SupervisorId, c.Mode, c.Shown, at)),
            EndSupervision c when call.Supervisions.Any(s => s.SupervisorId == c.SupervisorId) => Accept(new SupervisionEnded(call.Id, c.SupervisorId, at)),
            EndSupervision => Accept(),
            TakeOverCall c when talks && call.AgentId is { } from && call.Supervisions.Any(s => s.SupervisorId == c.SupervisorId) => Accept(
                new SupervisionEnded(call.Id, c.SupervisorId, at), new CallTakenOver(call.Id, c.SupervisorId, from, at)),
            TakeOverCall => Refuse("SUPERVISION", "A call is taken over by who supervises it."),
            _ => Refuse("CALL_STATE", $"{command.GetType().Name} is not possible while the call is {CallDecider.Name(call.Phase)}."),
        };
    }

    internal static Call Evolve(Call call, DeskEvent @event) => @event switch
    {
        CallMuted => call with { IsMuted = true },
        CallUnmuted => call with { IsMuted = false },
        PartyJoined e => call with { Parties = [.. call.Parties, new Party(e.PartyId, e.AgentId, e.Number)] },
        PartyLeft e => call with { Parties = [.. call.Parties.Where(party => party.Id != e.PartyId)] },
        CallParked e => call with { Phase = CallPhase.Parked, AgentId = null, IsMuted = false, Parked = new ParkedAt(e.Slot, e.AgentId) },
        ParkedCallRetrieved e => call with { Phase = CallPhase.Connected, AgentId = e.AgentId, Parked = null },
        CallTakenOver e => call with { Phase = CallPhase.Connected, AgentId = e.SupervisorId, IsMuted = false },
        SupervisionStarted e => call with { Supervisions = [.. call.Supervisions.Where(s => s.SupervisorId != e.SupervisorId), new Supervision(e.SupervisorId, e.Mode, e.Shown)] },
        SupervisionEnded e => call with { Supervisions = [.. call.Supervisions.Where(s => s.SupervisorId != e.SupervisorId)] },

        // Ignored: what they tell changes nothing of what may happen next, or the event that follows tells it.
        CallDialled or CallPickedUp or CallForwarded or CallLengthWarned or ParkTimedOut or CallWaitingSignalled => call,
        _ => throw new UnreachableException($"Call does not evolve {@event.GetType().Name}."),
    };
}
