using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;

namespace CallCenter.Routing;

/// <summary>Where a call goes next.</summary>
public sealed partial class Router
{
    /// <summary>Where a dialled number leads; null when it leads nowhere.</summary>
    private Destination? EntryOf(string number) =>
        _dialled.TryGetValue(number, out var dialled) ? dialled.To :
        _numbers.TryGetValue(number, out var queue) ? new Destination(DestinationKind.Queue, queue.Id.ToString()) : null;

    /// <summary>Sends a call that talks with nobody to a destination, in one step with what comes before.</summary>
    private void Send(LiveCall call, Destination to, params ReadOnlySpan<CallCommand> first)
    {
        switch (to.Kind)
        {
            case DestinationKind.Queue when QueueOf(to.Target) is { } queue:
                Enqueue(call, queue, first);
                break;
            case DestinationKind.Agent when Guid.TryParse(to.Target, out var id) && _agents.TryGetValue(id, out var agent):
                CallDirectly(call, agent, first);
                break;
            case DestinationKind.Number when to.Target is { } number && _numbers.TryGetValue(number, out var queue):
                Enqueue(call, queue, first);
                break;
            case DestinationKind.Number when to.Target is { } number && _extensions.TryGetValue(number, out var agent):
                CallDirectly(call, agent, first);
                break;
            case DestinationKind.Number when to.Target is { } number && FeatureCodes.TryParse(number) is null && _dialPlan.Rules.Count > 0:
                SendOutside(call, number, DialClass.International, first);
                break;
            case DestinationKind.Flow when to.Target is { } name && BeginFlow(call, name) is { } visit:
                EnterFlow(call, visit, first);
                break;
            case DestinationKind.Voicemail:
                AskForMessage(call, to.Target, first);
                break;
            case DestinationKind.Callback:
                TakeCallback(call, to.Target, first);
                break;
            case DestinationKind.HangUp:
                Finish(call, first, new EndCall(CallParty.System, "ended", Now), 480, "Temporarily Unavailable");
                break;
            default:
                Finish(call, first, new FailCall("no-such-number", Now), 404, "Not Found");
                break;
        }
    }

    /// <summary>Whether <see cref="Send"/> knows what to do with a destination that is neither queue, agent nor number.</summary>
    private bool Leads(Destination to) => to.Kind is DestinationKind.HangUp or DestinationKind.Voicemail or DestinationKind.Callback || (to.Kind == DestinationKind.Flow && to.Target is { } flow && _flows.ContainsKey(flow));

    private LiveQueue? QueueOf(string? target) =>
        Guid.TryParse(target, out var id) ? _queues.GetValueOrDefault(id) : _queues.Values.FirstOrDefault(queue => string.Equals(queue.Settings.Name, target, StringComparison.Ordinal));

    /// <summary>Ends a call that talks with nobody; one that is not answered yet is refused with this response.</summary>
    private void Finish(LiveCall call, ReadOnlySpan<CallCommand> first, CallCommand end, int status, string reason)
    {
        if (end is FailCall && TryResume(call, first))
        {
            return;
        }

        var step = StepOf(call).Call(call, [.. first, end]);
        if (call.Caller is { } caller)
        {
            // An agent who calls is busy with that, from the first phone that rang for it on.
            step.Agent(caller, After(call, caller, new ReleaseAgent(call.Id, end.At)));
        }

        _calls.Remove(call.Id);
        Take(step.Then(() =>
        {
            // The one has no effect on a call that was answered, the other none on one that was not.
            _switch.Reject(call.CallerLeg, status, reason);
            _switch.HangUp(call.CallerLeg, Telephony.HangUpCause.Normal);
        }));
        if (call.Caller is { } released)
        {
            SignOutIfGone(released);
        }
    }
}
