using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>Answers an INFO of the other side (RFC 6086 section 4.2.2): keys are told to the user, an empty one shows that the dialog lives.</summary>
internal static class InfoRequest
{
    public static void Answer(UserAgent agent, ServerTransaction info, ISessionUser user)
    {
        var request = info.Request;
        if (request.Body.IsEmpty)
        {
            info.Respond(200, "OK");
            return;
        }

        var type = (request.Headers[HeaderName.ContentType] ?? "").Split(';', 2)[0].Trim();
        var isRelay = type.Equals(InfoDigit.Relay, StringComparison.OrdinalIgnoreCase);
        if (!isRelay && !type.Equals(InfoDigit.Plain, StringComparison.OrdinalIgnoreCase))
        {
            var response = SipResponse.For(request, 415, "Unsupported Media Type", agent.Transactions.NewTag());
            response.Headers.Add(HeaderName.Accept, $"{InfoDigit.Relay}, {InfoDigit.Plain}");
            info.Respond(response);
        }
        else if (InfoDigit.TryParse(request.Body.Span, isRelay, out var digit))
        {
            info.Respond(200, "OK");
            user.OnDigit(digit);
        }
        else
        {
            info.Respond(400, $"Bad Request (the {type} names no key)");
        }
    }
}
