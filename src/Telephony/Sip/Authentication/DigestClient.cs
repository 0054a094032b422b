using System.Security.Cryptography;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// Our side of digest authentication (RFC 3261 section 22.2): answers the challenges of a proxy and of a server, each once for a request, and once more when only the nonce was
/// stale. Challenges stay for later requests, with a rising count. Belongs to the loop.
/// </summary>
/// <param name="userName">The account's name.</param>
/// <param name="password">Its password.</param>
internal sealed class DigestClient(string userName, string password)
{
    private readonly Answer _server = new();
    private readonly Answer _proxy = new();

    /// <summary>A new request begins: each challenge may be answered again.</summary>
    public void BeginRequest() => (_server.Tries, _proxy.Tries) = (0, 0);

    /// <summary>Takes a 401 or 407; false when it asks for what we have not got, or has just refused it.</summary>
    public bool TryTake(SipResponse response)
    {
        if (response.StatusCode is not (401 or 407) || DigestChallenge.Best(response) is not { } challenge)
        {
            return false;
        }

        var answer = response.StatusCode == 407 ? _proxy : _server;
        var longest = challenge.IsStale ? 2 : 1;
        if (answer.Tries >= longest)
        {
            return false;
        }

        answer.Tries++;
        (answer.Challenge, answer.Count) = (challenge, 0);
        return true;
    }

    /// <summary>Adds the credentials for every challenge that is known.</summary>
    public void Authorize(SipHeaders headers, string method, SipUri uri)
    {
        if (_server.Challenge is { } challenge)
        {
            headers.Add(HeaderName.Authorization, Credentials(challenge, ++_server.Count, method, uri));
        }

        if (_proxy.Challenge is { } proxyChallenge)
        {
            headers.Add(HeaderName.ProxyAuthorization, Credentials(proxyChallenge, ++_proxy.Count, method, uri));
        }
    }

    private string Credentials(DigestChallenge challenge, uint count, string method, SipUri uri)
    {
        var name = challenge.Algorithm == DigestAlgorithm.Sha256 ? "SHA-256" : "MD5";
        var cNonce = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var wanted = new DigestCredentials(userName, challenge.Realm, challenge.Nonce, uri.ToString(), "", name, cNonce, "auth", count.ToString("x8"));
        var ha1 = DigestAuthenticator.Hash(challenge.Algorithm, $"{userName}:{challenge.Realm}:{password}");
        var response = challenge.HasQop
            ? DigestAuthenticator.Expected(challenge.Algorithm, ha1, method, wanted)
            : DigestAuthenticator.Hash(challenge.Algorithm, $"{ha1}:{challenge.Nonce}:{DigestAuthenticator.Hash(challenge.Algorithm, $"{method}:{wanted.Uri}")}");
        var text = $"Digest username={Quoted(userName)}, realm={Quoted(challenge.Realm)}, nonce={Quoted(challenge.Nonce)}, uri=\"{wanted.Uri}\", response=\"{response}\", algorithm={name}";
        text += challenge.HasQop ? $", qop=auth, nc={wanted.NonceCount}, cnonce=\"{cNonce}\"" : "";
        return challenge.Opaque is { } opaque ? $"{text}, opaque={Quoted(opaque)}" : text;
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private sealed class Answer
    {
        public DigestChallenge? Challenge { get; set; }

        public uint Count { get; set; }

        public int Tries { get; set; }
    }
}
