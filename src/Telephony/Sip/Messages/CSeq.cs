namespace CallCenter.Telephony.Sip;

/// <summary>Sequence number (below 2^31, RFC 3261 section 8.1.1.5) and method.</summary>
public sealed record CSeq(uint Number, string Method)
{
    private static readonly CSeq Empty = new(0, "");

    public override string ToString() => $"{Number} {Method}";

    /// <summary>Parses a whole value; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out CSeq value)
    {
        value = Empty;
        var scanner = new SipScanner(text);
        scanner.SkipSpace();
        if (!SipScanner.TryNumber(scanner.Token(), int.MaxValue, out var number))
        {
            return false;
        }

        scanner.SkipSpace();
        var method = scanner.Token();
        scanner.SkipSpace();
        if (method.IsEmpty || !scanner.AtEnd)
        {
            return false;
        }

        value = new CSeq((uint)number, SipMethods.Text(method));
        return true;
    }
}
