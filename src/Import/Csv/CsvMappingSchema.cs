using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CallCenter.Import.Csv;

/// <summary>The JSON Schema (draft 2020-12) of mappings, for editors: written from the same tables that the parser reads by.</summary>
public static class CsvMappingSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text { get; } = Create().ToJsonString(Indented) + "\n";

    private static JsonObject Create() => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "How the columns of a CSV become calls of CallCenter",
        ["type"] = "object",
        ["properties"] = new JsonObject(CsvGrammar.Document.Select(field => Described(field.Name, field.Meaning, Document(field.Name)))),
        ["required"] = new JsonArray("mapping", "fields"),
        ["additionalProperties"] = false,
    };

    private static JsonObject Document(string name) => name switch
    {
        "mapping" => new JsonObject { ["type"] = "string", ["pattern"] = "^[A-Za-z0-9_-]{1,64}$" },
        "header" => new JsonObject { ["type"] = "boolean" },
        "empty" => Texts(),
        "fields" => new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(CsvGrammar.Fields.Select(field => Described(field.Name, field.Meaning, new JsonObject { ["oneOf"] = new JsonArray(Scalar(), Texts(), Source(field)) }))),
            ["required"] = new JsonArray([.. CsvGrammar.Fields.Where(field => field.Required).Select(field => (JsonNode)field.Name)]),
            ["additionalProperties"] = false,
        },
        _ => new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Source(CsvField field) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(CsvGrammar.Source.Where(source => Has(field.Type, source.Name)).Select(source => Described(source.Name, source.Meaning, source.Name switch
        {
            "column" => new JsonObject { ["oneOf"] = new JsonArray(Scalar(), Texts()) },
            "unit" => new JsonObject { ["enum"] = new JsonArray([.. CsvGrammar.Units.Select(unit => (JsonNode)unit)]) },
            "values" => new JsonObject { ["type"] = "object", ["additionalProperties"] = Scalar() },
            _ => Scalar(),
        }))),
        ["oneOf"] = new JsonArray(new JsonObject { ["required"] = new JsonArray("column") }, new JsonObject { ["required"] = new JsonArray("constant") }),
        ["additionalProperties"] = false,
    };

    private static bool Has(CsvType type, string member) => member switch { "format" => type == CsvType.Instant, "unit" => type == CsvType.Duration, _ => true };

    // YAML tells 5 from "5", the parser does not.
    private static JsonObject Scalar() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static JsonObject Texts() => new() { ["type"] = "array", ["items"] = Scalar(), ["minItems"] = 1 };

    private static KeyValuePair<string, JsonNode?> Described(string name, string meaning, JsonObject value)
    {
        value["description"] = meaning;
        return new(name, value);
    }
}
