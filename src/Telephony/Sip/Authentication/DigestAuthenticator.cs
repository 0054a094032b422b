using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// Digest authentication as RFC 3261 section 22 and RFC 8760 have it, qop=auth only. An unknown user gets the same challenges and the same arithmetic as a known one.
/// The digest uri is hashed as sent and not compared with the Request-URI: proxies and phones legitimately differ there, and the nonce count stops replay. Belongs to the loop.
/// </summary>
internal sealed class DigestAuthenticator(string realm, IReadOnlyList<DigestAlgorithm> algorithms, IAccounts accounts, TimeProvider time)
{
    private static readonly SipAccount Nobody = new("", new string('0', 32), new string('0', 64), "");

    private readonly NonceSource _nonces = new(time);

    /// <summary>True when the request proves to come from the extension; else <paramref name="challenge"/> is the 401 to answer with.</summary>
    /// <param name="request">The request.</param>
    /// <param name="extension">Who it says it is.</param>
    /// <param name="toTag">Our tag, for the challenge.</param>
    /// <param name="source">What is known of where it comes from; null when nothing is kept of sources.</param>
    /// <param name="challenge">Null when it is proved.</param>
    public bool TryAuthenticate(SipRequest request, string extension, string toTag, SourceRecord? source, out SipResponse? challenge)
    {
        var (stale, answered) = (false, false);
        foreach (var header in request.Headers.All(HeaderName.Authorization))
        {
            if (DigestCredentials.TryParse(header.Span) is { } credentials && credentials.Realm == realm)
            {
                answered = true;
                if (Verify(credentials, request.Method, extension, out stale))
                {
                    source?.Unanswered = IsSha256(credentials) ? 0 : source.Unanswered;
                    challenge = null;
                    return true;
                }

                break;
            }
        }

        // Phones that know only MD5 ought to pass over a SHA-256 challenge, and some give up at it (adr/0020): who comes again without an answer is offered MD5 alone.
        var gaveUp = !answered && source is { Unanswered: > 0 };
        if (!answered && source is not null)
        {
            source.Unanswered++;
        }

        challenge = SipResponse.For(request, 401, "Unauthorized", toTag);
        foreach (var algorithm in gaveUp && algorithms.Contains(DigestAlgorithm.Md5) ? [DigestAlgorithm.Md5] : algorithms)
        {
            challenge.Headers.Add(
                HeaderName.WwwAuthenticate,
                $"Digest realm=\"{realm}\", nonce=\"{_nonces.New()}\", algorithm={NameOf(algorithm)}, qop=\"auth\"{(stale ? ", stale=true" : "")}");
        }

        return false;
    }

    /// <summary>The response value of RFC 7616 section 3.4.1, lower-case hex.</summary>
    /// <param name="algorithm">Which hash.</param>
    /// <param name="ha1">Hash of user, realm and password, lower-case hex.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="credentials">The other parameters.</param>
    internal static string Expected(DigestAlgorithm algorithm, string ha1, string method, DigestCredentials credentials)
    {
        var ha2 = Hash(algorithm, $"{method}:{credentials.Uri}");
        return Hash(algorithm, $"{ha1}:{credentials.Nonce}:{credentials.NonceCount}:{credentials.CNonce}:{credentials.Qop}:{ha2}");
    }

    internal static string Hash(DigestAlgorithm algorithm, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Convert.ToHexStringLower(algorithm == DigestAlgorithm.Sha256 ? SHA256.HashData(bytes) : MD5.HashData(bytes));
    }

    private bool Verify(DigestCredentials credentials, string method, string extension, out bool stale)
    {
        stale = false;
        var algorithm = IsSha256(credentials) ? DigestAlgorithm.Sha256 : DigestAlgorithm.Md5;
        var account = accounts.Find(extension);
        var ha1 = algorithm == DigestAlgorithm.Sha256 ? (account ?? Nobody).Ha1Sha256 : (account ?? Nobody).Ha1Md5;
        var matches = CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Expected(algorithm, ha1, method, credentials)), Encoding.ASCII.GetBytes(credentials.Response.ToLowerInvariant()));
        var counted = uint.TryParse(credentials.NonceCount, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var count);
        if (!matches || account is null || credentials.UserName != extension || !string.Equals(credentials.Qop, "auth", StringComparison.OrdinalIgnoreCase) || !counted || !algorithms.Contains(algorithm))
        {
            return false;
        }

        // Judged last: only who knows the password may learn that a nonce is stale.
        var verdict = _nonces.Check(credentials.Nonce, count);
        stale = verdict == NonceVerdict.Stale;
        if (verdict != NonceVerdict.Good)
        {
            return false;
        }

        _nonces.Use(credentials.Nonce, count);
        return true;
    }

    private static bool IsSha256(DigestCredentials credentials) => string.Equals(credentials.Algorithm, "SHA-256", StringComparison.OrdinalIgnoreCase);

    private static string NameOf(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Sha256 ? "SHA-256" : "MD5";
}
