using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>What trunks send outside of calls, and what they read of the answers.</summary>
internal static class TrunkRequests
{
    /// <summary>The Request-URI of a gateway (RFC 3261 section 19.1.1: the transport is named unless it is UDP).</summary>
    public static SipUri UriOf(string? user, Gateway gateway)
    {
        var uri = SipUri.Of(user, IPAddress.TryParse(gateway.Host, out var address) ? SipUri.HostOf(address) : gateway.Host) with { Port = gateway.Port == 0 ? null : gateway.Port };
        return gateway.Transport.Equals("UDP", StringComparison.OrdinalIgnoreCase) ? uri : uri with { Parameters = uri.Parameters.With("transport", gateway.Transport.ToLowerInvariant()) };
    }

    /// <summary>A request of its own, with the header fields that every request has.</summary>
    public static SipRequest New(UserAgent agent, string method, SipUri uri, SipFlow flow, NameAddr from, NameAddr to, string callId, uint cSeq)
    {
        var headers = new SipHeaders(16);
        headers.Add(HeaderName.Via, AgentMessages.NewVia(flow));
        headers.Add(HeaderName.MaxForwards, "70");
        headers.Add(HeaderName.From, from.WithTag(agent.Transactions.NewTag()).ToString());
        headers.Add(HeaderName.To, to.ToString());
        headers.Add(HeaderName.CallId, callId);
        headers.Add(HeaderName.CSeq, $"{cSeq} {method}");
        return new SipRequest(method, uri, headers, default);
    }

    /// <summary>The seconds of Retry-After, at most an hour; null when the response has none that can be read.</summary>
    public static TimeSpan? RetryAfter(SipResponse response)
    {
        var digits = (response.Headers[HeaderName.RetryAfter] ?? "").AsSpan();
        var length = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(length < 0 ? digits : digits[..length], out var seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, 3600)) : null;
    }
}
