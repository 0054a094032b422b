using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>Reads URIs and host-port pairs (RFC 3261 section 25.1).</summary>
internal static class SipUriParser
{
    /// <summary>What may stand in userinfo (unreserved, user-unreserved, escapes, the password's colon).</summary>
    public static readonly SearchValues<byte> UserBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()&=+$,;?/%:"u8);

    private static readonly SearchValues<byte> HostBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);

    private static readonly SearchValues<byte> ParameterBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()[]/:&+$%"u8);

    /// <summary>Parses a whole URI; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SipUri uri, [NotNullWhen(false)] out string? error)
    {
        uri = SipUri.Empty;
        var colon = text.IndexOf((byte)':');
        if (colon <= 0 || !SipScanner.IsToken(text[..colon]))
        {
            error = "a URI has no scheme";
            return false;
        }

        var scheme = text[..colon];
        var rest = text[(colon + 1)..];
        if (Ascii.EqualsIgnoreCase(scheme, "sip"u8) || Ascii.EqualsIgnoreCase(scheme, "sips"u8))
        {
            return TryParseSip(scheme.Length == 3 ? "sip" : "sips", rest, out uri, out error);
        }

        if (rest.IsEmpty || rest.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e) || rest.ContainsAny((byte)'<', (byte)'>', (byte)'"'))
        {
            error = "a URI has characters that URIs may not hold";
            return false;
        }

        uri = new SipUri { Scheme = Encoding.ASCII.GetString(scheme).ToLowerInvariant(), Opaque = Encoding.ASCII.GetString(rest) };
        error = null;
        return true;
    }

    private static bool TryParseSip(string scheme, ReadOnlySpan<byte> rest, out SipUri uri, [NotNullWhen(false)] out string? error)
    {
        uri = SipUri.Empty;
        string? user = null, password = null, headers = null;

        // '@' may stand nowhere else unescaped, so the first one ends the user part, whatever that holds (";" and "?" included).
        var at = rest.IndexOf((byte)'@');
        if (at >= 0)
        {
            var info = rest[..at];
            rest = rest[(at + 1)..];
            if (info.IsEmpty || info.ContainsAnyExcept(UserBytes) || !EscapesAreWhole(info))
            {
                error = "the user part of a URI is malformed";
                return false;
            }

            var colon = info.IndexOf((byte)':');
            user = Encoding.ASCII.GetString(colon < 0 ? info : info[..colon]);
            password = colon < 0 ? null : Encoding.ASCII.GetString(info[(colon + 1)..]);
        }

        var scanner = new SipScanner(rest);
        if (!TryParseHostPort(ref scanner, out var host, out var port))
        {
            error = "the host or port of a URI is malformed";
            return false;
        }

        if (!TryParseParameters(ref scanner, out var parameters))
        {
            error = "a parameter of a URI is malformed";
            return false;
        }

        if (scanner.Take((byte)'?'))
        {
            if (scanner.Rest.IsEmpty || scanner.Rest.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e) || scanner.Rest.ContainsAny((byte)'<', (byte)'>', (byte)'"'))
            {
                error = "the headers of a URI are malformed";
                return false;
            }

            headers = Encoding.ASCII.GetString(scanner.Rest);
            scanner.Advance(scanner.Rest.Length);
        }

        error = scanner.AtEnd ? null : "a URI has characters that URIs may not hold";
        uri = new SipUri { Scheme = scheme, User = user, Password = password, Host = host, Port = port, Parameters = parameters, Headers = headers };
        return error is null;
    }

    /// <summary>host [":" port], the host in lower case.</summary>
    public static bool TryParseHostPort(ref SipScanner scanner, out string host, out int? port)
    {
        host = "";
        port = null;
        if (scanner.Current == '[')
        {
            var end = scanner.Rest.IndexOf((byte)']');
            if (end < 0 || !IPAddress.TryParse(Encoding.ASCII.GetString(scanner.Rest[1..end]), out var address)
                || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
            {
                return false;
            }

            host = SipUri.HostOf(address);
            scanner.Advance(end + 1);
        }
        else
        {
            var length = scanner.Rest.IndexOfAnyExcept(HostBytes);
            var name = length < 0 ? scanner.Rest : scanner.Rest[..length];
            if (name.IsEmpty)
            {
                return false;
            }

            host = Encoding.ASCII.GetString(name).ToLowerInvariant();
            scanner.Advance(name.Length);
        }

        var position = scanner;
        if (!scanner.TakeSeparator((byte)':'))
        {
            return true;
        }

        var digits = scanner.Token();
        if (!SipScanner.TryNumber(digits, ushort.MaxValue, out var number))
        {
            scanner = position;
            return false;
        }

        port = (int)number;
        return true;
    }

    private static bool TryParseParameters(ref SipScanner scanner, out SipParameters parameters)
    {
        parameters = SipParameters.Empty;
        List<(string Name, string? Value)>? items = null;
        while (scanner.Take((byte)';'))
        {
            var parameter = scanner.Until(";?"u8);
            var equals = parameter.IndexOf((byte)'=');
            var name = equals < 0 ? parameter : parameter[..equals];
            var value = equals < 0 ? default : parameter[(equals + 1)..];
            if (name.IsEmpty || name.ContainsAnyExcept(ParameterBytes) || value.ContainsAnyExcept(ParameterBytes) || items?.Count == SipLimits.Parameters)
            {
                return false;
            }

            (items ??= SipParameters.Collected()).Add((SipParameters.NameOf(name), equals < 0 ? null : Encoding.ASCII.GetString(value)));
        }

        if (items is not null)
        {
            parameters = SipParameters.Of(items);
        }

        return true;
    }

    private static bool EscapesAreWhole(ReadOnlySpan<byte> text)
    {
        for (var i = text.IndexOf((byte)'%'); i >= 0;)
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2]))
            {
                return false;
            }

            var next = text[(i + 3)..].IndexOf((byte)'%');
            i = next < 0 ? -1 : i + 3 + next;
        }

        return true;
    }
}
