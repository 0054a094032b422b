using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Telephony;

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
            : CanTake(callee) || CanKnock(callee) ? false
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

    /// <summary>Where a call goes that rang at the agent and was not answered; null when it goes nowhere.</summary>
    private (ForwardKind Kind, Destination To)? ForwardAfter(LiveOffer offer, LegEnded ended) => (offer.Agent.State.Desk, ended.Reason) switch
    {
        _ when ended.Redirect is { } redirect => TargetOf(redirect) is { } to ? (ForwardKind.Redirected, to) : null,
        ({ ForwardBusy: { } busy }, _) when offer.Knocks => (ForwardKind.Busy, busy),
        ({ ForwardNoAnswer: { } elsewhere }, not LegEndReason.Rejected) when !offer.Knocks => (ForwardKind.NoAnswer, elsewhere),
        _ => null,
    };

    /// <summary>Where a phone may send a call: to numbers, as the agent may dial them. Another host is not ours to call, and codes are for agents.</summary>
    private Destination? TargetOf(Redirection redirect) =>
        redirect is { IsHere: true, Target: var number } && Dialled.IsNumber(number) && FeatureCodes.TryParse(number) is null ? TargetOf(number) : null;

    private static bool IsAway(LiveAgent agent) => !agent.PhoneRegistered || agent.State.Status == AgentStatus.SignedOut;
}
