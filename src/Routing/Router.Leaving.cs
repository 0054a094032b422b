using CallCenter.Domain;
using CallCenter.Domain.Calls;

namespace CallCenter.Routing;

/// <summary>Out of a queue before an agent answered.</summary>
public sealed partial class Router
{
    /// <summary>Ends the visit of a call that waits as overflowed, and sends it on in the same step; where it rings, it stops.</summary>
    /// <param name="call">Waits in a queue.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="cause">A word in kebab-case.</param>
    private void SendElsewhere(LiveCall call, Destination to, string cause)
    {
        var now = Now;
        var released = StepOf(call);
        var offers = Withdraw(call, released, now);
        if (offers.Count > 0)
        {
            Take(released.Then(() => HangUp(offers)));
            offers.ForEach(offer => SignOutIfGone(offer.Agent));
        }

        Send(call, to, new OverflowCall(to, cause, now));
    }
}
