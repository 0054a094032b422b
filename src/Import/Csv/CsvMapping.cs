using System.Text;

using NodaTime;

namespace CallCenter.Import.Csv;

/// <summary>Where a field of a call comes from.</summary>
/// <param name="Columns">One or several, by name or number; none for a constant.</param>
/// <param name="Place">Line and column in the mapping, from 1.</param>
internal sealed record CsvSource(CsvField Field, IReadOnlyList<string> Columns, string? Constant, string? Format, string? Unit, IReadOnlyDictionary<string, string>? Values, string Place)
{
    /// <summary>The columns as one would name them.</summary>
    public string Name => Columns.Count == 0 ? $"constant of {Field.Name}" : string.Join(" + ", Columns);
}

/// <summary>How the rows of a file become calls.</summary>
public sealed class CsvMapping
{
    internal CsvMapping(string path, string name) => (Path, Name) = (path, name);

    internal string Path { get; }

    internal string Name { get; }

    internal Encoding Encoding { get; init; } = Encoding.UTF8;

    internal char Separator { get; init; } = ',';

    internal char Quote { get; init; } = '"';

    internal bool HasHeader { get; init; } = true;

    internal DateTimeZone Zone { get; init; } = DateTimeZone.Utc;

    internal IReadOnlySet<string> Empty { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, CsvSource> Sources { get; init; } = new Dictionary<string, CsvSource>(StringComparer.Ordinal);

    /// <exception cref="ImportException">The mapping cannot be read; the message names each place as line:column.</exception>
    public static async Task<CsvMapping> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return CsvMappingParser.Parse(path, await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"Cannot read {path}: {e.Message}");
        }
    }
}
