namespace CallCenter.Import.Csv;

/// <summary>Reads the fields of a row by the mapping. What cannot be read is refused with its column; the row is then no call.</summary>
internal sealed class CsvRow(CsvMapping mapping, IReadOnlyDictionary<string, int> columns, CsvLine line, ImportNotes notes)
{
    public bool IsWrong { get; private set; }

    public bool IsMapped(string field) => mapping.Sources.ContainsKey(field);

    public string? Text(string field) => Read(field, (text, _) => (true, text), "");

    public DateTimeOffset? Instant(string field) => Value<DateTimeOffset>(
        field, (text, source) => (CsvValues.TryInstant(text, source.Format ?? "iso", mapping.Zone, out var at), at), source => $"no instant of the form {source.Format ?? "iso"}");

    /// <summary>A negative one counts 0.</summary>
    public TimeSpan? Duration(string field)
    {
        var duration = Value<TimeSpan>(field, (text, source) => (CsvValues.TryDuration(text, source.Unit ?? "seconds", out var read), read), source => $"no duration in {source.Unit ?? "seconds"}");
        if (duration < TimeSpan.Zero)
        {
            notes.Judge(line.Line, $"negative {field}", $"{mapping.Sources[field].Name} {duration.Value.TotalSeconds} s counts 0");
            return TimeSpan.Zero;
        }

        return duration;
    }

    public CsvOutcome? Outcome(string field) => Value<CsvOutcome>(field, (text, _) => (CsvValues.TryOutcome(text, out var outcome), outcome), _ => $"no outcome ({CsvValues.Outcomes}); values can say what it means");

    public bool? Flag(string field) => Value<bool>(field, (text, _) => (CsvValues.TryFlag(text, out var flag), flag), _ => "neither yes nor no; values can say what it means");

    /// <summary>The row is no call, because of this field.</summary>
    public void Refuse(string field, string message)
    {
        IsWrong = true;
        notes.Refuse(line.Line, mapping.Sources.TryGetValue(field, out var source) ? source.Name : field, source is null ? "" : Cell(source) ?? "", message);
    }

    private T? Value<T>(string field, Func<string, CsvSource, (bool, T)> read, Func<CsvSource, string> message)
        where T : struct =>
        mapping.Sources.TryGetValue(field, out var source) && Read<object>(field, (text, of) => read(text, of) is (true, var value) ? (true, value) : (false, null!), message(source)) is T found ? found : null;

    private T? Read<T>(string field, Func<string, CsvSource, (bool Can, T Value)> read, string message)
        where T : class
    {
        if (!mapping.Sources.TryGetValue(field, out var source) || Cell(source) is not { } text)
        {
            return null;
        }

        var meaning = source.Values is null ? text : source.Values.TryGetValue(text, out var said) || source.Values.TryGetValue("*", out said) ? said : text;
        if (meaning.Length == 0)
        {
            return null;
        }

        var (can, value) = read(meaning, source);
        if (!can)
        {
            Refuse(field, message);
        }

        return can ? value : null;
    }

    /// <summary>Null for nothing.</summary>
    private string? Cell(CsvSource source)
    {
        if (source.Constant is { } constant)
        {
            return constant;
        }

        var parts = source.Columns.Select(column => columns[column] < line.Fields.Count ? line.Fields[columns[column]].Trim() : "").ToList();
        return parts.Exists(part => part.Length == 0 || mapping.Empty.Contains(part)) ? null : string.Join(' ', parts);
    }
}
