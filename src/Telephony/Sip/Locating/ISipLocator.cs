using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>One place where requests for a URI can be sent.</summary>
/// <param name="Protocol">As Via names it: UDP, TCP or TLS.</param>
/// <param name="EndPoint">Address and port.</param>
/// <param name="Host">The domain that was looked up, which a TLS peer must prove to be (RFC 5922); null where the URI has an address.</param>
public sealed record SipTarget(string Protocol, IPEndPoint EndPoint, string? Host = null);

/// <summary>Finds where a URI's next hop is (RFC 3263).</summary>
public interface ISipLocator
{
    /// <summary>The places to try, in this order; empty when the name leads nowhere or no server could be asked.</summary>
    Task<IReadOnlyList<SipTarget>> LocateAsync(SipUri uri, CancellationToken cancellationToken);
}
