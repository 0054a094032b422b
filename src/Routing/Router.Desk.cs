using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>An agent's hands on a call: hold, mute, transfer, conference, end. However they are asked for, they end here.</summary>
public sealed partial class Router
{
    // As the log tells it.
    private DialPlan _dialPlan = DialPlan.Initial;

    /// <summary>What is about agents' hands.</summary>
    /// <returns>False for what is not.</returns>
    private bool HandleDesk(SwitchNotification notification)
    {
        if (notification is LegEnded { Leg: var gone })
        {
            _keys.Remove(gone);
        }

        switch (notification)
        {
            case LegAnswered answered when _errands.Remove(answered.Leg, out var errand):
                errand.Answered(answered.Leg);
                return true;
            case LegEnded ended when _errands.Remove(ended.Leg, out var errand):
                ErrandFailed(errand);
                return true;
            case LegEnded ended when _supervising.Remove(ended.Leg, out var call):
                SupervisorGone(call, ended.Leg);
                return true;
            case LegEnded ended when _entries.Remove(ended.Leg):
                return true;
            case DtmfReceived key when _entries.TryGetValue(key.Leg, out var entry):
                Enter(entry, key);
                return true;
            case DtmfReceived pressed when AgentLegOf(pressed.Leg) is { } call:
                PressCode(call, pressed);
                return true;
            case LegHeld held when AgentLegOf(held.Leg) is { HeldForSecond: true } first:
                // The phone has put it on hold as well: it takes it back itself.
                first.HeldForSecond = false;
                return true;
            case LegRinging ringing when DialledTo(ringing.Leg) is { AgentLeg: { } agentLeg }:
                // The one has no effect on a phone that was answered, the other none on one that was not.
                _switch.Ring(agentLeg);
                _switch.Play(agentLeg, DeskAudio.Ringing, Guid.NewGuid());
                return true;
            case LegEarlyMedia early when DialledTo(early.Leg) is { AgentLeg: { } agentLeg }:
                _switch.Progress(agentLeg);
                _switch.Bridge(early.Leg, agentLeg);
                return true;
            case LegAnswered answered when DialledTo(answered.Leg) is { } call:
                DialledAnswered(call);
                return true;
            case LegEnded ended when DialledTo(ended.Leg) is { } call:
                _legs.Remove(ended.Leg);
                DialledFailed(call, ended);
                TakeMeasured(call);
                return true;
            case LegEnded ended when AgentLegOf(ended.Leg) is { State.Phase: CallPhase.Received } call && call.State.AgentId is null:
                _legs.Remove(ended.Leg);
                End(call, new EndCall(CallParty.Agent, "hang-up", Now), wrapUp: false);
                return true;
            case LegEnded ended when PartyOf(ended.Leg) is var (call, party):
                _legs.Remove(ended.Leg);
                PartyGone(call, party);
                TakeMeasured(call);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Puts the caller on hold, with music.</summary>
    /// <returns>Why not: <c>CALL_NOT_FOUND</c>, <c>CALL_STATE</c>.</returns>
    public Task<Refusal?> HoldAsync(Guid callId, string user) => AskOfCallAsync(callId, user, call =>
    {
        Hold(call);
        return null;
    });

    /// <inheritdoc cref="HoldAsync"/>
    public Task<Refusal?> RetrieveAsync(Guid callId, string user) => AskOfCallAsync(callId, user, call =>
    {
        if (call.Handover is { Kind: HandoverKind.Consult })
        {
            return new Refusal("TRANSFER_UNDER_WAY", "The agent consults: that is to be cancelled first.");
        }

        if (call is { Agent: { } agent, AgentLeg: null } && OtherOf(agent, call) is { } other)
        {
            return Swap(agent, other, call);
        }

        Retrieve(call);
        return null;
    });

    /// <summary>The caller does not hear the agent any more, or again.</summary>
    /// <returns>Why not: <c>CALL_NOT_FOUND</c>, <c>CALL_STATE</c>.</returns>
    public Task<Refusal?> MuteAsync(Guid callId, bool muted, string user) => AskOfCallAsync(callId, user, call =>
    {
        var now = Now;
        Take(StepOf(call).Call(call, muted ? new MuteCall(now) : new UnmuteCall(now)).Then(() => WhileIn(call, CallPhase.Connected, () => Bridge(call))));
        return null;
    });

    /// <summary>Hands the caller over; attended begins a consultation, which <see cref="CompleteTransferAsync"/> or the agent's hanging up completes.</summary>
    /// <param name="callId">A call that is talked in.</param>
    /// <param name="to">A queue's or agent's id or name, an extension, a number; or <c>flow NAME</c>, <c>voicemail MAILBOX</c>.</param>
    /// <param name="kind">Without or after a talk.</param>
    /// <param name="user">Who asks.</param>
    /// <returns>Why not, e.g. <c>BUSY</c>, <c>UNAVAILABLE</c>, <c>NO_TARGET</c>, <c>NOT_PERMITTED</c>.</returns>
    public Task<Refusal?> TransferAsync(Guid callId, string to, TransferKind kind, string user) => AskOfCallAsync(callId, user, call =>
        TransferTo(call, to, kind == TransferKind.Attended ? HandoverKind.Consult : HandoverKind.Blind, null));

    /// <summary>The consulted one has the caller from now on.</summary>
    /// <returns>Why not: <c>NO_CONSULTATION</c>.</returns>
    public Task<Refusal?> CompleteTransferAsync(Guid callId, string user) => AskOfCallAsync(callId, user, call =>
    {
        if (call.Handover is not { Talks: true } handover)
        {
            return new Refusal("NO_CONSULTATION", "The agent talks with nobody whom the caller could be handed to.");
        }

        HandedOver(call, handover, TransferKind.Attended);
        return null;
    });

    /// <summary>Whoever rings or is consulted is let go; the caller is the agent's again.</summary>
    /// <returns>Why not: <c>NO_TRANSFER</c>.</returns>
    public Task<Refusal?> CancelTransferAsync(Guid callId, string user) => AskOfCallAsync(callId, user, call =>
    {
        if (call.Handover is not { } handover)
        {
            return new Refusal("NO_TRANSFER", "The call is not being handed over.");
        }

        CancelHandover(call, handover);
        return null;
    });

    /// <summary>Ends the call for all.</summary>
    /// <returns>Why not: <c>CALL_NOT_FOUND</c>, <c>CALL_ENDED</c>.</returns>
    public Task<Refusal?> EndAsync(Guid callId, string user) => AskOfCallAsync(callId, user, call =>
    {
        if (!call.State.IsLive)
        {
            return new Refusal("CALL_ENDED", "The call has ended.");
        }

        var wrapUp = HasWrapUp(call);
        End(call, new EndCall(CallParty.Agent, "ended-by-command", Now, wrapUp), wrapUp);
        return null;
    });

    /// <summary>Completes the wrap-up of a call with what the agent says of it.</summary>
    /// <returns>Why not: <c>CALL_NOT_FOUND</c>, <c>CALL_NOT_IN_WRAP_UP</c>.</returns>
    public Task<Refusal?> CompleteWrapUpAsync(Guid callId, string disposition, bool resolved, string? notes, string user) => AskOfCallAsync(callId, user, call =>
    {
        CompleteWrapUp(call, new CompleteWrapUp(Now, disposition, resolved, notes));
        return null;
    });

    private Task<Refusal?> AskOfCallAsync(Guid callId, string user, Func<LiveCall, Refusal?> command) => AskAsync(user, () =>
        _calls.TryGetValue(callId, out var call) ? command(call) : new Refusal("CALL_NOT_FOUND", "There is no such call, or it is over."));

    private void Hold(LiveCall call) => Take(StepOf(call).Call(call, new HoldCall(Now)).Then(() => WhileIn(call, CallPhase.OnHold, () => PutOnHold(call, call.AgentLeg))));

    private void PutOnHold(LiveCall call, LegId? agentLeg)
    {
        if (call.Conference is not null && agentLeg is { } leg)
        {
            // The others go on.
            _switch.Unbridge(leg);
            return;
        }

        _switch.Unbridge(call.CallerLeg);
        _switch.Play(call.CallerLeg, _audio.OnHold, Guid.NewGuid());
    }

    private void Retrieve(LiveCall call)
    {
        Take(StepOf(call).Call(call, new RetrieveCall(Now)).Then(() => WhileIn(call, CallPhase.Connected, () => Bridge(call))));
        call.HeldForSecond = false;
    }

    private void CancelHandover(LiveCall call, Handover handover)
    {
        var now = Now;
        call.Handover = null;
        var step = StepOf(call);
        if (handover.To is { } to)
        {
            step.Agent(to, new ReleaseAgent(call.Id, now));
        }

        if (handover.Kind == HandoverKind.Consult && call.State.Phase == CallPhase.OnHold && call.AgentLeg is not null)
        {
            step.Call(call, new RetrieveCall(now));
        }

        Take(step.Then(() =>
        {
            Report(handover.Asked, 487, "Request Terminated");
            if (handover.Leg is { } leg)
            {
                _switch.HangUp(leg, HangUpCause.Normal);
            }

            WhileIn(call, CallPhase.Connected, () => Bridge(call));
        }));
    }

    /// <summary>Those who talk hear each other, as the call's state and its supervisors have it.</summary>
    private void Bridge(LiveCall call)
    {
        call.Resumable = null;
        if (call.AgentLeg is not { } agentLeg)
        {
            return;
        }

        if (call.Conference is { } conference)
        {
            foreach (var leg in conference.Parties.Select(party => party.Leg).Prepend(call.CallerLeg))
            {
                _switch.Join(conference.Id, leg);
            }
        }

        if (call.State.IsMuted)
        {
            // Hears the caller, and is heard by nobody.
            _switch.Unbridge(agentLeg);
            _switch.Supervise(agentLeg, call.CallerLeg, Telephony.SupervisionMode.Listen);
        }
        else if (call.Conference is { } room)
        {
            _switch.Join(room.Id, agentLeg);
        }
        else
        {
            _switch.Bridge(call.CallerLeg, agentLeg);
        }

        call.Supervisors.ForEach(supervisor => _switch.Supervise(supervisor.Leg, agentLeg, supervisor.Mode));
        RecordTalk(call);
    }

    private void CompleteWrapUp(LiveCall call, CompleteWrapUp complete)
    {
        var step = StepOf(call).Call(call, complete);
        if (call.Agent is { } agent)
        {
            step.Agent(agent, new ReleaseAgent(call.Id, complete.At));
        }

        Take(step);
        _calls.Remove(call.Id);
        if (call.Agent is { } released)
        {
            SignOutIfGone(released);
        }
    }

    /// <summary>How much longer a wrap-up lasts than its queue has it; null when its time is over.</summary>
    private TimeSpan? ExtensionLeft(LiveAgent agent, LiveCall call)
    {
        var ends = agent.State.Since + TimeSpan.FromSeconds((call.Queue?.Settings.WrapUpSeconds ?? 0) + agent.State.WrapUpExtensionSeconds);
        return agent.State.WrapUpExtensionSeconds > 0 && ends - Now is var left && left > TimeSpan.Zero ? left : null;
    }
}
