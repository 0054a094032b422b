namespace CallCenter.Telephony.Sip;

/// <summary>The parameters of an Authorization header of scheme Digest (RFC 7616 section 3.4).</summary>
internal sealed record DigestCredentials(string UserName, string Realm, string Nonce, string Uri, string Response, string Algorithm, string CNonce, string Qop, string NonceCount)
{
    /// <summary>Parses a header value; null for another scheme or when it is malformed. Never throws.</summary>
    public static DigestCredentials? TryParse(ReadOnlySpan<byte> value)
    {
        if (DigestParameters.TryParse(value) is not { } found)
        {
            return null;
        }

        string Of(string name) => found.TryGetValue(name, out var text) ? text : "";
        return new(Of("username"), Of("realm"), Of("nonce"), Of("uri"), Of("response"), Of("algorithm"), Of("cnonce"), Of("qop"), Of("nc"));
    }
}
