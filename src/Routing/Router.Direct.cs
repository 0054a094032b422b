using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>A call for one agent: the phone rings there, and the caller hears that.</summary>
public sealed partial class Router
{
    /// <summary>How long a call that is for one agent rings there.</summary>
    public static TimeSpan DirectRing => TimeSpan.FromSeconds(45);

    private void CallDirectly(LiveCall call, LiveAgent callee, params ReadOnlySpan<CallCommand> first)
    {
        if (callee != call.Caller && TryForward(call, callee, first))
        {
            return;
        }

        var now = Now;
        var knocks = CanKnock(callee);
        if (!(knocks || CanTake(callee)) || callee == call.Caller)
        {
            var (cause, status, reason) = WhyNotTaken(callee);
            Finish(call, first, new FailCall(cause, now), status, reason);
            return;
        }

        var offer = new LiveOffer(callee) { Knocks = knocks };
        var step = StepOf(call).Call(call, [.. first, new OfferCall(callee.Id, now)]);
        if (knocks)
        {
            callee.Knock = (call, offer);
        }
        else
        {
            step.Agent(callee, new OfferToAgent(call.Id, now));
        }

        // An agent who talks already consults: the call at hand stays the agent's.
        if (call.Caller is { } caller && caller.State.Status == AgentStatus.Available)
        {
            step.Agent(caller, new OccupyAgent(call.Id, now));
        }

        Ring(call, offer, DirectRing, call.Caller?.State.Name ?? call.DisplayName, step);
    }

    private static bool CanTake(LiveAgent agent) => agent.State is { Status: AgentStatus.Available, Desk.DoNotDisturb: false } && agent.PhoneRegistered;

    private static (string Cause, int Status, string Reason) WhyNotTaken(LiveAgent agent) => agent.State.Status is AgentStatus.SignedOut or AgentStatus.NotReady || !agent.PhoneRegistered
        ? ("callee-unavailable", 480, "Temporarily Unavailable")
        : ("busy", 486, "Busy Here");

    private void Ringing(LiveCall call, LegRinging ringing)
    {
        if (OfferOf(call, ringing.Leg) is { } offer)
        {
            offer.CanBeTold = ringing.CanBeTold;
            if (call.State.IsDirect)
            {
                _switch.Ring(call.CallerLeg);
                SignalWaiting(call, offer);
            }
        }
        else if (call.Handover is { } handover && handover.Leg == ringing.Leg)
        {
            handover.CanBeTold = ringing.CanBeTold;
            Report(handover.Asked, 180, "Ringing");
        }
    }

    /// <summary>The other agent did not take a direct call: the caller is told as the phone told us.</summary>
    private void NotReached(LiveCall call, LiveOffer offer, LegEnded ended)
    {
        var now = Now;
        var callee = offer.Agent;
        var (status, reason) = ended switch
        {
            _ when offer.Knocks => (486, "Busy Here"),
            { Reason: LegEndReason.Rejected, SipStatus: { } refused, Text: { } text } => (refused, text),
            { Reason: LegEndReason.NoAnswer } => (408, "Request Timeout"),
            _ => (480, "Temporarily Unavailable"),
        };
        if (ForwardAfter(offer, ended) is var (kind, elsewhere) && call.Forwards < MostForwards)
        {
            Take(StepOf(call).Agent(callee, new ReleaseAgent(call.Id, now)));
            Forward(call, callee, kind, elsewhere, [new MissOffer(callee.Id, WhyNot(ended), now)]);
            SignOutIfGone(callee);
            return;
        }

        if (TryResume(call, [new MissOffer(callee.Id, WhyNot(ended), now)]))
        {
            Take(StepOf(call).Agent(callee, new ReleaseAgent(call.Id, now)));
            SignOutIfGone(callee);
            return;
        }

        var step = StepOf(call)
            .Call(call, new MissOffer(callee.Id, WhyNot(ended), now), new FailCall(ended.Redirect is not null ? "redirect-refused" : offer.Knocks ? "busy" : ended.Reason == LegEndReason.Rejected ? "refused" : "no-answer", now))
            .Agent(callee, new ReleaseAgent(call.Id, now));
        if (call.Caller is { } caller)
        {
            step.Agent(caller, new ReleaseAgent(call.Id, now));
        }

        _calls.Remove(call.Id);
        Take(step.Then(() =>
        {
            // The one has no effect on a call that was answered, the other none on one that was not.
            _switch.Reject(call.CallerLeg, status, reason);
            _switch.HangUp(call.CallerLeg, HangUpCause.Normal);
        }));
        foreach (var agent in new[] { callee, call.Caller }.OfType<LiveAgent>())
        {
            SignOutIfGone(agent);
        }
    }
}
