using System.Buffers;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>Reads the lexical elements of RFC 3261 section 25.1 from left to right. Folded lines have been joined before, so white space is space and tab.</summary>
internal ref struct SipScanner(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~"u8);

    // token / host / IPv6reference: what may stand unquoted after '=' in a parameter.
    private static readonly SearchValues<byte> ParameterValueBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~[]:/"u8);

    private readonly ReadOnlySpan<byte> _text = text;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= _text.Length;

    public readonly byte Current => Position < _text.Length ? _text[Position] : (byte)0;

    public readonly ReadOnlySpan<byte> Rest => _text[Position..];

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenBytes);

    public void Advance(int count) => Position += count;

    public void SkipSpace()
    {
        while (Position < _text.Length && _text[Position] is (byte)' ' or (byte)'\t')
        {
            Position++;
        }
    }

    /// <summary>Takes one byte, if it is the next.</summary>
    public bool Take(byte wanted)
    {
        if (Position >= _text.Length || _text[Position] != wanted)
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Takes a separator with the white space that may stand around it.</summary>
    public bool TakeSeparator(byte wanted)
    {
        var start = Position;
        SkipSpace();
        if (!Take(wanted))
        {
            Position = start;
            return false;
        }

        SkipSpace();
        return true;
    }

    public ReadOnlySpan<byte> Token() => While(TokenBytes);

    public ReadOnlySpan<byte> ParameterValue() => While(ParameterValueBytes);

    /// <summary>Takes a quoted string with its quotes; false when it does not end.</summary>
    public bool TryQuoted(out ReadOnlySpan<byte> quoted)
    {
        var start = Position;
        for (var i = Position + 1; i < _text.Length; i++)
        {
            switch (_text[i])
            {
                case (byte)'\\':
                    i++;
                    break;
                case (byte)'"':
                    Position = i + 1;
                    quoted = _text[start..Position];
                    return true;
            }
        }

        quoted = default;
        return false;
    }

    public ReadOnlySpan<byte> Until(ReadOnlySpan<byte> stops)
    {
        var length = Rest.IndexOfAny(stops);
        var taken = length < 0 ? Rest : Rest[..length];
        Position += taken.Length;
        return taken;
    }

    /// <summary>A decimal number of at most <paramref name="max"/>, leading zeros allowed; false for anything else.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> digits, long max, out long value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
            if (value > max)
            {
                return false;
            }
        }

        return !digits.IsEmpty;
    }

    /// <summary>The content of a quoted string: quotes off, quoted pairs resolved.</summary>
    public static string Unquote(ReadOnlySpan<byte> quoted)
    {
        var inner = quoted[1..^1];
        if (!inner.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(inner);
        }

        var buffer = new byte[inner.Length];
        var length = 0;
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '\\' && i + 1 < inner.Length)
            {
                i++;
            }

            buffer[length++] = inner[i];
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private ReadOnlySpan<byte> While(SearchValues<byte> allowed)
    {
        var length = Rest.IndexOfAnyExcept(allowed);
        var taken = length < 0 ? Rest : Rest[..length];
        Position += taken.Length;
        return taken;
    }
}
