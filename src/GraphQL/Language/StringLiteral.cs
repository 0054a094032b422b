using System.Globalization;
using System.Text;

namespace CallCenter.GraphQL.Language;

/// <summary>Quoted strings with escapes (specification 2.9.4): reading and writing.</summary>
internal static class StringLiteral
{
    /// <summary>Reads the literal whose opening quote is at <paramref name="start"/>; <paramref name="end"/> is after its closing quote.</summary>
    public static string Read(string source, int start, out int end)
    {
        StringBuilder? builder = null;
        var position = start + 1;
        var chunk = position;
        while (position < source.Length && source[position] is not ('\n' or '\r'))
        {
            if (source[position] == '"')
            {
                end = position + 1;
                return builder is null ? source[chunk..position] : builder.Append(source, chunk, position - chunk).ToString();
            }

            if (source[position] == '\\')
            {
                builder = (builder ?? new StringBuilder()).Append(source, chunk, position - chunk);
                position = chunk = ReadEscape(source, position, builder);
                continue;
            }

            var length = Characters.ScalarLength(source, position);
            position += length > 0 ? length : throw new SyntaxException(source, position, $"Invalid character within String: {Characters.Describe(source, position)}.");
        }

        throw new SyntaxException(source, position, "Unterminated string.");
    }

    /// <summary>Writes a value as a quoted string; control characters are escaped.</summary>
    public static void Write(StringBuilder output, string value)
    {
        output.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => output.Append("\\\""),
                '\\' => output.Append("\\\\"),
                '\b' => output.Append("\\b"),
                '\f' => output.Append("\\f"),
                '\n' => output.Append("\\n"),
                '\r' => output.Append("\\r"),
                '\t' => output.Append("\\t"),
                < ' ' or (>= '\x7F' and <= '\x9F') => output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => output.Append(c),
            };
        }

        output.Append('"');
    }

    private static int ReadEscape(string source, int start, StringBuilder output)
    {
        var c = start + 1 < source.Length ? source[start + 1] : '\0';
        char? simple = c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => null,
        };
        if (simple is { } character)
        {
            output.Append(character);
            return start + 2;
        }

        if (c != 'u')
        {
            throw new SyntaxException(source, start, $"Invalid character escape sequence: \"{Slice(source, start, 2)}\".");
        }

        return start + 2 < source.Length && source[start + 2] == '{' ? ReadBraced(source, start, output) : ReadFixed(source, start, output);
    }

    private static int ReadBraced(string source, int start, StringBuilder output)
    {
        var end = start + 3;
        long code = 0;
        while (end < source.Length && end < start + 12 && char.IsAsciiHexDigit(source[end]))
        {
            code = (code << 4) | (uint)Convert.ToInt32(source[end].ToString(), 16);
            end++;
        }

        if (end >= source.Length || source[end] != '}' || end == start + 3 || code > 0x10FFFF || !Rune.IsValid((int)code))
        {
            throw InvalidUnicode(source, start, Math.Min(end, start + 11) + 1 - start);
        }

        output.Append(new Rune((int)code).ToString());
        return end + 1;
    }

    private static int ReadFixed(string source, int start, StringBuilder output)
    {
        var code = Hex4(source, start + 2);
        if (code is >= 0 and not (>= 0xD800 and <= 0xDFFF))
        {
            output.Append((char)code);
            return start + 6;
        }

        // A supplementary character may be written as an escaped surrogate pair; a surrogate alone is no character.
        if (code is >= 0xD800 and <= 0xDBFF && source.AsSpan(start + 6).StartsWith("\\u") && Hex4(source, start + 8) is >= 0xDC00 and <= 0xDFFF and var trailing)
        {
            output.Append((char)code).Append((char)trailing);
            return start + 12;
        }

        throw InvalidUnicode(source, start, 6);
    }

    private static int Hex4(string source, int start) =>
        start + 4 <= source.Length && ushort.TryParse(source.AsSpan(start, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? code : -1;

    private static SyntaxException InvalidUnicode(string source, int start, int length) =>
        new(source, start, $"Invalid Unicode escape sequence: \"{Slice(source, start, length)}\".");

    private static string Slice(string source, int start, int length) => source[start..Math.Min(start + length, source.Length)];
}
