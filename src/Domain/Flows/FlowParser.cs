using System.Collections.Immutable;
using System.Diagnostics;

using CallCenter.Domain.Flows.Parsing;

using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace CallCenter.Domain.Flows;

/// <summary>What a flow's text is: a document, or what is wrong with it. Never both.</summary>
/// <param name="Document">Null when there are faults.</param>
/// <param name="Faults">In the order of the text.</param>
public sealed record FlowReading(FlowDocument? Document, IReadOnlyList<FlowFault> Faults);

/// <summary>Reads flows from YAML. One reading finds all that is wrong, each with its place.</summary>
public static class FlowParser
{
    /// <summary>Longest text, in characters.</summary>
    public const int LongestSource = 256 * 1024;

    private const string DefaultLanguage = "en-us";
    private const int MostSteps = 1_000;

    // A flow nests seven deep; what nests deeper is none, and would exhaust the stack of whoever builds a tree of it.
    private const int DeepestNesting = 16;

    /// <summary>Reads and checks a text. Whether what it names exists (queues, other flows, calendars, connections) is <see cref="FlowReferences"/>' question.</summary>
    public static FlowReading Parse(string source)
    {
        var faults = new List<FlowFault>();
        var document = Root(source, faults) is { } root ? Read(root, faults) : null;
        if (document is not null && faults.Count == 0)
        {
            faults.AddRange(FlowValidator.Faults(document));
        }

        return faults.Count == 0 ? new FlowReading(document, []) : new FlowReading(null, [.. faults.OrderBy(f => f.Place.Line).ThenBy(f => f.Place.Column)]);
    }

    private static YamlMappingNode? Root(string source, List<FlowFault> faults)
    {
        if (source.Length > LongestSource)
        {
            faults.Add(new FlowFault(new FlowPlace(1, 1), $"A flow has at most {LongestSource} characters, not {source.Length}."));
            return null;
        }

        var parser = new Parser(new StringReader(source));
        try
        {
            if (TooDeep(parser) is { } place)
            {
                faults.Add(new FlowFault(place, $"Nothing in a flow nests deeper than {DeepestNesting}."));
                return null;
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(source));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return root;
            }

            faults.Add(new FlowFault(new FlowPlace(1, 1), "A flow is one YAML document, a mapping with flow and steps."));
        }
        catch (YamlException e)
        {
            faults.Add(new FlowFault(PlaceOf(e.Start), $"This is no YAML: {e.Message}"));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The scanner's own way to stumble over some malformed scalars, e.g. in a block that ends within one.
            faults.Add(new FlowFault(PlaceOf(parser.Current?.End ?? Mark.Empty), "This is no YAML: what follows here cannot be read."));
        }

        return null;
    }

    private static FlowPlace PlaceOf(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    private static FlowPlace? TooDeep(Parser parser)
    {
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current switch
            {
                SequenceStart or MappingStart => 1,
                SequenceEnd or MappingEnd => -1,
                _ => 0,
            };
            if (depth > DeepestNesting)
            {
                return PlaceOf(parser.Current!.Start);
            }
        }

        return null;
    }

    private static FlowDocument Read(YamlMappingNode root, List<FlowFault> faults)
    {
        var reader = new FlowReader(root, FlowGrammar.Document, "A flow", faults);
        var steps = ImmutableDictionary.CreateBuilder<string, FlowStep>(StringComparer.Ordinal);
        var first = "";
        foreach (var (name, node) in reader.Pairs("steps", name => FlowNames.IsName(name) && name != FlowNames.Return, "a step's name: letters, digits, - and _, 64 at most, and not return"))
        {
            first = first.Length == 0 ? name : first;
            if (Step(name, node, faults) is { } step)
            {
                steps.Add(name, step);
            }
        }

        if (steps.Count > MostSteps)
        {
            faults.Add(new FlowFault(reader.PlaceOf("steps"), $"A flow has at most {MostSteps} steps, not {steps.Count}."));
        }

        var variables = reader.VariableTexts("variables");
        foreach (var (name, value) in variables.Where(variable => variable.Value.Variables.Any()))
        {
            faults.Add(new FlowFault(reader.PlaceOf("variables"), $"Variable {name} begins with a text, not with another variable."));
        }

        return new FlowDocument(
            reader.Name("flow"), reader.Language("language", DefaultLanguage), reader.Name("start", first),
            variables.ToImmutableDictionary(v => v.Name, v => v.Value.Expand(ImmutableDictionary<string, string>.Empty), StringComparer.Ordinal), steps.ToImmutable());
    }

    private static FlowStep? Step(string name, YamlNode node, List<FlowFault> faults)
    {
        const string Do = "do";
        var place = FlowReader.PlaceOf(node);
        if (node is not YamlMappingNode mapping || mapping.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode { Value: Do }).Value is not { } given)
        {
            faults.Add(new FlowFault(place, $"Step {name} does not say what to do: do is one of {Kinds}."));
            return null;
        }

        if (given is not YamlScalarNode { Value: { } word } || FlowGrammar.Kinds.FirstOrDefault(k => k.Name == word) is not { } kind)
        {
            faults.Add(new FlowFault(FlowReader.PlaceOf(given), $"\"{given}\" is nothing that a step can do; do is one of {Kinds}."));
            return null;
        }

        var reader = new FlowReader(mapping, [new FlowField(Do, FieldType.Plain, true, kind.Meaning), .. kind.Fields, .. FlowGrammar.Step], $"Step {name} ({word})", faults);
        return FlowStepReader.Read(name, word, reader, faults);
    }

    private static string Kinds => string.Join(", ", FlowGrammar.Kinds.Select(kind => kind.Name));
}
