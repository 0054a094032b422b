using System.Text;

namespace CallCenter.Telephony.Sdp;

/// <summary>Why bytes are no session description.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Message">What is wrong with it.</param>
internal readonly record struct SdpParseError(int Line, string Message)
{
    public override string ToString() => $"SDP line {Line}: {Message}";
}

/// <summary>Reads session descriptions (RFC 8866 section 9). Never throws on input; work and memory are bounded by the limits below.</summary>
/// <remarks>Beyond the grammar it takes what is common and harmless: LF for CRLF, a missing last line end, and lines in another order inside their section.</remarks>
internal ref struct SdpParser
{
    /// <summary>Bytes of a whole description.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Media sections.</summary>
    public const int MaxMedia = 16;

    /// <summary>Formats of one media section.</summary>
    public const int MaxFormats = 64;

    /// <summary>Attributes of one section.</summary>
    public const int MaxAttributes = 128;

    private readonly List<MediaDescription> _media = [];
    private List<SdpAttribute> _attributes = [];
    private SdpOrigin? _origin;
    private string? _sessionName;
    private bool _hasTime;
    private SdpConnection? _sessionConnection;
    private List<SdpAttribute>? _sessionAttributes;
    private MediaDescription? _open;
    private int _line;
    private string? _error;

    public SdpParser()
    {
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out SessionDescription description, out SdpParseError error)
    {
        var parser = new SdpParser();
        var parsed = parser.Parse(text);
        description = parsed!;
        error = parsed is null ? new SdpParseError(parser._line, parser._error!) : default;
        return parsed is not null;
    }

    private SessionDescription? Parse(ReadOnlySpan<byte> text)
    {
        _line = 1;
        if (text.Length > MaxLength)
        {
            _error = $"the description is longer than {MaxLength} bytes";
            return null;
        }

        if (!text.StartsWith("v=0\r\n"u8) && !text.StartsWith("v=0\n"u8))
        {
            _error = "a description begins with the line v=0";
            return null;
        }

        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            line = line is [.., (byte)'\r'] ? line[..^1] : line;
            if (_line > 1 && !line.IsEmpty && !TakeLine(line))
            {
                return null;
            }

            _line++;
        }

        return Finish();
    }

    private SessionDescription? Finish()
    {
        CloseSection();
        _error = (_origin, _sessionName, _hasTime) switch
        {
            (null, _, _) => "the o= line is missing",
            (_, null, _) => "the s= line is missing",
            (_, _, false) => "the t= line is missing",
            _ => null,
        };
        return _error is not null
            ? null
            : new SessionDescription
            {
                Origin = _origin!,
                SessionName = _sessionName!,
                Connection = _sessionConnection,
                Attributes = _sessionAttributes!,
                Media = _media,
            };
    }

    private bool TakeLine(ReadOnlySpan<byte> line)
    {
        if (line.Length < 2 || line[1] != '=')
        {
            return Fail("a line is a letter, '=' and a value");
        }

        if (line.IndexOfAny((byte)0, (byte)'\r') >= 0)
        {
            return Fail("a NUL or a bare CR inside a line");
        }

        var value = Encoding.UTF8.GetString(line[2..]);
        var atSession = _open is null;
        return (char)line[0] switch
        {
            'o' when atSession && _origin is null => TakeOrigin(value),
            's' when atSession && _sessionName is null => TakeSessionName(value),
            't' when atSession => _hasTime = true,
            'c' => TakeConnection(value),
            'a' => TakeAttribute(value),
            'm' => TakeMedia(value),
            'i' or 'b' or 'k' => true,
            'u' or 'e' or 'p' or 'r' or 'z' when atSession => true,
            var letter and >= 'a' and <= 'z' => Fail($"a line {letter}= is unknown, repeated, or has no place here"),
            _ => Fail("a line begins with a lower-case letter"),
        };
    }

    private bool TakeOrigin(string value)
    {
        var parts = value.Split(' ');
        if (parts.Length != 6 || parts[0].Length == 0 || !IsNumber(parts[1]) || !IsNumber(parts[2]))
        {
            return Fail("o= is: user name, session id, version, IN, IP4 or IP6, address");
        }

        if (ReadAddress(parts.AsSpan(3)) is not { } address)
        {
            return false;
        }

        _origin = new SdpOrigin(parts[0], parts[1], parts[2], address);
        return true;
    }

    private bool TakeSessionName(string value)
    {
        _sessionName = value;
        return true;
    }

    private bool TakeConnection(string value)
    {
        if (ReadAddress(value.Split(' ')) is not { } address)
        {
            return false;
        }

        // A section may repeat c= for multicast layers; the first one counts for a unicast stream.
        if (_open is null)
        {
            _sessionConnection ??= address;
        }
        else
        {
            _open = _open with { Connection = _open.Connection ?? address };
        }

        return true;
    }

    private SdpConnection? ReadAddress(ReadOnlySpan<string> parts)
    {
        if (parts.Length == 3 && parts[0] is "IN" && parts[1] is "IP4" or "IP6" && parts[2].Length > 0)
        {
            return new SdpConnection(parts[1], parts[2]);
        }

        Fail("an address is: IN, IP4 or IP6, address");
        return null;
    }

    private bool TakeAttribute(string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? value : value[..colon];
        if (name.Length == 0 || name.Contains(' ', StringComparison.Ordinal))
        {
            return Fail("an attribute needs a name without spaces");
        }

        if (_attributes.Count == MaxAttributes)
        {
            return Fail($"more than {MaxAttributes} attributes in one section");
        }

        _attributes.Add(new SdpAttribute(name, colon < 0 ? null : value[(colon + 1)..]));
        return true;
    }

    private bool TakeMedia(string value)
    {
        CloseSection();
        if (_media.Count == MaxMedia)
        {
            return Fail($"more than {MaxMedia} media sections");
        }

        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 4)
        {
            return Fail("m= is: media, port, protocol, formats");
        }

        if (parts.Length - 3 > MaxFormats)
        {
            return Fail($"more than {MaxFormats} formats in one media section");
        }

        // "49170/2" asks for two port pairs (layered coding); we would use the first.
        var slash = parts[1].IndexOf('/', StringComparison.Ordinal);
        var port = slash < 0 ? parts[1] : parts[1][..slash];
        if (!ushort.TryParse(port, System.Globalization.NumberStyles.None, provider: null, out var number))
        {
            return Fail("the port of m= is no number from 0 to 65535");
        }

        _open = new MediaDescription { Kind = parts[0], Port = number, Protocol = parts[2], Formats = parts[3..] };
        return true;
    }

    private void CloseSection()
    {
        if (_open is null)
        {
            _sessionAttributes = _attributes;
        }
        else
        {
            _media.Add(_open with { Attributes = _attributes });
        }

        _attributes = [];
    }

    private bool Fail(string message)
    {
        _error = message;
        return false;
    }

    private static bool IsNumber(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
