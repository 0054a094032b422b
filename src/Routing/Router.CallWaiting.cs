using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>
/// Call waiting: a call for one agent who talks already. The agent's state stays that of the call at hand, until that is over; the second call is taken by the phone's second line, or
/// by a code on the same leg, which then goes to and fro between the two.
/// </summary>
public sealed partial class Router
{
    /// <summary>Between two bursts of the tone.</summary>
    private static readonly TimeSpan WaitingToneEvery = TimeSpan.FromSeconds(10);

    private static Refusal LineShared => new("CALL_STATE", "Another call waits on the same line: one of the two is to be ended first.");

    /// <summary>The call that the agent talks in, as its agent or as its caller, and the leg of its phone in that; null when that is none.</summary>
    private (LiveCall Call, LegId Leg)? TalkOf(LiveAgent agent) =>
        agent.State is not { Status: AgentStatus.Busy, CallId: { } id } || !_calls.TryGetValue(id, out var call) || call.State.Phase is not (CallPhase.Connected or CallPhase.OnHold) ? null
        : call.Agent == agent && call.AgentLeg is { } leg ? (call, leg)
        : call.Caller == agent ? (call, call.CallerLeg)
        : null;

    /// <summary>The call that the agent talks in beside the one at hand.</summary>
    private static LiveCall? SecondOf(LiveAgent agent) =>
        agent.Second is { State.Phase: CallPhase.Connected or CallPhase.OnHold } second && second.Agent == agent && agent.State.CallId != second.Id ? second : null;

    /// <summary>The call that knocks at the agent now.</summary>
    private static (LiveCall Call, LiveOffer Offer)? KnockAt(LiveAgent agent) => agent.Knock is var (call, offer) && offer.Knocks && call.Offers.Contains(offer) ? agent.Knock : null;

    /// <summary>Of the agent's two calls that which is not this one.</summary>
    private LiveCall? OtherOf(LiveAgent agent, LiveCall call) =>
        agent.State.CallId == call.Id ? SecondOf(agent)
        : SecondOf(agent) == call && agent.State.CallId is { } id && _calls.TryGetValue(id, out var first) && first.Agent == agent ? first
        : null;

    /// <summary>One second call at a time, and none for who hands a call over, confers, or wants to pause after the talk.</summary>
    private bool CanKnock(LiveAgent agent) =>
        agent is { PhoneRegistered: true, State: { Desk: { CallWaiting: true, DoNotDisturb: false }, Pending: null } } && TalkOf(agent) is { Call: { Handover: null, Conference: null } }
        && SecondOf(agent) is null && KnockAt(agent) is null;

    private static bool IsWantedElsewhere(LiveAgent agent) => SecondOf(agent) is not null || (agent.State.Pending is null && KnockAt(agent) is not null);

    /// <summary>The phone's second line rings: the agent is told in the talk.</summary>
    private void SignalWaiting(LiveCall call, LiveOffer offer)
    {
        if (offer is not { Knocks: true, IsSignalled: false } || TalkOf(offer.Agent) is not var (talk, _))
        {
            return;
        }

        offer.IsSignalled = true;
        Take(StepOf(call).Call(call, new SignalWaiting(offer.Agent.Id, talk.Id, Now)).Then(() => PlayWaiting(call, offer)));
    }

    private void PlayWaiting(LiveCall call, LiveOffer offer)
    {
        if (!_stopping && offer.Knocks && call.Offers.Contains(offer) && TalkOf(offer.Agent) is var (_, leg))
        {
            _switch.Play(leg, DeskAudio.Waiting, Guid.NewGuid());
            _agenda.In(WaitingToneEvery, () => PlayWaiting(call, offer));
        }
    }

    /// <summary>The phone has answered the call that knocked.</summary>
    private void TakeBeside(LiveCall call, LiveOffer offer)
    {
        var leg = offer.Leg!.Value;
        if (TalkOf(offer.Agent) is var (talk, _))
        {
            Take(call, offer, leg, talk);
        }
        else
        {
            // The talk is over, and the agent wants to pause: for the caller that is a busy phone.
            _switch.HangUp(leg, HangUpCause.Normal);
        }
    }

    /// <summary>The agent asks for the call that waits, on the leg that it talks on; or, with two calls on one leg, for the other one.</summary>
    private Refusal? TakeWaiting(LiveAgent agent, LiveCall talk)
    {
        if (KnockAt(agent) is var (call, offer) && TalkOf(agent)?.Call == talk && talk is { AgentLeg: { } leg, Handover: null, Conference: null })
        {
            Take(call, offer, leg, talk);
            return null;
        }

        return OtherOf(agent, talk) is { AgentLeg: null } other ? Swap(agent, talk, other) : new Refusal("CALL_STATE", "No call waits for the agent.");
    }

    /// <summary>The agent talks in the second call; the first is on hold.</summary>
    private void Take(LiveCall call, LiveOffer offer, LegId leg, LiveCall talk)
    {
        var now = Now;
        var agent = offer.Agent;
        var (isSameLeg, talkLeg) = (talk.AgentLeg == leg, talk.AgentLeg);
        var holds = talk.Agent == agent && talk.State.Phase == CallPhase.Connected;
        var step = StepOf(call).Call(call, new AnswerCall(agent.Id, now));
        if (holds)
        {
            step.Call(talk, new HoldCall(now));
        }

        call.Offers.Remove(offer);
        Complete(call, agent, step);
        (call.Agent, call.AgentLeg, agent.Second, talk.HeldForSecond) = (agent, leg, call, holds || isSameLeg);
        if (isSameLeg)
        {
            (talk.AgentLeg, _legs[leg]) = (null, call);
        }

        Take(step.Then(() =>
        {
            if (isSameLeg && offer.Leg is { } ringing)
            {
                _switch.HangUp(ringing, HangUpCause.Normal);
            }

            if (holds)
            {
                WhileIn(talk, CallPhase.OnHold, () => PutOnHold(talk, talkLeg));
            }

            WhileIn(call, CallPhase.Connected, () =>
            {
                _switch.Answer(call.CallerLeg);
                Bridge(call);
            });
        }));
        NoteAnswer(call, agent, now);
        WatchLength(call);
    }

    /// <summary>The leg that both calls share goes to the other one.</summary>
    private Refusal? Swap(LiveAgent agent, LiveCall from, LiveCall to)
    {
        if (from is not { AgentLeg: { } leg, Handover: null, Conference: null } || to is not { Handover: null, State.Phase: CallPhase.OnHold })
        {
            return new Refusal("CALL_STATE", $"Agent {agent.State.Name} cannot change between its calls now.");
        }

        var now = Now;
        var step = StepOf(to).Call(to, new RetrieveCall(now));
        var holds = from.State.Phase == CallPhase.Connected;
        if (holds)
        {
            step.Call(from, new HoldCall(now));
        }

        (to.AgentLeg, from.AgentLeg, _legs[leg]) = (leg, null, to);
        (to.HeldForSecond, from.HeldForSecond) = (false, true);
        Take(step.Then(() =>
        {
            if (holds)
            {
                WhileIn(from, CallPhase.OnHold, () => PutOnHold(from, leg));
            }

            WhileIn(to, CallPhase.Connected, () => Bridge(to));
        }));
        return null;
    }

    /// <summary>Before a call ends whose leg is also that of the agent's other one: the leg is the other one's from now on.</summary>
    private void GiveBack(LiveCall call)
    {
        if (call is { Agent: { } agent, AgentLeg: { } leg } && OtherOf(agent, call) is { AgentLeg: null } other)
        {
            (other.AgentLeg, call.AgentLeg, _legs[leg]) = (leg, null, other);
        }
    }

    /// <summary>What becomes of an agent whose part in a call is over: it goes on in its second call, is offered the one that knocks, or what would be without these.</summary>
    private AgentCommand[] After(LiveCall call, LiveAgent agent, AgentCommand otherwise)
    {
        GoBackSoon(agent);
        if (agent.State.CallId != call.Id)
        {
            return [otherwise];
        }

        if (SecondOf(agent) is { } second)
        {
            return [new MoveAgent(call.Id, second.Id, otherwise.At)];
        }

        if (KnockAt(agent) is not var (waiting, offer))
        {
            return [otherwise];
        }

        if (agent.State.Pending is null)
        {
            offer.Knocks = false;
            return [new ReleaseAgent(call.Id, otherwise.At), new OfferToAgent(waiting.Id, otherwise.At)];
        }

        if (offer.Leg is { } ringing)
        {
            _switch.HangUp(ringing, HangUpCause.Normal);
        }

        return [otherwise];
    }

    private void GoBackSoon(LiveAgent agent)
    {
        if (agent.Second is not null)
        {
            Post(() => GoBack(agent));
        }
    }

    /// <summary>The agent's one call is over: the other, which was put on hold for it, is taken back; an agent who has hung up is rung for it.</summary>
    private void GoBack(LiveAgent agent)
    {
        if (_stopping || SecondOf(agent) is not null || agent.State.CallId is not { } id || !_calls.TryGetValue(id, out var call)
            || call is not { State.Phase: CallPhase.OnHold, HeldForSecond: true, Handover: null } || call.Agent != agent)
        {
            return;
        }

        agent.Second = null;
        if (call.AgentLeg is not null)
        {
            Retrieve(call);
        }
        else if (RunErrand(new Errand(agent, call.Id, leg => TakeBack(call, agent, leg), () => NotTakenBack(call)), call.From, call.DisplayName) is not null)
        {
            NotTakenBack(call);
        }
    }

    private void TakeBack(LiveCall call, LiveAgent agent, LegId leg)
    {
        if (call.State.Phase != CallPhase.OnHold || call.Agent != agent || call.AgentLeg is not null)
        {
            _switch.HangUp(leg, HangUpCause.Normal);
            return;
        }

        call.AgentLeg = leg;
        _legs.Add(leg, call);
        _switch.Name(leg, call.Id);
        Retrieve(call);
    }

    /// <summary>The agent does not come back to a call on hold: a queue's call goes there, another ends.</summary>
    private void NotTakenBack(LiveCall call)
    {
        if (call.State.Phase != CallPhase.OnHold || call.AgentLeg is not null)
        {
            return;
        }

        if (call is not { Queue: { } queue, Agent: { } agent })
        {
            End(call, new EndCall(CallParty.Agent, "hang-up", Now), wrapUp: false);
            return;
        }

        var step = StepOf(call).Call(call, new TransferToQueue(queue.Id, Now));
        if (agent.State.CallId == call.Id)
        {
            step.Agent(agent, new ReleaseAgent(call.Id, Now));
        }

        Take(step.Then(() => Announce(call)));
        Requeued(call, queue);
    }
}
