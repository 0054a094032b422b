using System.Buffers;
using System.Globalization;
using System.Text;

namespace CallCenter.Api.Reports;

/// <summary>
/// Writes comma-separated values (RFC 4180). A text at whose beginning a spreadsheet would see a formula gets an apostrophe before it, as OWASP's page on CSV injection asks; numbers are written as numbers.
/// </summary>
internal sealed class CsvWriter(TextWriter writer)
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n＝＋－＠");

    private readonly StringBuilder _line = new();
    private bool _isFirst = true;

    /// <param name="text">Null is an empty field.</param>
    public CsvWriter Text(string? text) => Field(text is { Length: > 0 } && Formula.Contains(text[0]) ? $"'{text}" : text);

    /// <summary>A name, instant or number of ours: no text that a person wrote.</summary>
    public CsvWriter Plain(string? text) => Field(text);

    /// <param name="number">With a point and without separators; null is an empty field.</param>
    public CsvWriter Number(double? number) => Field(number?.ToString("0.######", CultureInfo.InvariantCulture));

    /// <summary>Ends the line, and hands it on whole.</summary>
    public async Task EndLineAsync()
    {
        await writer.WriteAsync(_line.Append("\r\n"));
        _line.Clear();
        _isFirst = true;
    }

    private CsvWriter Field(string? text)
    {
        if (!_isFirst)
        {
            _line.Append(',');
        }

        _isFirst = false;
        _line.Append(text is null ? "" : text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
        return this;
    }
}
