namespace CallCenter.Telephony.Sip;

/// <summary>Why the other side sends a BYE or CANCEL, in its own words (RFC 3326).</summary>
internal static class ReasonHeader
{
    /// <summary>The first reason as <c>protocol cause text</c>, e.g. <c>SIP 200 Call completed elsewhere</c>; null when the message gives none that can be read.</summary>
    public static string? Of(SipMessage message)
    {
        if (!message.Headers.TryGet(HeaderName.Reason, out var field))
        {
            return null;
        }

        var scanner = new SipScanner(field.Span);
        scanner.SkipSpace();
        var protocol = scanner.Token();
        if (protocol.IsEmpty || !SipParameters.TryParse(ref scanner, out var parameters, out _))
        {
            return null;
        }

        var text = parameters["text"] is ['"', .., '"'] quoted ? SipScanner.Unquote(System.Text.Encoding.UTF8.GetBytes(quoted)) : parameters["text"];
        return string.Join(' ', new[] { System.Text.Encoding.ASCII.GetString(protocol), parameters["cause"], text }.Where(part => !string.IsNullOrEmpty(part)));
    }
}
