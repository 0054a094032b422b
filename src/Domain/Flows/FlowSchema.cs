using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

using CallCenter.Domain.Flows.Parsing;

namespace CallCenter.Domain.Flows;

/// <summary>The JSON Schema (draft 2020-12) of flows, for editors: written from the same table that the parser reads by. What one step says of another, it does not know.</summary>
public static class FlowSchema
{
    private const string Name = "^[A-Za-z0-9_-]{1,64}$";
    private const string Variable = "^[A-Za-z_][A-Za-z0-9_]{0,63}$";
    private const string Language = "^[a-z][a-z0-9-]{1,19}$";
    private const string Key = "^[0-9*#]$";
    private const string Pointer = "^(/([^~]|~[01])*)?$";
    private const string File = @"^(?!/)[^\\{}]*\.[wW][aA][vV]$";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema, as it is served at <c>/schemas/flow.json</c>.</summary>
    public static string Text { get; } = Create().ToJsonString(Indented) + "\n";

    private static JsonObject Create()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "An IVR flow of CallCenter",
        };
        foreach (var (name, value) in Mapping(FlowGrammar.Document).ToList())
        {
            schema[name] = value?.DeepClone();
        }

        schema["$defs"] = new JsonObject { ["step"] = new JsonObject { ["oneOf"] = new JsonArray([.. FlowGrammar.Kinds.Select(Step)]) } };
        return schema;
    }

    private static JsonObject Step(FlowKind kind)
    {
        var step = Mapping([.. kind.Fields, .. FlowGrammar.Step]);
        step["description"] = kind.Meaning;
        step["properties"]!.AsObject().Insert(0, "do", new JsonObject { ["const"] = kind.Name });
        step["required"]!.AsArray().Insert(0, "do");
        return kind.Fields.Any(field => field.Type == FieldType.Http) ? With(step, "oneOf", "http", "sql") : step;
    }

    private static JsonObject Mapping(IEnumerable<FlowField> fields) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(fields.Select(field => new KeyValuePair<string, JsonNode?>(field.Name, Field(field)))),
        ["required"] = new JsonArray([.. fields.Where(field => field.Required).Select(field => (JsonNode)field.Name)]),
        ["additionalProperties"] = false,
    };

    private static JsonObject Field(FlowField field)
    {
        var value = Value(field);
        value["description"] = field.Meaning;
        return value;
    }

    private static JsonObject Value(FlowField field) => field.Type switch
    {
        FieldType.Target or FieldType.Name => Matching(Name),
        FieldType.Text or FieldType.Plain => Scalar(),
        FieldType.Variable => Matching(Variable),
        FieldType.Language => Matching(Language),
        FieldType.Whole => Number("integer", field),
        FieldType.Seconds => Number("number", field),
        FieldType.Decimal => new JsonObject { ["type"] = "number" },
        FieldType.Flag => new JsonObject { ["type"] = "boolean" },
        FieldType.Prompt => Parts(Spoken),
        FieldType.Files => Parts(() => Matching(File)),
        FieldType.Key => Matching(Key),
        FieldType.Pointer => Matching(Pointer),
        FieldType.Method => new JsonObject { ["enum"] = new JsonArray("GET", "POST") },
        FieldType.Texts => List(Scalar()),
        FieldType.KeyTargets => Pairs(Key, Matching(Name)),
        FieldType.NamedTexts or FieldType.NamedPlains => Pairs("", Scalar()),
        FieldType.VariableTexts => Pairs(Variable, Scalar()),
        FieldType.VariablePointers => Pairs(Variable, Matching(Pointer)),
        FieldType.Cases => List(With(Mapping(FlowGrammar.Case), "anyOf", "is", "below", "from")),
        FieldType.Skills => List(Mapping(FlowGrammar.Skill)),
        FieldType.Relaxations => List(Mapping(FlowGrammar.Relaxation)),
        FieldType.Http => Mapping(FlowGrammar.Http),
        FieldType.Sql => Mapping(FlowGrammar.Sql),
        FieldType.Steps => Pairs(Name, new JsonObject { ["$ref"] = "#/$defs/step" }),
        _ => throw new UnreachableException($"{field.Type} has no schema."),
    };

    // YAML tells 5 from "5", the parser does not.
    private static JsonObject Scalar() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static JsonObject Spoken() => new() { ["type"] = new JsonArray("string", "number", "boolean"), ["pattern"] = @"\S" };

    private static JsonObject Matching(string pattern) => new() { ["type"] = new JsonArray("string", "number", "boolean"), ["pattern"] = pattern };

    private static JsonObject Number(string type, FlowField field) => new() { ["type"] = type, ["minimum"] = field.Least, ["maximum"] = field.Most };

    private static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items, ["minItems"] = 1 };

    private static JsonObject Pairs(string names, JsonObject values) => new()
    {
        ["type"] = "object", ["propertyNames"] = new JsonObject { ["pattern"] = names }, ["additionalProperties"] = values, ["minProperties"] = 1,
    };

    private static JsonObject Parts(Func<JsonObject> one)
    {
        JsonArray Part() => [one(), Pairs(Language, one())];
        return new JsonObject { ["oneOf"] = new JsonArray([.. Part().ToList().Select(node => node!.DeepClone()), List(new JsonObject { ["oneOf"] = Part() })]) };
    }

    private static JsonObject With(JsonObject mapping, string rule, params IEnumerable<string> fields)
    {
        mapping[rule] = new JsonArray([.. fields.Select(field => new JsonObject { ["required"] = new JsonArray(field) })]);
        return mapping;
    }
}
