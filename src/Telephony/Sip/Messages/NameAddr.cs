using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>name-addr or addr-spec with header parameters: the value of From, To, Contact, Route and Record-Route (RFC 3261 section 20.10). Immutable.</summary>
public sealed record NameAddr(string? DisplayName, SipUri Uri, SipParameters Parameters)
{
    private static readonly NameAddr Empty = new(SipUri.Empty);

    public NameAddr(SipUri uri)
        : this(DisplayName: null, uri, SipParameters.Empty)
    {
    }

    public string? Tag => Parameters["tag"];

    public NameAddr WithTag(string tag) => this with { Parameters = Parameters.With("tag", tag) };

    public override string ToString() =>
        DisplayName is null ? $"<{Uri}>{Parameters}" : $"\"{Escape(DisplayName)}\" <{Uri}>{Parameters}";

    /// <summary>Parses one whole value; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out NameAddr value, out string? error)
    {
        var scanner = new SipScanner(text);
        if (!TryParse(ref scanner, out value, out error))
        {
            return false;
        }

        scanner.SkipSpace();
        error = scanner.AtEnd ? null : "unexpected text after an address";
        return error is null;
    }

    /// <summary>Parses one value of a comma-separated list and stops before the comma.</summary>
    internal static bool TryParse(ref SipScanner scanner, out NameAddr value, out string? error)
    {
        value = Empty;
        scanner.SkipSpace();
        if (!TryParseDisplayName(ref scanner, out var display, out var bracketed, out error))
        {
            return false;
        }

        ReadOnlySpan<byte> uriText;
        if (bracketed)
        {
            uriText = scanner.Until(">"u8);
            if (!scanner.Take((byte)'>'))
            {
                error = "'<' without '>'";
                return false;
            }
        }
        else
        {
            // RFC 3261 section 20.10: without brackets, ";" begins header parameters, and "," and "?" may not stand in the URI.
            uriText = scanner.Until(";,? \t"u8);
            if (scanner.Current == '?')
            {
                error = "a URI with '?' must stand in '<' and '>'";
                return false;
            }
        }

        if (!SipUri.TryParse(uriText, out var uri, out error) || !SipParameters.TryParse(ref scanner, out var parameters, out error))
        {
            return false;
        }

        value = new NameAddr(display, uri, parameters);
        return true;
    }

    private static bool TryParseDisplayName(ref SipScanner scanner, out string? display, out bool bracketed, out string? error)
    {
        display = null;
        bracketed = false;
        error = null;
        if (scanner.Current == '"')
        {
            if (!scanner.TryQuoted(out var quoted))
            {
                error = "a quoted string does not end";
                return false;
            }

            display = SipScanner.Unquote(quoted);
            bracketed = scanner.TakeSeparator((byte)'<');
            error = bracketed ? null : "a display name without '<'";
            return bracketed;
        }

        var words = scanner;
        var start = words.Rest;
        while (!words.Token().IsEmpty)
        {
            words.SkipSpace();
        }

        var length = words.Position - scanner.Position;
        if (!words.Take((byte)'<'))
        {
            return true;
        }

        scanner = words;
        bracketed = true;
        display = length == 0 ? null : Encoding.ASCII.GetString(start[..length]).TrimEnd();
        return true;
    }

    private static string Escape(string text) =>
        text.AsSpan().ContainsAny('"', '\\', '\0') ? text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\0", "\\\0") : text;
}
