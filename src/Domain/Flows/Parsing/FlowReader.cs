using System.Collections.Immutable;
using System.Globalization;

using YamlDotNet.RepresentationModel;

namespace CallCenter.Domain.Flows.Parsing;

/// <summary>Reads the fields of one mapping by the grammar's table. What is wrong goes to the faults, and something harmless takes its place.</summary>
internal sealed class FlowReader
{
    private const string AnyKey = "0123456789*#";

    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<FlowField> _fields;
    private readonly List<FlowFault> _faults;

    /// <param name="node">The mapping.</param>
    /// <param name="fields">Those that it may have.</param>
    /// <param name="what">What it is, for faults.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public FlowReader(YamlMappingNode node, IReadOnlyList<FlowField> fields, string what, List<FlowFault> faults)
    {
        (_fields, _faults, Place) = (fields, faults, PlaceOf(node));
        foreach (var (key, value) in node)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (fields.Any(field => field.Name == name))
            {
                Once(_values.TryAdd(name, value), key, name);
            }
            else
            {
                Fault(key, $"{what} has no field \"{name}\"; it can have {string.Join(", ", fields.Select(field => field.Name))}.");
            }
        }

        foreach (var missing in fields.Where(field => field.Required && !_values.ContainsKey(field.Name)))
        {
            Fault(node, $"{what} lacks {missing.Name}: {missing.Meaning}");
        }
    }

    public FlowPlace Place { get; }

    public static FlowPlace PlaceOf(YamlNode node) => new((int)node.Start.Line, (int)node.Start.Column);

    public bool Has(string field) => _values.ContainsKey(field);

    public FlowPlace PlaceOf(string field) => _values.TryGetValue(field, out var node) ? PlaceOf(node) : Place;

    public FlowTarget Target(string field, string? unless = null) => _values.TryGetValue(field, out var node) ? Target(node) : unless is null ? new FlowTarget("", Place) : Target(unless);

    public FlowText Text(string field) => _values.TryGetValue(field, out var node) ? Text(node) : Literal("");

    public string Plain(string field, string unless = "") => _values.TryGetValue(field, out var node) ? Plain(node) : unless;

    public string Name(string field, string unless = "") => Checked(field, unless, FlowNames.IsName, "a name: letters, digits, - and _, 64 at most");

    public string Variable(string field) => Checked(field, "", FlowNames.IsVariable, "the name of a variable: letters, digits and _, not a digit first");

    public string Language(string field, string unless) => Checked(field, unless, FlowNames.IsLanguage, "a language like en-us or de");

    public string Pointer(string field, string unless) => Checked(field, unless, JsonPointer.IsValid, "a JSON pointer like /account/balance");

    public char? Key(string field, char unless) => Checked(field, $"{unless}", IsKey, "a key: 0 to 9, * or #") is [var key] ? key : null;

    public string Method(string field, string unless) => Checked(field, unless, text => text is "GET" or "POST", "GET or POST");

    public bool Flag(string field, bool unless) => Checked(field, unless ? "true" : "false", text => text is "true" or "false", "true or false") == "true";

    public int Whole(string field, int unless) => (int)Number(field, unless, "a whole number", NumberStyles.AllowLeadingSign);

    public TimeSpan Seconds(string field, decimal unless) => TimeSpan.FromSeconds((double)Number(field, unless, "a number of seconds", NumberStyles.AllowDecimalPoint));

    public decimal? Decimal(string field) => Has(field) ? Number(field, 0, "a number", NumberStyles.Number) : null;

    public FlowPrompt Prompt(string field) => _values.TryGetValue(field, out var node) ? Prompt(node, isFile: false) : FlowPrompt.None;

    public FlowPrompt Files(string field) => _values.TryGetValue(field, out var node) ? Prompt(node, isFile: true) : FlowPrompt.None;

    public ImmutableArray<FlowText> Texts(string field) => [.. Items(field).Select(Text)];

    public ImmutableDictionary<char, FlowTarget> KeyTargets(string field) =>
        Pairs(field, IsKey, "a key: 0 to 9, * or #").ToImmutableDictionary(pair => pair.Name[0], pair => Target(pair.Node));

    public ImmutableDictionary<string, FlowText> NamedTexts(string field) => Pairs(field, _ => true, "a name").ToImmutableDictionary(pair => pair.Name, pair => Text(pair.Node), StringComparer.Ordinal);

    public ImmutableDictionary<string, string> NamedPlains(string field) => Pairs(field, _ => true, "a name").ToImmutableDictionary(pair => pair.Name, pair => Plain(pair.Node), StringComparer.Ordinal);

    public ImmutableArray<(string Name, FlowText Value)> VariableTexts(string field) => [.. Pairs(field, FlowNames.IsVariable, "the name of a variable").Select(pair => (pair.Name, Text(pair.Node)))];

    public ImmutableDictionary<string, string> VariablePointers(string field) =>
        Pairs(field, FlowNames.IsVariable, "the name of a variable").ToImmutableDictionary(pair => pair.Name, pair => Check(pair.Node, JsonPointer.IsValid, "a JSON pointer like /account/balance"), StringComparer.Ordinal);

    /// <summary>A mapping below this one.</summary>
    public FlowReader? Below(string field, IReadOnlyList<FlowField> fields) => !_values.TryGetValue(field, out var node) ? null
        : node is YamlMappingNode mapping ? new FlowReader(mapping, fields, field, _faults)
        : Fault<FlowReader>(node, $"{field} is a mapping with {string.Join(", ", fields.Select(f => f.Name))}.");

    /// <summary>The mappings of a list.</summary>
    public IEnumerable<FlowReader> Mappings(string field, IReadOnlyList<FlowField> fields, string what) => Items(field)
        .Select(item => item is YamlMappingNode mapping ? new FlowReader(mapping, fields, what, _faults) : Fault<FlowReader>(item, $"{what} is a mapping."))
        .OfType<FlowReader>();

    /// <summary>The pairs of a mapping.</summary>
    public IEnumerable<(string Name, YamlNode Node)> Pairs(string field, Func<string, bool> isName, string wanted)
    {
        if (!_values.TryGetValue(field, out var node))
        {
            yield break;
        }

        if (node is not YamlMappingNode mapping || mapping.Children.Count == 0)
        {
            Fault(node, $"{field} is a mapping with at least one entry.");
            yield break;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (isName(name))
            {
                if (Once(names.Add(name), key, name))
                {
                    yield return (name, value);
                }
            }
            else
            {
                Fault(key, $"\"{name}\" in {field} is not {wanted}.");
            }
        }
    }

    // YAML takes keys with different tags for different ones.
    private bool Once(bool isFirst, YamlNode key, string name)
    {
        if (!isFirst)
        {
            Fault(key, $"{name} is there twice.");
        }

        return isFirst;
    }

    private static bool IsKey(string text) => text.Length == 1 && AnyKey.Contains(text[0]);

    private static FlowText Literal(string text) => FlowText.TryParse(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal), out var read, out _) ? read! : throw new FormatException(text);

    private IEnumerable<YamlNode> Items(string field) => !_values.TryGetValue(field, out var node) ? []
        : node is YamlSequenceNode { Children.Count: > 0 } list ? list
        : Fault<IEnumerable<YamlNode>>(node, $"{field} is a list with at least one entry.") ?? [];

    private FlowTarget Target(YamlNode node) => new(Check(node, FlowNames.IsName, "the name of a step"), PlaceOf(node));

    private FlowText Text(YamlNode node) =>
        FlowText.TryParse(Plain(node), out var text, out var fault) ? text! : Fault<FlowText>(node, fault!) ?? Literal("");

    private FlowPrompt Prompt(YamlNode node, bool isFile) => node switch
    {
        YamlSequenceNode { Children.Count: 0 } => Fault<FlowPrompt>(node, "There is nothing to be heard.") ?? FlowPrompt.None,
        YamlSequenceNode list => new([.. list.Select(item => Part(item, isFile))]),
        _ => new([Part(node, isFile)]),
    };

    private FlowPromptPart Part(YamlNode node, bool isFile)
    {
        if (node is not YamlMappingNode byLanguage)
        {
            return new FlowPromptPart(isFile, ImmutableDictionary<string, FlowText>.Empty.Add(FlowPromptPart.AnyLanguage, Spoken(node, isFile)));
        }

        var texts = ImmutableDictionary.CreateBuilder<string, FlowText>(StringComparer.Ordinal);
        foreach (var (key, value) in byLanguage)
        {
            texts[Check(key, FlowNames.IsLanguage, "a language like en-us or de")] = Spoken(value, isFile);
        }

        if (texts.Count == 0)
        {
            Fault(node, "There is nothing to be heard.");
            texts.Add(FlowPromptPart.AnyLanguage, Literal(""));
        }

        return new FlowPromptPart(isFile, texts.ToImmutable());
    }

    private FlowText Spoken(YamlNode node, bool isFile) => isFile ? Literal(Check(node, FlowNames.IsFile, "the name of a .wav file, like greetings/welcome.wav"))
        : Plain(node).Trim().Length == 0 ? Fault<FlowText>(node, "There is nothing to be said.") ?? Literal("")
        : Text(node);

    private string Plain(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value ?? "" : Fault<string>(node, "A text is wanted here.") ?? "";

    private string Checked(string field, string unless, Func<string, bool> isGood, string wanted) => _values.TryGetValue(field, out var node) ? Check(node, isGood, $"{wanted}; {field} must be that") : unless;

    private string Check(YamlNode node, Func<string, bool> isGood, string wanted) =>
        node is YamlScalarNode { Value: { } text } && isGood(text) ? text : Fault<string>(node, $"\"{(node as YamlScalarNode)?.Value}\" is not {wanted}.") ?? "";

    private decimal Number(string field, decimal unless, string wanted, NumberStyles styles)
    {
        if (!_values.TryGetValue(field, out var node))
        {
            return unless;
        }

        var (least, most) = _fields.Where(f => f.Name == field).Select(f => (f.Least, f.Most)).Single();
        var range = most == decimal.MaxValue ? "" : $", {least} to {most}";
        if (decimal.TryParse((node as YamlScalarNode)?.Value, styles, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault(node, $"{field} is {wanted}{range}, not \"{(node as YamlScalarNode)?.Value}\".");
        return unless;
    }

    private void Fault(YamlNode node, string message) => _faults.Add(new FlowFault(PlaceOf(node), message));

    private T? Fault<T>(YamlNode node, string message) where T : class
    {
        Fault(node, message);
        return null;
    }
}
