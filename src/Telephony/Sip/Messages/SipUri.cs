using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>A URI as SIP uses it (RFC 3261 section 19.1): sip and sips in parts, any other scheme as opaque text. Immutable.</summary>
public sealed record SipUri
{
    /// <summary>What a failed parse leaves.</summary>
    internal static readonly SipUri Empty = new();

    /// <summary>Lower-case scheme.</summary>
    public string Scheme { get; internal init; } = "sip";

    public bool IsSip => Scheme is "sip" or "sips";

    /// <summary>User part as written, escapes kept; null when absent.</summary>
    public string? User { get; init; }

    /// <summary>User part without escapes; empty when absent.</summary>
    public string UserText => User is null ? "" : Uri.UnescapeDataString(User);

    /// <summary>Password as written; RFC 3261 advises against it, so it is only kept.</summary>
    public string? Password { get; init; }

    /// <summary>Host name, IPv4 address, or IPv6 address in brackets; lower case. Empty for other schemes.</summary>
    public string Host { get; init; } = "";

    public int? Port { get; init; }

    /// <summary>URI parameters, with the values as written.</summary>
    public SipParameters Parameters { get; init; } = SipParameters.Empty;

    /// <summary>What stands after '?', as written.</summary>
    public string? Headers { get; init; }

    /// <summary>What follows the scheme of a URI that is not SIP.</summary>
    public string? Opaque { get; internal init; }

    /// <summary>The host as an address; null when it is a name.</summary>
    public IPAddress? Address => IPAddress.TryParse(Host, out var address) ? address : null;

    /// <summary>The transport that the URI asks for, as Via names it: TLS (or WSS) for sips, else what its transport parameter says; null when it leaves that open (RFC 3263 section 4.1).</summary>
    public string? Protocol => (Scheme, Parameters["transport"]?.ToUpperInvariant()) switch
    {
        ("sips", "WS" or "WSS") => "WSS",
        ("sips", _) => "TLS",
        (_, var named) => named,
    };

    /// <summary>A SIP URI of an address.</summary>
    /// <param name="user">User part, not yet escaped; null for none.</param>
    /// <param name="endPoint">Host and port.</param>
    public static SipUri Of(string? user, IPEndPoint endPoint) =>
        new() { User = user is null ? null : EscapeUser(user), Host = HostOf(endPoint.Address), Port = endPoint.Port };

    /// <summary>A SIP URI of a realm or domain.</summary>
    public static SipUri Of(string? user, string host) => new() { User = user is null ? null : EscapeUser(user), Host = host };

    /// <summary>An address in the form that URIs and Via want: IPv6 in brackets.</summary>
    public static string HostOf(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    public override string ToString()
    {
        if (Opaque is not null)
        {
            return $"{Scheme}:{Opaque}";
        }

        var text = new StringBuilder(Scheme).Append(':');
        if (User is not null)
        {
            text.Append(User);
            if (Password is not null)
            {
                text.Append(':').Append(Password);
            }

            text.Append('@');
        }

        text.Append(Host);
        if (Port is { } port)
        {
            text.Append(':').Append(port);
        }

        text.Append(Parameters);
        return Headers is null ? text.ToString() : text.Append('?').Append(Headers).ToString();
    }

    /// <summary>Parses a whole URI; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SipUri uri, [NotNullWhen(false)] out string? error) => SipUriParser.TryParse(text, out uri, out error);

    private static string EscapeUser(string user)
    {
        var bytes = Encoding.UTF8.GetBytes(user);
        if (!bytes.AsSpan().ContainsAnyExcept(SipUriParser.UserBytes) && !bytes.AsSpan().ContainsAny((byte)'%', (byte)':'))
        {
            return user;
        }

        var text = new StringBuilder();
        foreach (var b in bytes)
        {
            if (SipUriParser.UserBytes.Contains(b) && b is not ((byte)'%' or (byte)':'))
            {
                text.Append((char)b);
            }
            else
            {
                text.Append('%').Append(b.ToString("X2"));
            }
        }

        return text.ToString();
    }
}
