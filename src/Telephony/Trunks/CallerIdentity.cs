using System.Globalization;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>Who calls, as far as the source may be believed.</summary>
/// <param name="Number">User part; empty when withheld.</param>
/// <param name="DisplayName">As the caller shows it; null when there is none, or it is withheld.</param>
/// <param name="RedirectedFrom">Who was called first, when the call was diverted to us; null when it was not, or this is not told.</param>
internal sealed record CallerIdentity(string Number, string? DisplayName, string? RedirectedFrom)
{
    private const string Anonymous = "anonymous";

    /// <summary>
    /// Reads the caller of an INVITE. From a trusted source P-Asserted-Identity counts before From (RFC 3325), Privacy withholds it, and Diversion (RFC 5806) or History-Info (RFC 7044)
    /// tells of a diversion. From any other source these are ignored. What is malformed counts as absent. Remote-Party-ID, which never became an RFC, is not read.
    /// </summary>
    public static CallerIdentity Of(SipRequest invite, bool isTrusted)
    {
        if (!isTrusted)
        {
            return new(NumberOf(invite.From.Uri), invite.From.DisplayName, RedirectedFrom: null);
        }

        var caller = Addresses(invite, HeaderName.PAssertedIdentity).FirstOrDefault() ?? invite.From;
        var isWithheld = invite.Headers[HeaderName.Privacy]?.Split(';', StringSplitOptions.TrimEntries).Any(value => value.ToUpperInvariant() is "ID" or "USER" or "HEADER") ?? false;
        var number = NumberOf(caller.Uri);
        return isWithheld || number.Equals(Anonymous, StringComparison.OrdinalIgnoreCase)
            ? new("", DisplayName: null, RedirectedFromOf(invite))
            : new(number, caller.DisplayName, RedirectedFromOf(invite));
    }

    /// <summary>User part of a SIP address, or what a tel address holds before its parameters.</summary>
    public static string NumberOf(SipUri uri) => uri.Opaque is { } number ? number.Split(';', 2)[0] : uri.UserText;

    // The last Diversion is the first that happened (RFC 5806 section 4.2).
    private static string? RedirectedFromOf(SipRequest invite)
    {
        if (Addresses(invite, HeaderName.Diversion) is [.., var first])
        {
            return first.Parameters["privacy"] is { } privacy && !privacy.Trim('"').Equals("off", StringComparison.OrdinalIgnoreCase) ? null : NumberOf(first.Uri);
        }

        var history = Addresses(invite, HeaderName.HistoryInfo);
        for (var i = 0; i < history.Count - 1; i++)
        {
            if (IsDiverted(history[i], history[i + 1]))
            {
                return history[i].Uri.Headers?.Contains("Privacy=", StringComparison.OrdinalIgnoreCase) == true ? null : NumberOf(history[i].Uri);
            }
        }

        return null;
    }

    // Either the diverting entry says why it was left (RFC 7044 section 10.2), or the next one why it is called (RFC 4458, RFC 7044 section 5: mp).
    private static bool IsDiverted(NameAddr entry, NameAddr next) =>
        ReasonCauseOf(entry.Uri) is >= 300 || next.Uri.Parameters.Has("cause") || next.Parameters.Has("mp");

    private static int? ReasonCauseOf(SipUri uri)
    {
        var reason = uri.Headers is { } headers ? Uri.UnescapeDataString(headers) : "";
        var at = reason.StartsWith("Reason=SIP", StringComparison.OrdinalIgnoreCase) ? reason.IndexOf("cause=", StringComparison.OrdinalIgnoreCase) : -1;
        return at >= 0 && reason.Length >= at + 9 && int.TryParse(reason.AsSpan(at + 6, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var cause) ? cause : null;
    }

    private static IReadOnlyList<NameAddr> Addresses(SipRequest invite, HeaderName name) => invite.Headers.TryGetAddresses(name, out var addresses, out _) ? addresses : [];
}
