using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>Which dialog a call is to take the place of (RFC 3891 section 6.1). The tags are seen from the side that receives it.</summary>
/// <param name="CallId">Call-ID of the dialog.</param>
/// <param name="ToTag">The receiver's own tag.</param>
/// <param name="FromTag">The other side's tag; 0 stands for none, as RFC 2543 peers have it.</param>
/// <param name="EarlyOnly">Only while the dialog is not yet confirmed.</param>
public sealed record Replaces(string CallId, string ToTag, string FromTag, bool EarlyOnly)
{
    internal DialogId Dialog => new(CallId, ToTag, FromTag == "0" ? "" : FromTag);

    /// <summary>Parses a whole value; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Replaces? value)
    {
        value = null;
        var scanner = new SipScanner(text);
        scanner.SkipSpace();
        var callId = Encoding.UTF8.GetString(scanner.Until(";, \t"u8));
        if (callId.Length == 0 || !SipParameters.TryParse(ref scanner, out var parameters, out _))
        {
            return false;
        }

        scanner.SkipSpace();
        if (!scanner.AtEnd || parameters["to-tag"] is not { Length: > 0 } toTag || parameters["from-tag"] is not { Length: > 0 } fromTag)
        {
            return false;
        }

        value = new Replaces(callId, toTag, fromTag, parameters.Has("early-only"));
        return true;
    }

    /// <summary>What an INVITE says; false when it says it badly or more than once (RFC 3891 section 3).</summary>
    public static bool TryRead(SipHeaders headers, out Replaces? value)
    {
        value = null;
        var fields = headers.All(HeaderName.Replaces).ToArray();
        return fields.Length == 0 || (fields.Length == 1 && TryParse(fields[0].Span, out value));
    }

    /// <summary>What the address of a Refer-To carries as a header of its URI (RFC 3891 section 3); false when it carries it badly or more than once.</summary>
    public static bool TryRead(SipUri uri, out Replaces? value)
    {
        value = null;
        var found = 0;
        foreach (var header in (uri.Headers ?? "").Split('&'))
        {
            var equals = header.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !Uri.UnescapeDataString(header[..equals]).Equals("Replaces", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (++found > 1 || !TryParse(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(header[(equals + 1)..])), out value))
            {
                return false;
            }
        }

        return true;
    }
}
