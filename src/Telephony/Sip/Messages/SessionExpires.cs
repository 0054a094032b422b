using System.Globalization;

namespace CallCenter.Telephony.Sip;

/// <summary>The Session-Expires header (RFC 4028 section 4).</summary>
/// <param name="Seconds">Session interval, 1 or more.</param>
/// <param name="RefreshedByUac">Who refreshes: the side that sent the request, or the one that answered it; null when nobody is named yet.</param>
public readonly record struct SessionExpires(int Seconds, bool? RefreshedByUac)
{
    // A longer interval means the same: nobody waits a month for it.
    private const int Longest = 2_592_000;

    public override string ToString() => RefreshedByUac switch
    {
        true => string.Create(CultureInfo.InvariantCulture, $"{Seconds};refresher=uac"),
        false => string.Create(CultureInfo.InvariantCulture, $"{Seconds};refresher=uas"),
        null => Seconds.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Parses a whole value; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SessionExpires value)
    {
        value = default;
        var scanner = new SipScanner(text);
        scanner.SkipSpace();
        if (!TrySeconds(scanner.Token(), out var seconds) || !SipParameters.TryParse(ref scanner, out var parameters, out _))
        {
            return false;
        }

        scanner.SkipSpace();
        bool? byUac = parameters["refresher"] switch
        {
            { } role when role.Equals("uac", StringComparison.OrdinalIgnoreCase) => true,
            { } role when role.Equals("uas", StringComparison.OrdinalIgnoreCase) => false,
            _ => null,
        };
        value = new SessionExpires(seconds, byUac);
        return scanner.AtEnd;
    }

    /// <summary>The seconds of a Min-SE header (RFC 4028 section 5); null when it is absent or malformed.</summary>
    public static int? MinimumOf(SipHeaders headers)
    {
        if (!headers.TryGet(HeaderName.MinSe, out var field))
        {
            return null;
        }

        var scanner = new SipScanner(field.Span);
        scanner.SkipSpace();
        return TrySeconds(scanner.Token(), out var seconds) ? seconds : null;
    }

    /// <summary>The session interval that a message names; null when it names none that can be read.</summary>
    public static SessionExpires? Of(SipHeaders headers) =>
        headers.TryGet(HeaderName.SessionExpires, out var field) && TryParse(field.Span, out var value) ? value : null;

    private static bool TrySeconds(ReadOnlySpan<byte> digits, out int seconds)
    {
        var known = SipScanner.TryNumber(digits, uint.MaxValue, out var number) && number > 0;
        seconds = (int)Math.Min(number, Longest);
        return known;
    }
}
