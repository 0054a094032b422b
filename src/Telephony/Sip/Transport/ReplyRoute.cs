using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>Where responses go (RFC 3261 sections 18.2.1 and 18.2.2, RFC 3581 section 4).</summary>
internal static class ReplyRoute
{
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

    /// <summary>
    /// Where a response goes by its Via: over the connection that the request came on, or, should that be gone, by a new one to the sender's stated port. Without connections to the port that the
    /// request came from if that was asked for, else the stated one. Always to the address it came from.
    /// </summary>
    public static SipFlow For(Via via, SipFlow source)
    {
        var stated = new IPEndPoint(source.Remote.Address, via.Port is > 0 and { } port ? port : source.Transport.DefaultPort);
        return source.Transport.IsReliable ? source with { ListensAt = source.ListensAt ?? stated }
            : via.WantsRPort ? source
            : new SipFlow(source.Transport, stated);
    }

    /// <summary>Came straight from the host and port (over a connection: the host) that its sender named: no address translation lies between.</summary>
    public static bool IsDirect(SipRequest request, SipFlow source) =>
        IPAddress.TryParse(request.TopVia.Host, out var named) && named.Equals(source.Remote.Address)
        && (source.Transport.IsReliable || (request.TopVia.Port ?? source.Transport.DefaultPort) == source.Remote.Port);
}
