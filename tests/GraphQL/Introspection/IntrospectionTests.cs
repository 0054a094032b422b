using System.Text.Json;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Tests.Introspection;

public sealed class IntrospectionTests
{
    private const string Sdl = """
        directive @tag(name: String!, old: Int @deprecated) repeatable on FIELD | ENUM_VALUE
        scalar Url @specifiedBy(url: "https://url.spec")
        input One @oneOf { a: Int b: String @deprecated(reason: "no b") }
        enum E { A B @deprecated }
        "All of it."
        type Query { a(x: Int = 3, y: [E!]! = [A, B], z: Int @deprecated(reason: "z")): Url old: E @deprecated(reason: "gone") }
        """;

    [Fact]
    public async Task A_type_tells_all_about_itself() => (await Ask("""
        { __type(name: "Query") { kind name description fields { name args { name defaultValue type { kind name ofType { kind ofType { kind ofType { name } } } } } type { name specifiedByURL } } } }
        """)).ShouldBe("""
        {"__type":{"kind":"OBJECT","name":"Query","description":"All of it.","fields":[{"name":"a","args":[{"name":"x","defaultValue":"3","type":{"kind":"SCALAR","name":"Int","ofType":null}},{"name":"y","defaultValue":"[A, B]","type":{"kind":"NON_NULL","name":null,"ofType":{"kind":"LIST","ofType":{"kind":"NON_NULL","ofType":{"name":"E"}}}}}],"type":{"name":"Url","specifiedByURL":"https://url.spec"}}]}}
        """);

    [Fact]
    public async Task Deprecated_things_are_shown_on_request() => (await Ask("""
        { query: __type(name: "Query") { fields(includeDeprecated: true) { name isDeprecated deprecationReason args(includeDeprecated: true) { name isDeprecated deprecationReason } } }
          e: __type(name: "E") { enumValues { name } all: enumValues(includeDeprecated: true) { name deprecationReason } }
          one: __type(name: "One") { isOneOf inputFields { name } all: inputFields(includeDeprecated: true) { name deprecationReason } } }
        """)).ShouldBe("""
        {"query":{"fields":[{"name":"a","isDeprecated":false,"deprecationReason":null,"args":[{"name":"x","isDeprecated":false,"deprecationReason":null},{"name":"y","isDeprecated":false,"deprecationReason":null},{"name":"z","isDeprecated":true,"deprecationReason":"z"}]},{"name":"old","isDeprecated":true,"deprecationReason":"gone","args":[]}]},"e":{"enumValues":[{"name":"A"}],"all":[{"name":"A","deprecationReason":null},{"name":"B","deprecationReason":"No longer supported"}]},"one":{"isOneOf":true,"inputFields":[{"name":"a"}],"all":[{"name":"a","deprecationReason":null},{"name":"b","deprecationReason":"no b"}]}}
        """);

    [Fact]
    public async Task The_schema_lists_its_directives_and_roots() => (await Ask("""
        { __schema { description queryType { name } mutationType { name } directives { name isRepeatable locations args { name } } } missing: __type(name: "Missing") { name } }
        """)).ShouldBe("""
        {"__schema":{"description":null,"queryType":{"name":"Query"},"mutationType":null,"directives":[{"name":"include","isRepeatable":false,"locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],"args":[{"name":"if"}]},{"name":"skip","isRepeatable":false,"locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],"args":[{"name":"if"}]},{"name":"deprecated","isRepeatable":false,"locations":["FIELD_DEFINITION","ARGUMENT_DEFINITION","INPUT_FIELD_DEFINITION","ENUM_VALUE"],"args":[{"name":"reason"}]},{"name":"specifiedBy","isRepeatable":false,"locations":["SCALAR"],"args":[{"name":"url"}]},{"name":"oneOf","isRepeatable":false,"locations":["INPUT_OBJECT"],"args":[]},{"name":"tag","isRepeatable":true,"locations":["FIELD","ENUM_VALUE"],"args":[{"name":"name"}]}]},"missing":null}
        """);

    [Fact]
    public async Task The_types_include_those_of_introspection()
    {
        var types = JsonElement.Parse(await Ask("{ __schema { types { name } } }")).GetProperty("__schema").GetProperty("types");
        types.EnumerateArray().Select(type => type.GetProperty("name").GetString()!).Order(StringComparer.Ordinal).ShouldBe(
        [
            "Boolean", "E", "Int", "One", "Query", "String", "Url", "__Directive", "__DirectiveLocation", "__EnumValue", "__Field", "__InputValue", "__Schema", "__Type", "__TypeKind",
        ]);
    }

    private static async Task<string> Ask(string query)
    {
        var schema = SchemaBuilder.New().AddDocumentFromString(Sdl).Create();
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = query });
        result.Errors.ShouldBeEmpty();
        return JsonElement.Parse(result.ToJson()).GetProperty("data").GetRawText();
    }
}
