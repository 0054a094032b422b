using System.Runtime.CompilerServices;
using System.Text;

namespace CallCenter.Import.Csv;

/// <summary>A row with its fields.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Text">As it stands in the file.</param>
internal sealed record CsvLine(int Line, string Text, IReadOnlyList<string> Fields);

/// <summary>Reads rows (RFC 4180): fields may be quoted, a doubled quote stands for one, and a quoted field may go over several lines.</summary>
internal sealed class CsvLines(string path, CsvMapping mapping)
{
    private readonly TextLines _lines = new(path, mapping.Encoding);
    private string? _stoppedAt;

    /// <inheritdoc cref="TextLines.StoppedAt"/>
    public string? StoppedAt => _stoppedAt ?? _lines.StoppedAt;

    /// <summary>All rows that are not blank.</summary>
    public async IAsyncEnumerable<CsvLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (open, first) = (new StringBuilder(), 0);
        await foreach (var (number, text) in _lines.ReadAsync(cancellationToken))
        {
            first = open.Length == 0 ? number : first;
            open.Append(open.Length == 0 ? "" : "\n").Append(text);
            var row = open.ToString();
            if (Split(row) is not { } fields)
            {
                continue;
            }

            open.Clear();
            if (row.Length > 0)
            {
                yield return new CsvLine(first, row, fields);
            }
        }

        if (open.Length > 0)
        {
            _stoppedAt = $"line {first}: a quote that begins in this row is never closed, so the rest of the file was left out";
        }
    }

    /// <summary>Null while a quote is open.</summary>
    private List<string>? Split(string row)
    {
        var (fields, field, i) = (new List<string>(), new StringBuilder(), 0);
        while (true)
        {
            if (i < row.Length && row[i] == mapping.Quote && field.Length == 0)
            {
                for (i++; ; i++)
                {
                    if (i >= row.Length)
                    {
                        return null;
                    }

                    if (row[i] != mapping.Quote)
                    {
                        field.Append(row[i]);
                    }
                    else if (i + 1 < row.Length && row[i + 1] == mapping.Quote)
                    {
                        field.Append(row[i++]);
                    }
                    else
                    {
                        i++;
                        break;
                    }
                }
            }

            for (; i < row.Length && row[i] != mapping.Separator; i++)
            {
                field.Append(row[i]);
            }

            fields.Add(field.ToString());
            field.Clear();
            if (i >= row.Length)
            {
                return fields;
            }

            i++;
        }
    }
}
