using System.Text;
using System.Text.RegularExpressions;

using NodaTime;

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CallCenter.Import.Csv;

/// <summary>Reads a mapping. All that is wrong is found at once, each with its line and column.</summary>
internal sealed partial class CsvMappingParser
{
    private readonly List<string> _faults = [];
    private readonly string _path;

    private CsvMappingParser(string path) => _path = path;

    /// <exception cref="ImportException">It is none.</exception>
    public static CsvMapping Parse(string path, string text)
    {
        var parser = new CsvMappingParser(path);
        var mapping = parser.Parse(text);
        return parser._faults.Count == 0 ? mapping : throw new ImportException(string.Join(Environment.NewLine, parser._faults));
    }

    private CsvMapping Parse(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            _faults.Add($"{_path}:{e.Start.Line}:{e.Start.Column}: {e.Message}");
            return new CsvMapping(_path, "");
        }

        if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            _faults.Add($"{_path}:1:1: A mapping is one YAML document with the fields {string.Join(", ", CsvGrammar.Document.Select(field => field.Name))}.");
            return new CsvMapping(_path, "");
        }

        var values = Members(root, "A mapping", CsvGrammar.Document.Select(field => field.Name));
        var name = Text(values.GetValueOrDefault("mapping"));
        FaultIf(!Name().IsMatch(name), values.GetValueOrDefault("mapping") ?? root, $"mapping must be a name of letters, digits, hyphens and underscores, not \"{name}\".");
        return new CsvMapping(_path, name)
        {
            Encoding = EncodingOf(values.GetValueOrDefault("encoding")),
            Separator = Character(values.GetValueOrDefault("separator"), ','),
            Quote = Character(values.GetValueOrDefault("quote"), '"'),
            HasHeader = Flag(values.GetValueOrDefault("header"), unless: true),
            Zone = ZoneOf(values.GetValueOrDefault("timeZone")),
            Empty = Texts(values.GetValueOrDefault("empty")).ToHashSet(StringComparer.Ordinal),
            Sources = Sources(values.GetValueOrDefault("fields"), root),
        };
    }

    private Dictionary<string, CsvSource> Sources(YamlNode? node, YamlNode root)
    {
        var sources = new Dictionary<string, CsvSource>(StringComparer.Ordinal);
        if (node is not YamlMappingNode mapping)
        {
            Fault(node ?? root, "fields must say what of a call comes from where, at least received.");
            return sources;
        }

        var members = Members(mapping, "A call", CsvGrammar.Fields.Select(field => field.Name));
        foreach (var field in CsvGrammar.Fields)
        {
            if (members.TryGetValue(field.Name, out var value))
            {
                sources.Add(field.Name, Source(field, value));
            }
            else
            {
                FaultIf(field.Required, mapping, $"fields lack {field.Name}: {field.Meaning}");
            }
        }

        return sources;
    }

    private CsvSource Source(CsvField field, YamlNode node)
    {
        var place = $"{_path}:{node.Start.Line}:{node.Start.Column}";
        if (node is not YamlMappingNode mapping)
        {
            return new CsvSource(field, [.. Texts(node)], null, null, null, null, place);
        }

        var members = Members(mapping, field.Name, CsvGrammar.Source.Select(source => source.Name));
        FaultIf(members.ContainsKey("column") == members.ContainsKey("constant"), node, $"{field.Name} needs either a column or a constant.");
        FaultIf(members.ContainsKey("format") && field.Type != CsvType.Instant, node, $"{field.Name} is no instant: it has no format.");
        FaultIf(members.ContainsKey("unit") && field.Type != CsvType.Duration, node, $"{field.Name} is no duration: it has no unit.");
        var unit = members.TryGetValue("unit", out var said) ? Text(said) : null;
        FaultIf(unit is not null && !CsvGrammar.Units.Contains(unit, StringComparer.Ordinal), said ?? node, $"unit is one of {string.Join(", ", CsvGrammar.Units)}, not \"{unit}\".");
        return new CsvSource(
            field, [.. Texts(members.GetValueOrDefault("column"))], members.TryGetValue("constant", out var constant) ? Text(constant) : null,
            members.TryGetValue("format", out var format) ? Text(format) : null, unit, Values(field, members.GetValueOrDefault("values")), place);
    }

    private Dictionary<string, string>? Values(CsvField field, YamlNode? node)
    {
        if (node is null)
        {
            return null;
        }

        if (node is not YamlMappingNode mapping)
        {
            Fault(node, "values must say what each text means.");
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping)
        {
            var meaning = Text(value);
            FaultIf(!values.TryAdd(Text(key), meaning), key, $"\"{Text(key)}\" has two meanings.");
            FaultIf(field.Type == CsvType.Outcome && !CsvValues.TryOutcome(meaning, out _), value, $"\"{meaning}\" is no outcome: {CsvValues.Outcomes}.");
            FaultIf(field.Type == CsvType.Flag && !CsvValues.TryFlag(meaning, out _), value, $"\"{meaning}\" is neither yes nor no.");
        }

        return values;
    }

    private Dictionary<string, YamlNode> Members(YamlMappingNode node, string what, IEnumerable<string> names)
    {
        var members = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in node)
        {
            var name = Text(key);
            if (!names.Contains(name, StringComparer.Ordinal))
            {
                Fault(key, $"{what} has no \"{name}\"; it can have {string.Join(", ", names)}.");
            }
            else
            {
                FaultIf(!members.TryAdd(name, value), key, $"{name} is said twice.");
            }
        }

        return members;
    }

    private Encoding EncodingOf(YamlNode? node)
    {
        if (node is null)
        {
            return Encoding.UTF8;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(Text(node)) ?? Encoding.GetEncoding(Text(node));
        }
        catch (ArgumentException)
        {
            Fault(node, $"\"{Text(node)}\" is no encoding; utf-8, windows-1252 and iso-8859-1 are some.");
            return Encoding.UTF8;
        }
    }

    private DateTimeZone ZoneOf(YamlNode? node)
    {
        var zone = node is null ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(Text(node));
        FaultIf(zone is null, node!, $"\"{Text(node)}\" is not an IANA time zone.");
        return zone ?? DateTimeZone.Utc;
    }

    private char Character(YamlNode? node, char unless)
    {
        var text = node is null ? $"{unless}" : Text(node) is "\\t" or "tab" ? "\t" : Text(node);
        FaultIf(text.Length != 1, node!, $"\"{text}\" is not one character.");
        return text.Length == 1 ? text[0] : unless;
    }

    private bool Flag(YamlNode? node, bool unless)
    {
        var flag = unless;
        FaultIf(node is not null && !CsvValues.TryFlag(Text(node), out flag), node!, $"\"{Text(node)}\" is neither true nor false.");
        return flag;
    }

    private IEnumerable<string> Texts(YamlNode? node) => node is null ? [] : node is YamlSequenceNode list ? list.Select(Text) : [Text(node)];

    private string Text(YamlNode? node)
    {
        if (node is null or YamlScalarNode)
        {
            return (node as YamlScalarNode)?.Value ?? "";
        }

        Fault(node, "A text is expected here.");
        return "";
    }

    private void FaultIf(bool wrong, YamlNode node, string message)
    {
        if (wrong)
        {
            Fault(node, message);
        }
    }

    private void Fault(YamlNode node, string message) => _faults.Add($"{_path}:{node.Start.Line}:{node.Start.Column}: {message}");

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
