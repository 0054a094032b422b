using System.Text;

namespace CallCenter.GraphQL.Language;

/// <summary>Character classes of the lexical grammar (specification 2.1).</summary>
internal static class Characters
{
    public static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    public static bool IsNameContinue(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    public static bool IsName(string text) => text.Length > 0 && IsNameStart(text[0]) && text.All(IsNameContinue);

    /// <summary>Code units of the Unicode scalar value at a position: 1, 2, or 0 for a lone surrogate.</summary>
    public static int ScalarLength(string source, int position)
    {
        var c = source[position];
        return !char.IsSurrogate(c) ? 1
            : char.IsHighSurrogate(c) && position + 1 < source.Length && char.IsLowSurrogate(source[position + 1]) ? 2
            : 0;
    }

    /// <summary>The character at a position the way error messages name it: <c>"a"</c>, <c>U+00E9</c>, <c>&lt;EOF&gt;</c>.</summary>
    public static string Describe(string source, int position)
    {
        if (position >= source.Length)
        {
            return "<EOF>";
        }

        var code = ScalarLength(source, position) == 2 ? new Rune(source[position], source[position + 1]).Value : source[position];
        return code switch
        {
            '"' => "'\"'",
            >= 0x20 and <= 0x7E => $"\"{(char)code}\"",
            _ => $"U+{code:X4}",
        };
    }
}
