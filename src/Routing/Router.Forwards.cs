using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;

namespace CallCenter.Routing;

/// <summary>Where a colleague's call goes that an agent does not take.</summary>
public sealed partial class Router
{
    private const int MostForwards = 5;

    /// <summary>Sends a call for one agent where that one forwards it now.</summary>
    /// <returns>False when it is to ring, or to be refused.</returns>
    private bool TryForward(LiveCall call, LiveAgent callee, ReadOnlySpan<CallCommand> first)
    {
        var desk = callee.State.Desk;
        return desk.ForwardAlways is { } always ? Forward(call, callee, ForwardKind.Always, always, first)
            : CanTake(callee) ? false
            : IsAway(callee) ? desk.ForwardNoAnswer is { } elsewhere && Forward(call, callee, ForwardKind.NoAnswer, elsewhere, first)
            : desk.ForwardBusy is { } busy && Forward(call, callee, ForwardKind.Busy, busy, first);
    }

    private bool Forward(LiveCall call, LiveAgent callee, ForwardKind kind, Destination to, ReadOnlySpan<CallCommand> first)
    {
        // A flow or mailbox that is gone meanwhile: better to ring than to lose the call.
        if (call.Forwards == MostForwards || !(to.Kind is DestinationKind.Queue or DestinationKind.Agent or DestinationKind.Number || Leads(to)))
        {
            return false;
        }

        call.Forwards++;
        CallCommand[] commands = [.. first, new ForwardCall(callee.Id, kind, to, Now)];
        if (to is { Kind: DestinationKind.Number, Target: { } number } && EntryOf(number) is null && !_extensions.ContainsKey(number))
        {
            SendOutside(call, number, callee.State.Desk.DialClass, commands);
        }
        else
        {
            Send(call, to, commands);
        }

        return true;
    }

    private static bool IsAway(LiveAgent agent) => !agent.PhoneRegistered || agent.State.Status == AgentStatus.SignedOut;
}
