using System.Globalization;
using System.Runtime.CompilerServices;

using CallCenter.Domain.Calls;

namespace CallCenter.Import.Csv;

/// <summary>Any CSV, by a mapping. A call's key is its id there, or else its row, so a longer file that begins alike adds only what is new.</summary>
public sealed class CsvFormat(CsvMapping mapping) : IHistoryFormat
{
    public string Name => "csv";

    public async IAsyncEnumerable<History> ReadAsync(string path, ImportNotes notes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (lines, seen) = (new CsvLines(path, mapping), new Dictionary<string, int>(StringComparer.Ordinal));
        IReadOnlyDictionary<string, int>? columns = null;
        await foreach (var line in lines.ReadAsync(cancellationToken))
        {
            if (columns is null)
            {
                columns = Columns(path, line);
                if (mapping.HasHeader)
                {
                    continue;
                }
            }

            notes.Rows++;
            var row = new CsvRow(mapping, columns, line, notes);
            if (CsvCall.Read(row) is not { } call)
            {
                continue;
            }

            if (Key(row, line, seen) is { } key)
            {
                yield return new History(key, Call.StreamType, call.Tell);
            }
        }

        notes.StoppedAt = lines.StoppedAt;
    }

    // Two rows that are alike to the letter are two calls: the second is told apart by being the second. Two of one id are not.
    private string? Key(CsvRow row, CsvLine line, Dictionary<string, int> seen)
    {
        if (row.Text("callId") is not { } id)
        {
            var key = $"csv|{mapping.Name}|row|{line.Text}";
            var times = seen[key] = seen.GetValueOrDefault(key) + 1;
            return times == 1 ? key : $"{key}|{times}";
        }

        if (seen.TryAdd(id, line.Line))
        {
            return $"csv|{mapping.Name}|call|{id}";
        }

        row.Refuse("callId", $"line {seen[id]} has this id already");
        return null;
    }

    private Dictionary<string, int> Columns(string path, CsvLine first)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < first.Fields.Count; i++)
        {
            var name = mapping.HasHeader ? first.Fields[i].Trim() : (i + 1).ToString(CultureInfo.InvariantCulture);
            if (!columns.TryAdd(name, i))
            {
                throw new ImportException($"{path} has two columns named \"{name}\".");
            }
        }

        var faults = mapping.Sources.Values.SelectMany(source => source.Columns, (source, column) => (source, column)).Where(one => !columns.ContainsKey(one.column))
            .Select(one => $"{one.source.Place}: {path} has no column \"{one.column}\" for {one.source.Field.Name}; it has {string.Join(", ", columns.Keys)}.").ToList();
        return faults.Count == 0 ? columns : throw new ImportException(string.Join(Environment.NewLine, faults));
    }
}
