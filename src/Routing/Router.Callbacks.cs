using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Callers who leave and keep their place: called back when their turn is near, asked for a key, and put into the queue where they would be.</summary>
public sealed partial class Router
{
    private const char Yes = '1';
    private const char NoMore = '3';

    // Those that are open.
    private readonly Dictionary<Guid, LiveCallback> _callbacks = [];

    /// <summary>Has somebody called back.</summary>
    /// <returns>Why not: <c>QUEUE_NOT_FOUND</c>, <c>AGENT_NOT_FOUND</c>, or the decider's refusal.</returns>
    public Task<Refusal?> RequestCallbackAsync(RequestCallback request, string user) => AskAsync(user, () =>
    {
        if (!_queues.ContainsKey(request.QueueId))
        {
            return new Refusal("QUEUE_NOT_FOUND", "There is no such queue.");
        }

        if (request.AgentId is { } agent && !_agents.ContainsKey(agent))
        {
            return new Refusal("AGENT_NOT_FOUND", "There is no such agent.");
        }

        var callback = new LiveCallback(request.CallbackId, Callback.Initial, 0);
        Take(StepOf(null).Callback(callback, request));
        Keep(callback);
        return null;
    });

    /// <summary>Calls nobody back any more; a phone that rings for it stops.</summary>
    /// <returns>Why not: <c>CALLBACK_NOT_FOUND</c> when there is none, or it has ended.</returns>
    public Task<Refusal?> CancelCallbackAsync(Guid id, string user) => AskAsync(user, () =>
    {
        if (!_callbacks.TryGetValue(id, out var callback))
        {
            return new Refusal("CALLBACK_NOT_FOUND", "There is no such callback, or it has ended.");
        }

        Cancel(callback, user);
        return null;
    });

    /// <summary>A caller leaves and is called back, in one step with what comes before.</summary>
    /// <param name="call">Talks with nobody.</param>
    /// <param name="target">Id or name of a queue; null for the one that the call is or was in.</param>
    /// <param name="first">What comes before.</param>
    private void TakeCallback(LiveCall call, string? target, params ReadOnlySpan<CallCommand> first)
    {
        if ((target is null ? call.Queue : QueueOf(target)) is not { } queue)
        {
            Finish(call, first, new FailCall("no-such-queue", Now), 404, "Not Found");
            return;
        }

        if (!CallbackDecider.CanBeCalled(call.From))
        {
            // Whose number is withheld can say it.
            AskForMessage(call, queue.Id.ToString(), first);
            return;
        }

        var now = Now;
        var (since, headStart) = call.Contact.QueueId == queue.Id ? (call.RankedSince, call.Contact.HeadStartSeconds) : (now, 0);
        var rank = new CallbackRank(since, headStart, call.Priority, NeedsOf(call.Contact));
        var callback = new LiveCallback(Guid.CreateVersion7(), Callback.Initial, 0);
        call.OnKey = _ => { };
        Take(StepOf(call)
            .Call(call, [.. first, new LeaveForCallback(callback.Id, now)])
            .Callback(callback, new RequestCallback(callback.Id, queue.Id, call.From, rank, new CallbackRules(), now, CallId: call.Id))
            .Then(() =>
            {
                _switch.Answer(call.CallerLeg);
                var language = LanguageOf(call, queue);
                SayGoodbye(call, CallerSentences.Of(language).PlaceKept, language, "callback");
            }));
        Keep(callback);
    }

    /// <summary>Whoever keeps a place ranks with those who wait.</summary>
    private IEnumerable<WaitingContact> KeptPlaces(Guid queue) => _callbacks.Values.Where(b => b.State.QueueId == queue && b.State.State != CallbackState.Confirmed)
        .Select(b => new WaitingContact(b.Id, queue, b.State.Rank.QueuedAt) { HeadStartSeconds = b.State.Rank.HeadStartSeconds, Priority = b.State.Rank.Priority });

    private void Keep(LiveCallback callback)
    {
        _callbacks.Add(callback.Id, callback);
        Remind(callback);
    }

    /// <summary>Looks again when the callback may be dialled, and when anybody of the queue will do for it.</summary>
    private void Remind(LiveCallback callback)
    {
        var now = Now;
        if (callback.State.NotBefore is { } notBefore && notBefore > now)
        {
            _agenda.In(notBefore - now, Dispatch);
        }

        if (callback.State.AgentId is not null)
        {
            _agenda.In((callback.State.NotBefore ?? callback.RankedSince) + CallbackTurn.AgentPatience - now, Dispatch);
        }
    }

    /// <summary>Dials every callback whose turn is near.</summary>
    private void DialCallbacks()
    {
        if (_stopping || _callbacks.Count == 0)
        {
            return;
        }

        var now = Now;
        var due = CallbackTurn.Due(
            [.. _callbacks.Values.Select(b => new WaitingCallback(b.Id, b.State.QueueId, b.RankedSince, b.State.NotBefore, b.State.AgentId, b.State.State != CallbackState.Waiting))],
            [.. _waiting.Concat(_offered).Where(call => call.Callback is null && !call.State.IsDirect).Select(call => (call.State.QueueId!.Value, call.RankedSince.AddSeconds(-call.Contact.HeadStartSeconds)))],
            [.. _agents.Values.Select(a => new CallbackAgent(
                a.Id, a.State.Queues, a.State.Status == AgentStatus.Available && a.PhoneRegistered && a.OfferableFrom <= now, a.State.Status != AgentStatus.SignedOut))],
            now);
        foreach (var id in due)
        {
            var (callback, callId) = (_callbacks[id], Guid.CreateVersion7());
            Take(StepOf(null).Callback(callback, new DialCallback(callId, Now)).Then(() => Dial(callback, callId)));
        }
    }

    private void Dial(LiveCallback callback, Guid callId)
    {
        if (_stopping || callback.State.State != CallbackState.Dialling || _queues.GetValueOrDefault(callback.State.QueueId) is not { } queue)
        {
            return;
        }

        var options = new OriginateOptions { FromUser = queue.Settings.Number ?? "", FromDisplayName = queue.Settings.Name, RingTimeout = TimeSpan.FromSeconds(callback.State.Rules.RingSeconds) };
        if (LegTo(callback.State.Number, options) is not { } leg)
        {
            Miss(callback, new Step(null, Routing), callId, CallbackMiss.Unreachable);
            return;
        }

        // To agents it is the customer's call, as the first one was.
        var call = new LiveCall(callId, leg, callId.ToString(), callback.State.Number) { To = options.FromUser, Callback = callback };
        callback.Call = call;
        call.OnCallerAnswered = () => AskWhetherThere(callback, call);
        call.OnCallerGone = ended => CallbackGone(callback, call, ended);
        _legs.Add(leg, call);
        _calls.Add(call.Id, call);
        _switch.Name(leg, call.Id);
        Take(StepOf(call).Call(call, new ReceiveCall(call.Id, CallDirection.Outbound, options.FromUser, callback.State.Number, Now)));
    }

    private LegId? LegTo(string number, OriginateOptions options) =>
        _extensions.ContainsKey(number) ? _switch.Originate(number, options)
        : _dialPlan.Route(number, DialClass.International).Call is { } outside ? _switch.Originate(outside.Number, outside.Trunk, options)
        : null;

    private void AskWhetherThere(LiveCallback callback, LiveCall call)
    {
        if (callback.State.State != CallbackState.Dialling || _queues.GetValueOrDefault(callback.State.QueueId) is not { } queue)
        {
            return;
        }

        call.OnKey = key =>
        {
            if (key == Yes)
            {
                Confirm(callback, call, queue);
            }
            else if (key == NoMore)
            {
                Cancel(callback, by: null);
            }
        };
        _switch.DetectDtmf(call.CallerLeg);
        var language = LanguageOf(call, queue);
        Speak(CallerSentences.Of(language).CalledBackBy(queue.Settings.Name), language, question =>
        {
            PlayOnce(call, () => { }, question);
            _agenda.In(question.Duration + TimeSpan.FromSeconds(callback.State.Rules.ConfirmSeconds), () =>
            {
                if (callback.Call == call && callback.State.State == CallbackState.Dialling)
                {
                    Miss(callback, StepOf(call).Call(call, new FailCall("callback-not-confirmed", Now)), call.Id, CallbackMiss.NotConfirmed, () => _switch.HangUp(call.CallerLeg, HangUpCause.Normal));
                    _calls.Remove(call.Id);
                }
            });
        });
    }

    private void Confirm(LiveCallback callback, LiveCall call, LiveQueue queue)
    {
        var now = Now;
        call.OnKey = null;

        // Whole seconds: rather one too many than behind who came later.
        var headStart = Math.Max(0, (int)Math.Ceiling((now - callback.RankedSince).TotalSeconds));
        call.Priority = callback.State.Rank.Priority;
        call.Contact = call.Contact with { HeadStartSeconds = headStart, LastAgentId = callback.State.AgentId };
        if (callback.State.Rank.Needs is { } needs)
        {
            Need(call, needs);
        }

        Take(StepOf(call).Callback(callback, new ConfirmCallback(call.Id, now)).Call(call, new EnqueueCall(queue.Id, now, headStart, NeedsOf(call.Contact))).Then(() => Announce(call)));
        Requeued(call, queue);
        if (callback.State.AgentId is { } wanted && _agents.TryGetValue(wanted, out var agent) && CanTake(agent) && agent.OfferableFrom <= now)
        {
            Offer(call, [agent]);
        }
    }

    /// <summary>An agent has answered whom we called back: it is done, by the step that says so of the call.</summary>
    private void Complete(LiveCall call, LiveAgent agent, Step step)
    {
        if (call.Callback is { } callback)
        {
            step.Callback(callback, new CompleteCallback(call.Id, agent.Id, Now));
            Forget(callback);
        }
    }

    /// <summary>The phone that we called is gone, before an agent answered.</summary>
    private void CallbackGone(LiveCallback callback, LiveCall call, LegEnded ended)
    {
        if (callback.Call != call)
        {
            return;
        }

        if (callback.State.State == CallbackState.Confirmed)
        {
            Miss(callback, StepOf(call), call.Id, CallbackMiss.HungUp);
            return;
        }

        var reason = ended.Reason switch
        {
            LegEndReason.NoAnswer => CallbackMiss.NoAnswer,
            LegEndReason.Rejected => CallbackMiss.Refused,
            LegEndReason.RemoteHangUp => CallbackMiss.NotConfirmed,
            _ => CallbackMiss.Unreachable,
        };
        _calls.Remove(call.Id);
        Miss(callback, StepOf(call).Call(call, new FailCall("callback-not-reached", Now)), call.Id, reason);
    }

    private void Miss(LiveCallback callback, Step step, Guid callId, CallbackMiss reason, Action? then = null)
    {
        Take(step.Callback(callback, new MissCallback(callId, reason, Now)).Then(then ?? (() => { })));
        callback.Call?.Callback = null;
        callback.Call = null;
        if (callback.State.IsOpen)
        {
            Remind(callback);
        }
        else
        {
            _callbacks.Remove(callback.Id);
        }
    }

    private void Cancel(LiveCallback callback, string? by)
    {
        var call = callback.Call;
        Take(StepOf(call).Callback(callback, new CancelCallback(by, Now)).Then(() =>
        {
            // Who waits in the queue again is a caller like any other.
            if (call is { State.Phase: CallPhase.Received })
            {
                EndBySystem(call, "callback-cancelled");
            }
        }));
        Forget(callback);
    }

    private void Forget(LiveCallback callback)
    {
        _callbacks.Remove(callback.Id);
        callback.Call?.Callback = null;
        callback.Call = null;
    }
}
