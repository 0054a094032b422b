using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>Where responses go (RFC 3261 sections 18.2.1 and 18.2.2, RFC 3581 section 4).</summary>
internal static class ReplyRoute
{
    private const int DefaultPort = 5060;

    /// <summary>Notes in the top Via where the request really came from, and gives the flow for its responses.</summary>
    /// <remarks>maddr is not followed: answering at an address of the sender's choice would let anyone aim our traffic at others.</remarks>
    public static SipFlow Stamp(SipRequest request, SipFlow source)
    {
        var via = request.TopVia;
        var differs = !IPAddress.TryParse(via.Host, out var named) || !named.Equals(source.Remote.Address);
        if (differs || via.WantsRPort)
        {
            var parameters = via.Parameters.With("received", source.Remote.Address.ToString());
            if (via.WantsRPort)
            {
                parameters = parameters.With("rport", source.Remote.Port.ToString());
            }

            var stamped = via with { Parameters = parameters };
            var others = request.Headers.TryGet(HeaderName.Via, out var field) && Via.TryParseFirst(field.Span, out _, out var rest, out _) ? rest : default;
            request.Headers.ReplaceFirst(HeaderName.Via, others.IsEmpty ? stamped.ToString() : $"{stamped}, {System.Text.Encoding.UTF8.GetString(others)}");
            request.SetTopVia(stamped);
        }

        return For(via, source);
    }

    /// <summary>Where a response goes by its Via: the port that the request came from if that was asked for, else the sender's stated one, always at the address it came from.</summary>
    public static SipFlow For(Via via, SipFlow source) => via.WantsRPort || source.Transport.IsReliable
        ? source
        : new SipFlow(source.Transport, new IPEndPoint(source.Remote.Address, via.Port is > 0 and { } port ? port : DefaultPort));

    /// <summary>Came straight from the host and port that its sender named: no address translation lies between.</summary>
    public static bool IsDirect(SipRequest request, SipFlow source) =>
        IPAddress.TryParse(request.TopVia.Host, out var named) && named.Equals(source.Remote.Address) && (request.TopVia.Port ?? DefaultPort) == source.Remote.Port;
}
