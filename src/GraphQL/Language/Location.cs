namespace CallCenter.GraphQL.Language;

/// <summary>A place in a source text: line and column, both counted from 1; a column is a UTF-16 code unit.</summary>
public readonly record struct Location(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";

    /// <summary>The location of a code unit; CR, LF and CRLF each end a line (specification 2.1.2).</summary>
    internal static Location Of(string source, int position)
    {
        var line = 1;
        var lineStart = 0;
        for (var i = 0; i < position && i < source.Length; i++)
        {
            if (source[i] == '\n' || (source[i] == '\r' && (i + 1 >= source.Length || source[i + 1] != '\n')))
            {
                line++;
                lineStart = i + 1;
            }
        }

        return new Location(line, position - lineStart + 1);
    }
}
