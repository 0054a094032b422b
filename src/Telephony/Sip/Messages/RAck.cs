using System.Globalization;

namespace CallCenter.Telephony.Sip;

/// <summary>Which reliable provisional response a PRACK acknowledges (RFC 3262 section 7.2).</summary>
/// <param name="RSeq">Its RSeq.</param>
/// <param name="CSeq">The CSeq of the request that it answers.</param>
public readonly record struct RAck(uint RSeq, CSeq CSeq)
{
    public override string ToString() => $"{RSeq} {CSeq}";

    /// <summary>Parses a whole value; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out RAck value)
    {
        value = default;
        var scanner = new SipScanner(text);
        scanner.SkipSpace();
        if (!SipScanner.TryNumber(scanner.Token(), uint.MaxValue, out var rSeq) || scanner.AtEnd || !CSeq.TryParse(scanner.Rest, out var cSeq))
        {
            return false;
        }

        value = new RAck((uint)rSeq, cSeq);
        return true;
    }

    /// <summary>The RSeq of a provisional response that wants to be acknowledged (RFC 3262 section 4); null for any other.</summary>
    public static uint? RSeqOf(SipResponse response) =>
        response.StatusCode is > 100 and < 200
        && response.Headers.Lists(HeaderName.Require, OptionTags.Reliable)
        && uint.TryParse(response.Headers[HeaderName.RSeq]?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var rSeq)
        && rSeq > 0 ? rSeq : null;
}
