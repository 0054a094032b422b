using System.Text;

namespace CallCenter.GraphQL.Language;

/// <summary>Block strings (specification 2.9.4): reading with common indentation removed, and writing.</summary>
internal static class BlockString
{
    private const string Quotes = "\"\"\"";
    private const string EscapedQuotes = "\\\"\"\"";
    private const int LongestSingleLine = 70;

    /// <summary>Reads the literal that opens at <paramref name="start"/>.</summary>
    /// <param name="source">The whole text.</param>
    /// <param name="start">Position of the opening quotes.</param>
    /// <param name="end">Position after the closing quotes.</param>
    /// <param name="lines">Lines the literal covers.</param>
    /// <param name="lastLineStart">Where the line of its closing quotes begins.</param>
    public static string Read(string source, int start, out int end, out int lines, out int lastLineStart)
    {
        var content = new List<string>();
        var line = new StringBuilder();
        var position = start + 3;
        lastLineStart = 0;
        while (position < source.Length)
        {
            var rest = source.AsSpan(position);
            if (rest.StartsWith(Quotes))
            {
                content.Add(line.ToString());
                end = position + 3;
                lines = content.Count;
                return Dedent(content);
            }

            if (rest.StartsWith(EscapedQuotes))
            {
                line.Append(Quotes);
                position += 4;
            }
            else if (source[position] is '\n' or '\r')
            {
                content.Add(line.ToString());
                line.Clear();
                position += rest.StartsWith("\r\n") ? 2 : 1;
                lastLineStart = position;
            }
            else
            {
                var length = Characters.ScalarLength(source, position);
                if (length == 0)
                {
                    throw new SyntaxException(source, position, $"Invalid character within String: {Characters.Describe(source, position)}.");
                }

                line.Append(source, position, length);
                position += length;
            }
        }

        throw new SyntaxException(source, position, "Unterminated string.");
    }

    /// <summary>Writes a value, each line after the first indented by <paramref name="indentation"/> spaces. Ask <see cref="CanWrite"/> first.</summary>
    public static void Write(StringBuilder output, string value, int indentation)
    {
        var escaped = value.Replace(Quotes, EscapedQuotes, StringComparison.Ordinal);
        var lines = escaped.Split('\n');
        var endsInQuoteOrSlash = (value.EndsWith('"') && !escaped.EndsWith(EscapedQuotes, StringComparison.Ordinal)) || value.EndsWith('\\');
        var isMultiline = lines.Length > 1 || value.Length > LongestSingleLine || endsInQuoteOrSlash || escaped.EndsWith(EscapedQuotes, StringComparison.Ordinal);
        var startsIndented = lines.Length == 1 && value.Length > 0 && value[0] is ' ' or '\t';
        var restIsIndented = lines.Length > 1 && lines.Skip(1).All(line => line.Length == 0 || line[0] is ' ' or '\t');
        output.Append(Quotes);
        if ((isMultiline && !startsIndented) || restIsIndented)
        {
            NewLine(output, indentation);
        }

        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0)
            {
                NewLine(output, lines[i].Length == 0 ? 0 : indentation);
            }

            output.Append(lines[i]);
        }

        if (isMultiline)
        {
            NewLine(output, indentation);
        }

        output.Append(Quotes);
    }

    /// <summary>Whether reading what <see cref="Write"/> writes would give the value back: no carriage return, no blank first or last line, no common indentation.</summary>
    public static bool CanWrite(string value)
    {
        if (value.Length == 0)
        {
            return true;
        }

        if (value.Contains('\r'))
        {
            return false;
        }

        var lines = value.Split('\n');
        return !IsBlank(lines[0]) && !IsBlank(lines[^1]) && (lines.Length == 1 || lines.Any(line => !IsBlank(line) && Indentation(line) == 0));
    }

    private static string Dedent(List<string> lines)
    {
        var common = lines.Skip(1).Where(line => !IsBlank(line)).Select(Indentation).DefaultIfEmpty(0).Min();
        var first = lines.FindIndex(line => !IsBlank(line));
        if (first < 0)
        {
            return "";
        }

        var last = lines.FindLastIndex(line => !IsBlank(line));
        return string.Join('\n', Enumerable.Range(first, last - first + 1).Select(i => i == 0 ? lines[0] : lines[i][Math.Min(common, lines[i].Length)..]));
    }

    private static int Indentation(string line) => line.Length - line.AsSpan().TrimStart(" \t").Length;

    private static bool IsBlank(string line) => Indentation(line) == line.Length;

    private static void NewLine(StringBuilder output, int indentation) => output.Append('\n').Append(' ', indentation);
}
