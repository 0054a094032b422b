using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>Builds the requests and responses of a user agent (RFC 3261 sections 8.1.1, 12.1.1 and 13).</summary>
internal sealed class AgentMessages(UserAgent agent)
{
    private const string Sdp = "application/sdp";

    private static readonly string[] Methods =
    [
        SipMethods.Invite, SipMethods.Ack, SipMethods.Bye, SipMethods.Cancel, SipMethods.Options, SipMethods.Register,
        SipMethods.Prack, SipMethods.Update, SipMethods.Info, SipMethods.Refer,
    ];
    private static readonly string AllowedMethods = string.Join(", ", Methods);

    // Methods that exist, so that 405 is right for them and 501 for the rest (section 8.2.1, section 21.5.2).
    private static readonly string[] OtherMethods = [SipMethods.Notify, "SUBSCRIBE", "MESSAGE", "PUBLISH"];

    /// <summary>The Via of a request of ours (RFC 3581: rport, so that answers find their way back).</summary>
    public static string NewVia(SipFlow flow)
    {
        var local = flow.Transport.LocalEndPoint;
        return $"SIP/2.0/{flow.Transport.Protocol} {SipUri.HostOf(local.Address)}:{local.Port};branch={TransactionLayer.NewBranch()};rport";
    }

    /// <summary>What is wrong with the content of an INVITE; null when it has none, or SDP.</summary>
    public SipResponse? ContentFault(SipRequest request)
    {
        if (request.Body.IsEmpty)
        {
            return null;
        }

        if (IsSdp(request))
        {
            return null;
        }

        var response = SipResponse.For(request, 415, "Unsupported Media Type", agent.Transactions.NewTag());
        response.Headers.Add(HeaderName.Accept, Sdp);
        return response;
    }

    /// <summary>The content is SDP, in the clear.</summary>
    public static bool IsSdp(SipMessage message)
    {
        var type = (message.Headers[HeaderName.ContentType] ?? "").Split(';', 2)[0].Trim();
        var isEncoded = message.Headers[HeaderName.ContentEncoding] is { } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase);
        return type.Equals(Sdp, StringComparison.OrdinalIgnoreCase) && !isEncoded;
    }

    /// <summary>The request does not say that it takes everything but SDP (section 20.1).</summary>
    public static bool TakesSdp(SipRequest request) => !request.Headers.Has(HeaderName.Accept) || request.Headers.Tokens(HeaderName.Accept).Any(range =>
        range.Equals(Sdp, StringComparison.OrdinalIgnoreCase) || range.Equals("application/*", StringComparison.OrdinalIgnoreCase) || range == "*/*");

    /// <summary>An INVITE that begins a call (section 8.1.1, section 13.2.1).</summary>
    public SipRequest NewInvite(SipUri target, SipFlow flow, NameAddr from, string callId, string sdp, IReadOnlyDictionary<string, string> extra)
    {
        var headers = new SipHeaders(16);
        headers.Add(HeaderName.Via, NewVia(flow));
        headers.Add(HeaderName.MaxForwards, "70");
        headers.Add(HeaderName.From, from.WithTag(agent.Transactions.NewTag()).ToString());
        headers.Add(HeaderName.To, $"<{target}>");
        headers.Add(HeaderName.CallId, callId);
        headers.Add(HeaderName.CSeq, "1 INVITE");
        AddSessionHeaders(headers, flow.Transport.ContactUri(target.Scheme == "sips"), OptionTags.All, withBody: true);
        SessionTimer.Ask(headers, agent.Timers, minimum: null);
        foreach (var (name, value) in extra)
        {
            headers.Add(HeaderName.Of(name), value);
        }

        return new SipRequest(SipMethods.Invite, target, headers, Encoding.UTF8.GetBytes(sdp));
    }

    /// <summary>A response that makes or confirms a dialog (section 12.1.1): Record-Route copied, our Contact.</summary>
    public SipResponse SessionResponse(ServerTransaction invite, int status, string reason, string toTag, string? sdp)
    {
        var response = SipResponse.For(invite.Request, status, reason, toTag, sdp is null ? default : Encoding.UTF8.GetBytes(sdp));
        response.Headers.CopyFrom(invite.Request.Headers, HeaderName.RecordRoute);
        AddSessionHeaders(response.Headers, invite.Source.Transport.ContactUri(IsSips(invite.Request)), OptionTags.All, withBody: sdp is not null);
        return response;
    }

    /// <summary>An INVITE or UPDATE within a call (section 14.1, RFC 3311 section 5.1).</summary>
    public SipRequest SessionRequest(Dialog dialog, string method, SipFlow flow, string? sdp)
    {
        var request = dialog.NewRequest(method, flow, body: sdp is null ? default : Encoding.UTF8.GetBytes(sdp));
        AddSessionHeaders(request.Headers, flow.Transport.ContactUri(dialog.IsSips), OptionTags.WithinCall, withBody: sdp is not null);
        return request;
    }

    /// <summary>The INVITE once more, as a new request of the same call: with the next sequence number, and the session interval that a 422 has asked for (RFC 4028 section 7.3).</summary>
    public SipRequest WithMinimum(SipRequest invite, SipFlow flow, int seconds)
    {
        var headers = CopyForNextRequest(invite, flow, static name => name.Equals(HeaderName.SessionExpires) || name.Equals(HeaderName.MinSe));
        SessionTimer.Ask(headers, agent.Timers, seconds);
        return new SipRequest(invite.Method, invite.Uri, headers, invite.Body);
    }

    /// <summary>The INVITE once more, as a new request of the same call, with another offer.</summary>
    public static SipRequest OfferAgain(SipRequest invite, SipFlow flow, string sdp) =>
        new(invite.Method, invite.Uri, CopyForNextRequest(invite, flow, static name => name.Equals(HeaderName.ContentLength)), Encoding.UTF8.GetBytes(sdp));

    /// <summary>500 with a Retry-After of 0 to 10 s: an INVITE, or another request that excludes this one, is pending already (section 14.2, RFC 3311 section 5.2).</summary>
    public SipResponse RetryLater(SipRequest request)
    {
        var response = SipResponse.For(request, 500, "Request Pending", agent.Transactions.NewTag());
        response.Headers.Add(HeaderName.RetryAfter, System.Security.Cryptography.RandomNumberGenerator.GetInt32(11).ToString());
        return response;
    }

    /// <summary>The answer to a request that is neither INVITE nor BYE: 200 to OPTIONS, 481 to what needs a dialog, 405 or 501 to others (section 8.2.1).</summary>
    public SipResponse OtherResponse(SipRequest request)
    {
        var (status, reason) = request.Method switch
        {
            SipMethods.Options => (200, "OK"),
            SipMethods.Prack or SipMethods.Update or SipMethods.Info when request.To.Tag is null => (481, "Call/Transaction Does Not Exist"),
            var method when OtherMethods.Contains(method) || Methods.Contains(method) => (405, "Method Not Allowed"),
            _ => (501, "Not Implemented"),
        };
        var response = SipResponse.For(request, status, reason, agent.Transactions.NewTag());
        response.Headers.Add(HeaderName.Allow, AllowedMethods);
        if (status == 200)
        {
            response.Headers.Add(HeaderName.Accept, Sdp);
            response.Headers.Add(HeaderName.Supported, OptionTags.All);
        }

        return response;
    }

    // Who was called by SIPS, or wants to be called back so, gets a SIPS Contact (section 12.1.1).
    private static bool IsSips(SipRequest request) => request.Uri.Scheme == "sips"
        || (request.Headers.TryGetAddresses(request.Headers.Has(HeaderName.RecordRoute) ? HeaderName.RecordRoute : HeaderName.Contact, out var addresses, out _)
            && addresses.Count > 0 && addresses[0].Uri.Scheme == "sips");

    private static void AddSessionHeaders(SipHeaders headers, SipUri contact, string supported, bool withBody)
    {
        headers.Add(HeaderName.Contact, $"<{contact}>");
        headers.Add(HeaderName.Allow, AllowedMethods);
        headers.Add(HeaderName.Supported, supported);
        if (withBody)
        {
            headers.Add(HeaderName.ContentType, Sdp);
        }
    }

    private static SipHeaders CopyForNextRequest(SipRequest request, SipFlow flow, Func<HeaderName, bool> isLeftOut)
    {
        var headers = new SipHeaders(16);
        foreach (var header in request.Headers)
        {
            if (header.Name.Equals(HeaderName.Via))
            {
                headers.Add(HeaderName.Via, NewVia(flow));
            }
            else if (header.Name.Equals(HeaderName.CSeq))
            {
                headers.Add(HeaderName.CSeq, $"{request.CSeq.Number + 1} {request.Method}");
            }
            else if (!isLeftOut(header.Name))
            {
                headers.AddParsed(header.Name, header.Value);
            }
        }

        return headers;
    }
}
