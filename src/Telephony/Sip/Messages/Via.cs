using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>One Via value (RFC 3261 section 20.42, RFC 3581 for rport). Immutable.</summary>
/// <param name="Transport">UDP, TCP, TLS and so on; upper case.</param>
/// <param name="Host">Host of the sent-by; IPv6 in brackets.</param>
/// <param name="Port">Port of the sent-by, when given.</param>
/// <param name="Parameters">branch, received, rport and others.</param>
public sealed record Via(string Transport, string Host, int? Port, SipParameters Parameters)
{
    /// <summary>Begins every branch that is unique over space and time (RFC 3261 section 8.1.1.7).</summary>
    public const string MagicCookie = "z9hG4bK";

    private static readonly Via Empty = new("", "", Port: null, SipParameters.Empty);

    public string? Branch => Parameters["branch"];

    /// <summary>The branch names its transaction by itself; false for RFC 2543 clients and a bare cookie.</summary>
    public bool HasUniqueBranch => Branch is { } branch && branch.Length > MagicCookie.Length && branch.StartsWith(MagicCookie, StringComparison.OrdinalIgnoreCase);

    /// <summary>Host and port that the sender named.</summary>
    public string SentBy => Port is { } port ? $"{Host}:{port}" : Host;

    /// <summary>The sender asks for the answer at the port it sends from.</summary>
    public bool WantsRPort => Parameters.Has("rport");

    /// <summary>Enough was read to know where a response goes.</summary>
    internal bool CanBeAnswered => Host.Length > 0;

    public override string ToString() => $"SIP/2.0/{Transport} {SentBy}{Parameters}";

    /// <summary>
    /// Parses the first value of a Via header field; never throws. <paramref name="rest"/> is what follows its comma.
    /// On failure <paramref name="via"/> still holds the sent-by if that much was read (<see cref="CanBeAnswered"/>): a 400 finds its way by it.
    /// </summary>
    public static bool TryParseFirst(ReadOnlySpan<byte> text, out Via via, out ReadOnlySpan<byte> rest, out string? error)
    {
        via = Empty;
        rest = default;
        var scanner = new SipScanner(text);
        scanner.SkipSpace();
        var name = scanner.Token();
        var versionFollows = scanner.TakeSeparator((byte)'/');
        var version = scanner.Token();
        var transportFollows = scanner.TakeSeparator((byte)'/');
        var transport = scanner.Token();
        if (!Ascii.EqualsIgnoreCase(name, "SIP"u8) || !versionFollows || !transportFollows || transport.IsEmpty)
        {
            error = "the protocol is malformed";
            return false;
        }

        var before = scanner.Position;
        scanner.SkipSpace();
        if (scanner.Position == before || !SipUriParser.TryParseHostPort(ref scanner, out var host, out var port))
        {
            error = "the sent-by is malformed";
            return false;
        }

        error = version.SequenceEqual("2.0"u8) ? null : "the version is not 2.0";
        var parameters = SipParameters.Empty;
        var whole = error is null && SipParameters.TryParse(ref scanner, out parameters, out error);
        via = new Via(TransportOf(transport), host, port, whole ? parameters : SipParameters.Empty);
        if (!whole)
        {
            return false;
        }

        if (scanner.TakeSeparator((byte)','))
        {
            rest = scanner.Rest;
            return true;
        }

        scanner.SkipSpace();
        error = scanner.AtEnd ? null : "unexpected text at the end";
        return error is null;
    }

    private static string TransportOf(ReadOnlySpan<byte> token) => token.Length switch
    {
        3 when token.SequenceEqual("UDP"u8) => "UDP",
        3 when token.SequenceEqual("TCP"u8) => "TCP",
        3 when token.SequenceEqual("TLS"u8) => "TLS",
        _ => Encoding.ASCII.GetString(token).ToUpperInvariant(),
    };
}
