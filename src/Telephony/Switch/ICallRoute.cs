using System.Net.Sockets;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>One INVITE to be sent.</summary>
/// <param name="Invite">Whole, with its offer.</param>
/// <param name="Flow">Where it goes.</param>
/// <param name="BehindNat">What the callee names as its address cannot be reached.</param>
internal sealed record CallAttempt(SipRequest Invite, SipFlow Flow, bool BehindNat);

/// <summary>Whom a leg calls: who at once, and who next. Belongs to the loop.</summary>
internal interface ICallRoute
{
    /// <summary>Why nobody can be called at all; null when somebody can.</summary>
    string? Closed { get; }

    /// <summary>The address family of who is called first: our offer names an address of it.</summary>
    AddressFamily Family { get; }

    /// <summary>The codecs to agree to; null for the switch's own.</summary>
    CodecPreference? Codecs { get; }

    /// <summary>All who may be called are called over TLS or WSS: our offer may hold a key.</summary>
    bool IsSecure { get; }

    /// <summary>How long those of the last <see cref="Next"/> are called before the ones after them are; null when there is no hurry.</summary>
    TimeSpan? Patience { get; }

    /// <summary>Patience is not lost with somebody who has sent a provisional response.</summary>
    bool IsContentWithProgress { get; }

    /// <summary>Those to be called now, all at once; empty when nobody is left.</summary>
    /// <param name="offer">Our SDP.</param>
    IReadOnlyList<CallAttempt> Next(string offer);

    /// <summary>The call to make again at once at the same place, as the refusal wants it; null when it wants nothing that we have.</summary>
    CallAttempt? Retry(SipRequest invite, SipResponse refusal);

    /// <summary>Whether a failure leaves it worth asking the next.</summary>
    /// <param name="refusal">The final response; null when there was none.</param>
    bool GoesOnAfter(SipResponse? refusal);

    /// <summary>The leg is over.</summary>
    void End();
}
