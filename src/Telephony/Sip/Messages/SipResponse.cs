namespace CallCenter.Telephony.Sip;

/// <summary>A SIP response.</summary>
public sealed class SipResponse : SipMessage
{
    internal SipResponse(int statusCode, string reasonPhrase, SipHeaders headers, ReadOnlyMemory<byte> body)
        : base(headers, body)
    {
        StatusCode = statusCode;
        ReasonPhrase = reasonPhrase;
    }

    /// <summary>100 to 699.</summary>
    public int StatusCode { get; }

    public string ReasonPhrase { get; }

    public bool IsProvisional => StatusCode < 200;

    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>A response as RFC 3261 section 8.2.6 builds it: Via, From, To, Call-ID and CSeq of the request.</summary>
    /// <param name="request">The request to answer.</param>
    /// <param name="status">100 to 699.</param>
    /// <param name="reason">Reason phrase.</param>
    /// <param name="toTag">Our tag, added to a To without one; null for 100.</param>
    /// <param name="body">Content; its type is a header of its own.</param>
    /// <exception cref="ArgumentException"><paramref name="reason"/> holds a line break.</exception>
    internal static SipResponse For(SipRequest request, int status, string reason, string? toTag, ReadOnlyMemory<byte> body = default)
    {
        SipText.ThrowIfBreaksLine(reason, nameof(reason));
        var headers = new SipHeaders();
        headers.CopyFrom(request.Headers, HeaderName.Via);
        headers.CopyFrom(request.Headers, HeaderName.From);
        headers.CopyFrom(request.Headers, HeaderName.To);
        if (toTag is not null && NameAddr.TryParse(ToOf(request), out var to, out _) && to.Tag is null)
        {
            headers.ReplaceFirst(HeaderName.To, to.WithTag(toTag).ToString());
        }

        headers.CopyFrom(request.Headers, HeaderName.CallId);
        headers.CopyFrom(request.Headers, HeaderName.CSeq);
        if (status == 100)
        {
            headers.CopyFrom(request.Headers, HeaderName.Timestamp);
        }

        return new SipResponse(status, reason, headers, body);
    }

    private static ReadOnlySpan<byte> ToOf(SipRequest request) => request.Headers.TryGet(HeaderName.To, out var to) ? to.Span : default;
}
