using System.Globalization;
using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Sdp;

/// <summary>A crypto attribute (RFC 4568 section 4): one way to encrypt a stream, with the key of the side that wrote it.</summary>
/// <remarks>Keys with an MKI and session parameters that change the packets are not taken: another line may do without.</remarks>
/// <param name="Tag">Names the line in the answer; 1 to 9 digits.</param>
/// <param name="Suite">The cipher.</param>
/// <param name="Key">What its writer sends with.</param>
internal sealed record CryptoAttribute(int Tag, SrtpSuite Suite, SrtpKey Key)
{
    public const string Name = "crypto";

    private const string Tag80 = "AES_CM_128_HMAC_SHA1_80";
    private const string Tag32 = "AES_CM_128_HMAC_SHA1_32";

    /// <summary>The attribute's value.</summary>
    public string Value => string.Create(
        CultureInfo.InvariantCulture, $"{Tag} {(Suite == SrtpSuite.Tag80 ? Tag80 : Tag32)} inline:{Convert.ToBase64String(Key.Bytes)}");

    /// <summary>The lines of a media section that we can use, in its order.</summary>
    public static List<CryptoAttribute> In(MediaDescription media)
    {
        var usable = new List<CryptoAttribute>();
        foreach (var attribute in media.Attributes)
        {
            if (attribute is { Name: Name, Value: { } value } && TryParse(value) is { } crypto)
            {
                usable.Add(crypto);
            }
        }

        return usable;
    }

    private static CryptoAttribute? TryParse(string value)
    {
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3
            || parts[0].Length > 9
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var tag)
            || SuiteOf(parts[1]) is not { } suite
            || !Array.TrueForAll(parts[3..], IsHarmless)
            || !parts[2].StartsWith("inline:", StringComparison.Ordinal))
        {
            return null;
        }

        // inline:key||salt ["|" lifetime] ["|" MKI ":" length]. The lifetime may be any: no call lasts 2^48 packets. Several keys are separated by ";" and need an MKI.
        var key = parts[2]["inline:".Length..].Split('|');
        if (key.Length > 2 || (key.Length == 2 && key[1].Contains(':', StringComparison.Ordinal)))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[SrtpKey.Length + 3];
        return Convert.TryFromBase64String(key[0], bytes, out var length) && length == SrtpKey.Length
            ? new CryptoAttribute(tag, suite, new SrtpKey(bytes[..length]))
            : null;
    }

    private static SrtpSuite? SuiteOf(string name) => name switch
    {
        Tag80 => SrtpSuite.Tag80,
        Tag32 => SrtpSuite.Tag32,
        _ => null,
    };

    /// <summary>A window size hint binds nobody, and a parameter that begins with "-" may be left aside (section 6.3).</summary>
    private static bool IsHarmless(string parameter) =>
        parameter.StartsWith("WSH=", StringComparison.Ordinal) || parameter.StartsWith('-');
}
