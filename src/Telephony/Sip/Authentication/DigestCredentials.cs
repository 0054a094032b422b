using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>The parameters of an Authorization header of scheme Digest (RFC 7616 section 3.4).</summary>
internal sealed record DigestCredentials(string UserName, string Realm, string Nonce, string Uri, string Response, string Algorithm, string CNonce, string Qop, string NonceCount)
{
    /// <summary>Parses a header value; null for another scheme or when it is malformed. Never throws.</summary>
    public static DigestCredentials? TryParse(ReadOnlySpan<byte> value)
    {
        var scanner = new SipScanner(value);
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
        string Of(string name) => found.GetValueOrDefault(name, "");
        return scanner.AtEnd
            ? new(Of("username"), Of("realm"), Of("nonce"), Of("uri"), Of("response"), Of("algorithm"), Of("cnonce"), Of("qop"), Of("nc"))
            : null;
    }
}
