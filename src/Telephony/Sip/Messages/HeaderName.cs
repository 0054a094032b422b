using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>The name of a header field. Names that this stack knows are one shared instance each, found without allocation; others keep their text.</summary>
public sealed class HeaderName : IEquatable<HeaderName>
{
    private static readonly Dictionary<int, List<HeaderName>> ByHash = [];

    public static readonly HeaderName Accept = Known("Accept");
    public static readonly HeaderName Allow = Known("Allow");
    public static readonly HeaderName Authorization = Known("Authorization");
    public static readonly HeaderName CallId = Known("Call-ID", "i");
    public static readonly HeaderName Contact = Known("Contact", "m");
    public static readonly HeaderName ContentDisposition = Known("Content-Disposition");
    public static readonly HeaderName ContentEncoding = Known("Content-Encoding", "e");
    public static readonly HeaderName ContentLength = Known("Content-Length", "l");
    public static readonly HeaderName ContentType = Known("Content-Type", "c");
    public static readonly HeaderName CSeq = Known("CSeq");
    public static readonly HeaderName Date = Known("Date");
    public static readonly HeaderName Event = Known("Event", "o");
    public static readonly HeaderName Expires = Known("Expires");
    public static readonly HeaderName From = Known("From", "f");
    public static readonly HeaderName MaxForwards = Known("Max-Forwards");
    public static readonly HeaderName MinExpires = Known("Min-Expires");
    public static readonly HeaderName MinSe = Known("Min-SE");
    public static readonly HeaderName ProxyAuthorization = Known("Proxy-Authorization");
    public static readonly HeaderName RAck = Known("RAck");
    public static readonly HeaderName RSeq = Known("RSeq");
    public static readonly HeaderName Reason = Known("Reason");
    public static readonly HeaderName RecordRoute = Known("Record-Route");
    public static readonly HeaderName ReferSub = Known("Refer-Sub");
    public static readonly HeaderName ReferTo = Known("Refer-To", "r");
    public static readonly HeaderName ReferredBy = Known("Referred-By", "b");
    public static readonly HeaderName Replaces = Known("Replaces");
    public static readonly HeaderName Require = Known("Require");
    public static readonly HeaderName RetryAfter = Known("Retry-After");
    public static readonly HeaderName Route = Known("Route");
    public static readonly HeaderName Server = Known("Server");
    public static readonly HeaderName SessionExpires = Known("Session-Expires", "x");
    public static readonly HeaderName SubscriptionState = Known("Subscription-State");
    public static readonly HeaderName Subject = Known("Subject", "s");
    public static readonly HeaderName Supported = Known("Supported", "k");
    public static readonly HeaderName Timestamp = Known("Timestamp");
    public static readonly HeaderName To = Known("To", "t");
    public static readonly HeaderName Unsupported = Known("Unsupported");
    public static readonly HeaderName UserAgent = Known("User-Agent");
    public static readonly HeaderName Via = Known("Via", "v");
    public static readonly HeaderName WwwAuthenticate = Known("WWW-Authenticate");

    private readonly bool _known;
    private readonly string? _compact;

    private HeaderName(string text, bool known, string? compact)
    {
        Text = text;
        Bytes = Encoding.ASCII.GetBytes(text);
        _known = known;
        _compact = compact;
    }

    /// <summary>The name as it is written: the RFC's spelling for known names, the sender's otherwise.</summary>
    public string Text { get; }

    internal byte[] Bytes { get; }

    /// <summary>The name for bytes that are a token, in full or compact form, in any case.</summary>
    internal static HeaderName Of(ReadOnlySpan<byte> token)
    {
        if (ByHash.TryGetValue(Hash(token), out var candidates))
        {
            foreach (var candidate in candidates)
            {
                if (Ascii.EqualsIgnoreCase(token, candidate.Text) || (candidate._compact is { } compact && Ascii.EqualsIgnoreCase(token, compact)))
                {
                    return candidate;
                }
            }
        }

        return new HeaderName(Encoding.ASCII.GetString(token), known: false, compact: null);
    }

    /// <exception cref="ArgumentException"><paramref name="token"/> is not a token (RFC 3261 section 25.1).</exception>
    public static HeaderName Of(string token)
    {
        var bytes = Encoding.UTF8.GetBytes(token);
        return SipScanner.IsToken(bytes) ? Of(bytes) : throw new ArgumentException($"'{token}' is not a header name", nameof(token));
    }

    public bool Equals(HeaderName? other) =>
        ReferenceEquals(this, other) || (other is { _known: false } && !_known && string.Equals(Text, other.Text, StringComparison.OrdinalIgnoreCase));

    public override bool Equals(object? obj) => Equals(obj as HeaderName);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Text);

    public override string ToString() => Text;

    private static HeaderName Known(string text, string? compact = null)
    {
        var name = new HeaderName(text, known: true, compact);
        Index(name, name.Bytes);
        if (compact is not null)
        {
            Index(name, Encoding.ASCII.GetBytes(compact));
        }

        return name;
    }

    private static void Index(HeaderName name, ReadOnlySpan<byte> spelling)
    {
        var hash = Hash(spelling);
        if (!ByHash.TryGetValue(hash, out var list))
        {
            ByHash[hash] = list = [];
        }

        list.Add(name);
    }

    // Length, first and last letter tell the known names nearly all apart; OR with 0x20 folds the case of letters.
    private static int Hash(ReadOnlySpan<byte> token) => (token.Length << 16) | ((token[0] | 0x20) << 8) | (token[^1] | 0x20);
}
