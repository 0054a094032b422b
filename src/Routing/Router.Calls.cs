using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>A call from its coming in to the end of its wrap-up.</summary>
public sealed partial class Router
{
    private void Receive(IncomingCall incoming)
    {
        if (incoming.Replaces is { } replaced)
        {
            TakePlace(incoming, replaced);
            return;
        }

        if (TryFeature(incoming) || TryDialOut(incoming))
        {
            return;
        }

        var call = CallOf(incoming, incoming.Source is ExtensionSource source ? _extensions.GetValueOrDefault(source.Extension) : null);
        var direction = incoming.Source is ExtensionSource ? CallDirection.Internal : CallDirection.Inbound;
        var dialled = _dialled.GetValueOrDefault(incoming.To);
        var receive = new ReceiveCall(call.Id, direction, incoming.From, incoming.To, incoming.At, incoming.SipCallId, Segment: dialled?.Attributes.GetValueOrDefault("segment"), Topic: dialled?.Topic);
        _legs.Add(call.CallerLeg, call);
        _switch.Name(call.CallerLeg, call.Id);
        _calls.Add(call.Id, call);
        call.Contact = call.Contact with { LastAgentId = _lastAgents.Of(call.From) };

        // Extensions are for those who work here; a caller from outside is let through to one by configuration only.
        Send(call, EntryOf(incoming.To) ?? new Destination(DestinationKind.Number, direction == CallDirection.Internal ? incoming.To : null), [receive, .. BringAlong(call, dialled)]);
    }

    private static LiveCall CallOf(IncomingCall incoming, LiveAgent? caller) =>
        new(Guid.CreateVersion7(), incoming.Leg, incoming.SipCallId, incoming.From) { To = incoming.To, DisplayName = incoming.DisplayName, Caller = caller };

    private void Enqueue(LiveCall call, LiveQueue queue, params ReadOnlySpan<CallCommand> first)
    {
        var now = Now;
        if (TurnAway(call, queue, now, first))
        {
            return;
        }

        var step = StepOf(call).Call(call, [.. first, new EnqueueCall(queue.Id, now, call.Contact.HeadStartSeconds, NeedsOf(call.Contact))]);
        if (call.Caller is { State.Status: AgentStatus.Available } caller)
        {
            // An agent who calls a queue of the center is on the phone, and must not be offered that very call.
            step.Agent(caller, new OccupyAgent(call.Id, now));
        }

        Take(step.Then(() =>
        {
            // Whoever is being connected already needs no music; whoever is gone needs nothing.
            if (_switch.Answer(call.CallerLeg) && call.Waits)
            {
                if (queue.Settings is not { CallbackKey: null, VoicemailKey: null })
                {
                    _switch.DetectDtmf(call.CallerLeg);
                }

                Announce(call);
            }
        }));
        Requeued(call, queue);
    }

    /// <summary>The first to answer has the call; wherever else it rings, it stops.</summary>
    private void Answered(LiveCall call, LiveOffer offer)
    {
        if (call.State.Phase != CallPhase.Offered)
        {
            _switch.HangUp(offer.Leg!.Value, HangUpCause.Normal);
            return;
        }

        if (offer.Knocks)
        {
            TakeBeside(call, offer);
            return;
        }

        var now = Now;
        var agent = offer.Agent;
        call.Offers.Remove(offer);
        var step = StepOf(call).Call(call, new AnswerCall(agent.Id, now)).Agent(agent, new OccupyAgent(call.Id, now));
        Complete(call, agent, step);
        var others = Withdraw(call, step, now);
        (call.Agent, call.AgentLeg) = (agent, offer.Leg);
        Take(step.Then(() =>
        {
            HangUp(others);
            WhileIn(call, CallPhase.Connected, () =>
            {
                if (call.State.IsDirect)
                {
                    _switch.Answer(call.CallerLeg);
                }

                Bridge(call);
            });
        }));
        NoteAnswer(call, agent, now);
        others.ForEach(other => SignOutIfGone(other.Agent));
        WatchLength(call);
    }

    private void CallerGone(LiveCall call, LegEnded ended)
    {
        if (!call.State.IsLive)
        {
            return;
        }

        if (ended.Reason == LegEndReason.MediaTimeout)
        {
            End(call, new EndCall(CallParty.System, "media-timeout", Now, HasWrapUp(call)), HasWrapUp(call));
            return;
        }

        if (ended.Reason is LegEndReason.Failed or LegEndReason.Unreachable && call.Waits)
        {
            End(call, new FailCall("caller-leg-failed", Now), wrapUp: false);
            return;
        }

        End(call, new EndCall(CallParty.Caller, "hang-up", Now, HasWrapUp(call)), HasWrapUp(call));
    }

    private void AgentGone(LiveCall call, LegEnded ended)
    {
        if (call.AgentLeg != ended.Leg)
        {
            return;
        }

        if (call.Agent is not { } agent)
        {
            // Whom the caller was sent to outside has hung up.
            End(call, new EndCall(CallParty.Outside, "hang-up", Now), wrapUp: false);
            return;
        }

        call.AgentLeg = null;
        if (call.Conference is not null)
        {
            LeftConference(call, agent);
        }
        else if (call.Handover is { Talks: true } consulted)
        {
            HandedOver(call, consulted, TransferKind.Attended);
        }
        else if (call.Handover is not null)
        {
            LeftInHandover(call, agent);
        }
        else if (call.State.Phase is CallPhase.Connected or CallPhase.OnHold)
        {
            var isDead = ended.Reason == LegEndReason.MediaTimeout;
            End(call, new EndCall(isDead ? CallParty.System : CallParty.Agent, isDead ? "media-timeout" : "hang-up", Now, HasWrapUp(call)), HasWrapUp(call));
        }
    }

    private static NonResponse WhyNot(LegEnded ended) => ended.Reason switch
    {
        _ when ended.Redirect is not null => NonResponse.Refused,
        LegEndReason.Rejected => NonResponse.Refused,
        LegEndReason.NoAnswer => NonResponse.TimedOut,
        _ => NonResponse.Unreachable,
    };

    /// <summary>Whoever is wanted in another call wraps up nothing before.</summary>
    private static bool HasWrapUp(LiveCall call) =>
        call.State.Phase is CallPhase.Connected or CallPhase.OnHold && call.Queue?.Settings.WrapUpSeconds > 0 && call.Agent is { State.Status: AgentStatus.Busy } agent
        && agent.State.CallId == call.Id && !IsWantedElsewhere(agent);

    /// <summary>Ends the call for both sides; the agent wraps up or is free again.</summary>
    private void End(LiveCall call, CallCommand end, bool wrapUp)
    {
        var step = StepOf(call).Call(call, [.. EndSupervisions(call, end.At), end, .. call.Measured]);
        call.Measured.Clear();
        var offers = Withdraw(call, step, end.At);
        List<LegId> others = [.. LeaveSupervision(call, step, end.At), .. LeaveConference(call, step, end.At)];
        GiveBack(call);
        if (call.Agent is { } agent)
        {
            step.Agent(agent, After(call, agent, wrapUp && agent.State.CallId == call.Id ? new WrapUpAgent(call.Id, end.At) : new ReleaseAgent(call.Id, end.At)));
        }

        if (call.Caller is { } caller && caller != call.Agent)
        {
            step.Agent(caller, After(call, caller, new ReleaseAgent(call.Id, end.At)));
        }

        var handover = call.Handover;
        call.Handover = null;
        if (handover?.To is { } rung)
        {
            step.Agent(rung, new ReleaseAgent(call.Id, end.At));
        }

        Take(step.Then(() =>
        {
            HangUp(offers);
            HangUp(others);
            if (handover?.Leg is { } ringing)
            {
                _switch.HangUp(ringing, HangUpCause.Normal);
                Report(handover.Asked, 487, "Request Terminated");
            }

            _switch.HangUp(call.CallerLeg, HangUpCause.Normal);
            if (call.AgentLeg is { } agentLeg)
            {
                _switch.HangUp(agentLeg, HangUpCause.Normal);
            }

            EndErrands(call);
        }));
        if (wrapUp)
        {
            _agenda.In(TimeSpan.FromSeconds(call.Queue!.Settings.WrapUpSeconds), () => WrappedUp(call));
            return;
        }

        _calls.Remove(call.Id);
        foreach (var released in offers.Select(offer => offer.Agent).Append(call.Agent).Append(call.Caller).Append(handover?.To).OfType<LiveAgent>())
        {
            SignOutIfGone(released);
        }
    }

    private void WrappedUp(LiveCall call)
    {
        if (_stopping || call.State.Phase != CallPhase.WrapUp || call.Agent is not { } agent)
        {
            return;
        }

        if (ExtensionLeft(agent, call) is { } left)
        {
            _agenda.In(left, () => WrappedUp(call));
            return;
        }

        CompleteWrapUp(call, new CompleteWrapUp(Now));
        Dispatch();
    }
}
