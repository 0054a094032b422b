using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>The parameters of a header of scheme Digest, challenge or credentials (RFC 7616 sections 3.3 and 3.4). Names have no case.</summary>
internal static class DigestParameters
{
    /// <summary>Parses a header value; null for another scheme, when it is malformed, or when a parameter comes twice. Never throws.</summary>
    public static IReadOnlyDictionary<string, string>? TryParse(ReadOnlySpan<byte> value)
    {
        var scanner = new SipScanner(value);
        scanner.SkipSpace();
        if (!Ascii.EqualsIgnoreCase(scanner.Token(), "Digest"u8))
        {
            return null;
        }

        scanner.SkipSpace();
        Dictionary<string, string> found = new(StringComparer.OrdinalIgnoreCase);
        do
        {
            var name = Encoding.ASCII.GetString(scanner.Token());
            if (name.Length == 0 || !scanner.TakeSeparator((byte)'='))
            {
                return null;
            }

            string text;
            if (scanner.Current == '"')
            {
                if (!scanner.TryQuoted(out var quoted))
                {
                    return null;
                }

                text = SipScanner.Unquote(quoted);
            }
            else
            {
                text = Encoding.ASCII.GetString(scanner.Token());
            }

            if (!found.TryAdd(name, text))
            {
                return null;
            }
        }
        while (scanner.TakeSeparator((byte)','));

        scanner.SkipSpace();
        return scanner.AtEnd ? found : null;
    }
}
