using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using CallCenter.Domain.Flows;

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CallCenter.Domain.Tests.Flows;

/// <summary>The published schema and the parser say the same of a flow's form.</summary>
public sealed class FlowSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(FlowSchema.Text)!;

    // What one part says of another is beyond a schema: these are well formed.
    private static readonly string[] BeyondForm =
    [
        "There is no step", "Nothing leads", "Nothing gives", "lead round", "meaning of its own", "is not a language", "The PIN", "sends {pin}", "min is at most", "highest is above", "not an absolute", "not a path from",
        "never stands", "has no $1", "begins with a text", "without its", "no way to say", "This is no YAML", "not a step's name", "to start with", "../x.wav", "there twice", "it needs failed", "is named twice", "must ask for less", "patience is for an agent",
    ];

    [Fact]
    public void The_file_in_the_repository_is_the_schema_of_the_parser() => FlowSchema.Text.ShouldBe(
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../src/Domain/Flows/flow.schema.json")), "write it anew by ./run flow schema > src/Domain/Flows/flow.schema.json");

    [Fact]
    public void A_right_flow_is_right_by_the_schema() => IsValid(FlowParserTests.Bank).ShouldBeTrue();

    [Theory]
    [MemberData(nameof(FlowParserTests.Wrong), MemberType = typeof(FlowParserTests))]
    public void What_is_wrong_in_form_for_the_parser_is_wrong_by_the_schema(string source, string fault)
    {
        if (!BeyondForm.Any(words => fault.Contains(words, StringComparison.Ordinal)))
        {
            IsValid(source).ShouldBeFalse();
        }
        else if (!fault.Contains("This is no YAML", StringComparison.Ordinal))
        {
            FlowParser.Parse(source).Faults.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void Whatever_line_is_left_out_the_schema_refuses_nothing_that_the_parser_takes()
    {
        var lines = FlowParserTests.Bank.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var source = string.Join('\n', lines.Where((_, n) => n != i));
            if (FlowParser.Parse(source).Document is not null)
            {
                IsValid(source).ShouldBeTrue($"without line {i + 1}: {lines[i]}");
            }
        }
    }

    private static bool IsValid(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents is [var document] && Holds(Schema, Json(document.RootNode));
    }

    // The core schema of YAML 1.2, as far as flows use it.
    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } scalar => scalar.Value == "true",
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when decimal.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        YamlScalarNode scalar => scalar.Value,
        _ => throw new NotSupportedException($"{node.NodeType}"),
    };

    // As much of JSON Schema as the published one uses.
    private static bool Holds(JsonNode schema, JsonNode? value) => schema.AsObject().All(rule => rule.Key switch
    {
        "$schema" or "$defs" or "title" or "description" => true,
        "$ref" => Holds(Schema["$defs"]!["step"]!, value),
        "const" => JsonNode.DeepEquals(rule.Value, value),
        "enum" => rule.Value!.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)),
        "type" => rule.Value is JsonArray types ? types.Any(type => IsOf((string)type!, value)) : IsOf((string)rule.Value!, value),
        "pattern" => value?.GetValueKind() is not System.Text.Json.JsonValueKind.String || Regex.IsMatch((string)value!, (string)rule.Value!, RegexOptions.None, TimeSpan.FromSeconds(1)),
        "minimum" => value is not JsonValue || (decimal)value >= (decimal)rule.Value!,
        "maximum" => value is not JsonValue || (decimal)value <= (decimal)rule.Value!,
        "minItems" => value is not JsonArray list || list.Count >= (int)rule.Value!,
        "minProperties" => value is not JsonObject members || members.Count >= (int)rule.Value!,
        "required" => value is not JsonObject members || rule.Value!.AsArray().All(name => members.ContainsKey((string)name!)),
        "items" => value is not JsonArray list || list.All(item => Holds(rule.Value!, item)),
        "properties" => value is not JsonObject members || rule.Value!.AsObject().All(p => !members.TryGetPropertyValue(p.Key, out var member) || Holds(p.Value!, member)),
        "propertyNames" => value is not JsonObject members || members.All(member => Holds(rule.Value!, member.Key)),
        "additionalProperties" => value is not JsonObject members || members.Where(m => schema["properties"]?.AsObject().ContainsKey(m.Key) != true)
            .All(member => rule.Value is JsonObject others && Holds(others, member.Value)),
        "oneOf" => rule.Value!.AsArray().Count(way => Holds(way!, value)) == 1,
        "anyOf" => rule.Value!.AsArray().Any(way => Holds(way!, value)),
        var unknown => throw new NotSupportedException(unknown),
    });

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("object", System.Text.Json.JsonValueKind.Object) or ("array", System.Text.Json.JsonValueKind.Array) or ("string", System.Text.Json.JsonValueKind.String)
            or ("number", System.Text.Json.JsonValueKind.Number) or ("boolean", System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False) => true,
        ("integer", System.Text.Json.JsonValueKind.Number) => decimal.IsInteger((decimal)value!),
        _ => false,
    };

    private static string Here([CallerFilePath] string file = "") => file;
}
