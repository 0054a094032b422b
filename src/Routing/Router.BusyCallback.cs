using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>An agent who found a colleague busy is rung when both are free, and then called through. Kept for an hour, and not over a restart.</summary>
public sealed partial class Router
{
    private static readonly TimeSpan BusyCallbackLife = TimeSpan.FromHours(1);

    private readonly List<(LiveAgent Caller, LiveAgent Callee, DateTimeOffset Until)> _awaited = [];

    private Refusal? AwaitFree(LiveAgent caller, string extension)
    {
        if (!_extensions.TryGetValue(extension, out var callee) || callee == caller)
        {
            return new Refusal("NO_TARGET", "There is no such colleague.");
        }

        _awaited.RemoveAll(wish => wish.Caller == caller && wish.Callee == callee);
        _awaited.Add((caller, callee, Now + BusyCallbackLife));
        return null;
    }

    /// <summary>Rings those whose colleagues are free now. Before offers of queues: who waits for a colleague would never meet one otherwise.</summary>
    private void CallBackTheBusy()
    {
        if (_awaited.Count == 0)
        {
            return;
        }

        _awaited.RemoveAll(wish => wish.Until < Now);
        if (_awaited.FindIndex(wish => CanTake(wish.Caller) && CanTake(wish.Callee)) is var ready && ready >= 0)
        {
            var (caller, callee, _) = _awaited[ready];
            _awaited.RemoveAt(ready);
            var id = Guid.CreateVersion7();
            RunErrand(new Errand(caller, id, leg => CallThrough(id, caller, callee, leg), () => { }), callee.State.Extension!, callee.State.Name);
        }
    }

    private void CallThrough(Guid id, LiveAgent caller, LiveAgent callee, LegId leg)
    {
        var call = new LiveCall(id, leg, $"{id:N}@busy-callback", caller.State.Extension!) { To = callee.State.Extension!, Caller = caller };
        _calls.Add(id, call);
        _legs.Add(leg, call);
        _switch.Name(leg, id);
        _switch.Play(leg, DeskAudio.Ringing, Guid.NewGuid());
        CallDirectly(call, callee, new ReceiveCall(id, CallDirection.Internal, call.From, call.To, Now, call.SipCallId));
    }
}
