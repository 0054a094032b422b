using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>The name of a header field. Names that this stack knows are one shared instance each, found without allocation; others keep their text.</summary>
public sealed class HeaderName : IEquatable<HeaderName>
{
    // Known names by a hash of their spelling; a place rarely holds more than one.
    private static readonly (byte[] Spelling, HeaderName Name)[][] Known = new (byte[], HeaderName)[256][];

    public static readonly HeaderName Accept = Named("Accept");
    public static readonly HeaderName Allow = Named("Allow");
    public static readonly HeaderName AllowEvents = Named("Allow-Events", "u");
    public static readonly HeaderName Authorization = Named("Authorization");
    public static readonly HeaderName CallId = Named("Call-ID", "i");
    public static readonly HeaderName Contact = Named("Contact", "m");
    public static readonly HeaderName ContentDisposition = Named("Content-Disposition");
    public static readonly HeaderName ContentEncoding = Named("Content-Encoding", "e");
    public static readonly HeaderName ContentLength = Named("Content-Length", "l");
    public static readonly HeaderName ContentType = Named("Content-Type", "c");
    public static readonly HeaderName CSeq = Named("CSeq");
    public static readonly HeaderName Date = Named("Date");
    public static readonly HeaderName Diversion = Named("Diversion");
    public static readonly HeaderName Event = Named("Event", "o");
    public static readonly HeaderName Expires = Named("Expires");
    public static readonly HeaderName From = Named("From", "f");
    public static readonly HeaderName HistoryInfo = Named("History-Info");
    public static readonly HeaderName MaxForwards = Named("Max-Forwards");
    public static readonly HeaderName MinExpires = Named("Min-Expires");
    public static readonly HeaderName MinSe = Named("Min-SE");
    public static readonly HeaderName PAssertedIdentity = Named("P-Asserted-Identity");
    public static readonly HeaderName Path = Named("Path");
    public static readonly HeaderName Privacy = Named("Privacy");
    public static readonly HeaderName ProxyAuthenticate = Named("Proxy-Authenticate");
    public static readonly HeaderName ProxyAuthorization = Named("Proxy-Authorization");
    public static readonly HeaderName RAck = Named("RAck");
    public static readonly HeaderName Reason = Named("Reason");
    public static readonly HeaderName RecordRoute = Named("Record-Route");
    public static readonly HeaderName ReferredBy = Named("Referred-By", "b");
    public static readonly HeaderName ReferSub = Named("Refer-Sub");
    public static readonly HeaderName ReferTo = Named("Refer-To", "r");
    public static readonly HeaderName Replaces = Named("Replaces");
    public static readonly HeaderName Require = Named("Require");
    public static readonly HeaderName RetryAfter = Named("Retry-After");
    public static readonly HeaderName Route = Named("Route");
    public static readonly HeaderName RSeq = Named("RSeq");
    public static readonly HeaderName Server = Named("Server");
    public static readonly HeaderName ServiceRoute = Named("Service-Route");
    public static readonly HeaderName SessionExpires = Named("Session-Expires", "x");
    public static readonly HeaderName Subject = Named("Subject", "s");
    public static readonly HeaderName SubscriptionState = Named("Subscription-State");
    public static readonly HeaderName Supported = Named("Supported", "k");
    public static readonly HeaderName Timestamp = Named("Timestamp");
    public static readonly HeaderName To = Named("To", "t");
    public static readonly HeaderName Unsupported = Named("Unsupported");
    public static readonly HeaderName UserAgent = Named("User-Agent");
    public static readonly HeaderName Via = Named("Via", "v");
    public static readonly HeaderName WwwAuthenticate = Named("WWW-Authenticate");

    private readonly bool _known;

    private HeaderName(string text, bool known)
    {
        Text = text;
        Bytes = Encoding.ASCII.GetBytes(text);
        _known = known;
    }

    /// <summary>The name as it is written: the RFC's spelling for known names, the sender's otherwise.</summary>
    public string Text { get; }

    internal byte[] Bytes { get; }

    /// <summary>The name for bytes that are a token, in full or compact form, in any case.</summary>
    internal static HeaderName Of(ReadOnlySpan<byte> token)
    {
        foreach (var (spelling, name) in Known[Hash(token)] ?? [])
        {
            if (Ascii.EqualsIgnoreCase(token, spelling))
            {
                return name;
            }
        }

        return new HeaderName(Encoding.ASCII.GetString(token), known: false);
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

    private static HeaderName Named(string text, string? compact = null)
    {
        var name = new HeaderName(text, known: true);
        Index(name.Bytes, name);
        if (compact is not null)
        {
            Index(Encoding.ASCII.GetBytes(compact), name);
        }

        return name;
    }

    private static void Index(byte[] spelling, HeaderName name)
    {
        ref var place = ref Known[Hash(spelling)];
        place = [.. place ?? [], (spelling, name)];
    }

    // Length, first and last letter tell the known names nearly all apart; OR with 0x20 folds the case of letters.
    private static int Hash(ReadOnlySpan<byte> token) => ((token.Length * 37) ^ ((token[0] | 0x20) * 7) ^ (token[^1] | 0x20)) & 0xFF;
}
