namespace CallCenter.Telephony.Sip;

/// <summary>A SIP request.</summary>
public sealed class SipRequest : SipMessage
{
    internal SipRequest(string method, SipUri uri, SipHeaders headers, ReadOnlyMemory<byte> body)
        : base(headers, body)
    {
        Method = method;
        Uri = uri;
    }

    /// <summary>The method, case-sensitive (see <see cref="SipMethods"/>).</summary>
    public string Method { get; }

    /// <summary>The Request-URI.</summary>
    public SipUri Uri { get; }

    /// <summary>Hops left, 0 to 255; null when the header is absent, as RFC 2543 allowed.</summary>
    public int? MaxForwards => Headers.TryGet(HeaderName.MaxForwards, out var value) && SipScanner.TryNumber(value.Span, 255, out var hops) ? (int)hops : null;

    /// <summary>The ACK for a final response that is not 2xx: of the INVITE's own transaction (RFC 3261 section 17.1.1.3).</summary>
    internal SipRequest AckFor(SipResponse response) => InSameTransaction(SipMethods.Ack, response.Headers);

    /// <summary>The CANCEL for this INVITE (RFC 3261 section 9.1).</summary>
    internal SipRequest Cancel() => InSameTransaction(SipMethods.Cancel, Headers);

    /// <summary>This request with its top Via for another flow and the branch kept: the same transaction by another way.</summary>
    internal SipRequest Over(SipFlow flow)
    {
        var local = flow.Transport.LocalEndPoint;
        var headers = new SipHeaders(Headers.Count);
        foreach (ref readonly var header in Headers.Items)
        {
            headers.AddParsed(header.Name, header.Value);
        }

        headers.ReplaceFirst(HeaderName.Via, (TopVia with { Transport = flow.Transport.Protocol, Host = SipUri.HostOf(local.Address), Port = local.Port }).ToString());
        return new SipRequest(Method, Uri, headers, Body);
    }

    private SipRequest InSameTransaction(string method, SipHeaders toFrom)
    {
        var headers = new SipHeaders();
        headers.Add(HeaderName.Via, TopVia.ToString());
        headers.Add(HeaderName.MaxForwards, "70");
        headers.CopyFrom(Headers, HeaderName.Route);
        headers.CopyFrom(Headers, HeaderName.From);
        headers.CopyFrom(toFrom, HeaderName.To);
        headers.CopyFrom(Headers, HeaderName.CallId);
        headers.Add(HeaderName.CSeq, $"{CSeq.Number} {method}");
        return new SipRequest(method, Uri, headers, default);
    }
}
