namespace CallCenter.Telephony.Sip;

/// <summary>One challenge that a server made us (RFC 7616 section 3.3).</summary>
/// <param name="Realm">Whose password is wanted.</param>
/// <param name="Nonce">To be hashed with it.</param>
/// <param name="Opaque">To be sent back as it is; null when there is none.</param>
/// <param name="Algorithm">Which hash.</param>
/// <param name="HasQop">The server takes qop=auth; false for one of RFC 2069's time.</param>
/// <param name="IsStale">The password was right and only the nonce too old.</param>
internal sealed record DigestChallenge(string Realm, string Nonce, string? Opaque, DigestAlgorithm Algorithm, bool HasQop, bool IsStale)
{
    /// <summary>Of a response's challenges that we can meet the one with the strongest hash (RFC 8760 section 2.4); null when there is none.</summary>
    public static DigestChallenge? Best(SipResponse response)
    {
        DigestChallenge? best = null;
        foreach (var value in response.Headers.All(response.StatusCode == 407 ? HeaderName.ProxyAuthenticate : HeaderName.WwwAuthenticate))
        {
            if (TryParse(value.Span) is { } challenge && (best is null || challenge.Algorithm > best.Algorithm))
            {
                best = challenge;
            }
        }

        return best;
    }

    /// <summary>Parses a header value; null when it is malformed or asks for a hash or a quality that we lack. Never throws.</summary>
    public static DigestChallenge? TryParse(ReadOnlySpan<byte> value)
    {
        if (DigestParameters.TryParse(value) is not { } found || !found.TryGetValue("realm", out var realm) || !found.TryGetValue("nonce", out var nonce))
        {
            return null;
        }

        DigestAlgorithm? algorithm = found.GetValueOrDefault("algorithm", "MD5").ToUpperInvariant() switch { "MD5" => DigestAlgorithm.Md5, "SHA-256" => DigestAlgorithm.Sha256, _ => null };
        var qualities = found.GetValueOrDefault("qop", "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var hasAuth = qualities.Contains("auth", StringComparer.OrdinalIgnoreCase);
        return algorithm is { } known && (hasAuth || qualities.Length == 0)
            ? new(realm, nonce, found.GetValueOrDefault("opaque"), known, hasAuth, found.GetValueOrDefault("stale", "").Equals("true", StringComparison.OrdinalIgnoreCase))
            : null;
    }
}
