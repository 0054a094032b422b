using System.Text.Json;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Tests.Execution;

public sealed class VariableTests
{
    private static readonly Schema Echoes = Schema();

    [Theory]
    // type, variables, what the resolver sees
    [InlineData("Int", """{"v":3}""", "3")]
    [InlineData("Int", """{"v":3.0}""", "3")]
    [InlineData("Int", """{"v":null}""", "null")]
    [InlineData("Int", "{}", "null")]
    [InlineData("Int = 7", "{}", "7")]
    [InlineData("Int = 7", """{"v":null}""", "null")]
    [InlineData("Int! = 7", "{}", "7")]
    [InlineData("Float", """{"v":1}""", "1")]
    [InlineData("Float", """{"v":1.25}""", "1.25")]
    [InlineData("String", """{"v":"é"}""", "é")]
    [InlineData("Boolean", """{"v":true}""", "True")]
    [InlineData("ID", """{"v":"a"}""", "a")]
    [InlineData("ID", """{"v":12}""", "12")]
    [InlineData("DateTime", """{"v":"2026-11-21T12:00:00+02:00"}""", "2026-11-21 10:00:00Z")]
    [InlineData("CallOutcome", """{"v":"LEFT_IN_IVR"}""", "LeftInIvr")]
    [InlineData("[Int]", """{"v":[1,null,3]}""", "[1, null, 3]")]
    [InlineData("[Int]", """{"v":1}""", "[1]")]
    [InlineData("[[Int]]", """{"v":[[1],2]}""", "[[1], [2]]")]
    [InlineData("JSON", """{"v":{"a":[1]}}""", """{"a":[1]}""")]
    [InlineData("CallFilter", """{"v":{"numbers":["x"],"from":null}}""", "filter Handled x ")]
    [InlineData("OneOf", """{"v":{"a":"x"}}""", "{a: x}")]
    public async Task Good_values_reach_the_resolver(string type, string variables, string expected)
    {
        var result = await Execute(type, variables);
        result.ToJson().ShouldBe(JsonSerializer.Serialize(new { data = new { echo = expected } }, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Theory]
    [InlineData("Int!", "{}", "Variable \"$v\" has invalid value: Expected a value of non-null type \"Int!\" to be provided.")]
    [InlineData("Int!", """{"v":null}""", "Variable \"$v\" has invalid value: Expected value of non-null type \"Int!\" not to be null.")]
    [InlineData("Int", """{"v":"3"}""", "Variable \"$v\" has invalid value: Int cannot represent non-integer value: \"3\"")]
    [InlineData("Int", """{"v":1.5}""", "Variable \"$v\" has invalid value: Int cannot represent non-integer value: 1.5")]
    [InlineData("Int", """{"v":2147483648}""", "Variable \"$v\" has invalid value: Int cannot represent non 32-bit signed integer value: 2147483648")]
    [InlineData("Float", """{"v":"1"}""", "Variable \"$v\" has invalid value: Float cannot represent non numeric value: \"1\"")]
    [InlineData("String", """{"v":1}""", "Variable \"$v\" has invalid value: String cannot represent a non string value: 1")]
    [InlineData("Boolean", """{"v":1}""", "Variable \"$v\" has invalid value: Boolean cannot represent a non boolean value: 1")]
    [InlineData("ID", """{"v":1.5}""", "Variable \"$v\" has invalid value: ID cannot represent value: 1.5")]
    [InlineData("CallOutcome", """{"v":"HANDELD"}""", "Variable \"$v\" has invalid value: Value \"HANDELD\" does not exist in \"CallOutcome\" enum. Did you mean the enum value \"HANDLED\"?")]
    [InlineData("CallOutcome", """{"v":1}""", "Variable \"$v\" has invalid value: Enum \"CallOutcome\" cannot represent non-string value: 1.")]
    [InlineData("[Int!]", """{"v":[1,null]}""", "Variable \"$v\" has invalid value at \"v[1]\": Expected value of non-null type \"Int!\" not to be null.")]
    [InlineData("CallFilter", """{"v":{"numbers":["x",null]}}""", "Variable \"$v\" has invalid value at \"v.numbers[1]\": Expected value of non-null type \"String!\" not to be null.")]
    [InlineData("CallFilter", """{"v":{"number":[]}}""", "Variable \"$v\" has invalid value: Expected value of type \"CallFilter\" not to include unknown field \"number\". Did you mean \"numbers\"? Found: {\"number\":[]}.")]
    [InlineData("CallFilter", """{"v":3}""", "Variable \"$v\" has invalid value: Expected value of type \"CallFilter\" to be an object, found: 3.")]
    [InlineData("OneOf", """{"v":{"a":"x","b":1}}""", "Variable \"$v\" has invalid value: Within OneOf Input Object type \"OneOf\", exactly one field must be specified, and the value for that field must be non-null.")]
    [InlineData("OneOf", """{"v":{"a":null}}""", "Variable \"$v\" has invalid value: Within OneOf Input Object type \"OneOf\", exactly one field must be specified, and the value for that field must be non-null.")]
    public async Task Bad_values_are_refused_with_their_place(string type, string variables, string message)
    {
        var result = await Execute(type, variables);
        result.IsExecuted.ShouldBeFalse();
        result.Errors.Select(error => (error.Message, error.Code)).ShouldBe([(message, ErrorCodes.BadUserInput)]);
        result.Errors[0].Locations.ShouldHaveSingleItem().Line.ShouldBe(1);
    }

    [Theory]
    [InlineData("2026-11-21")]
    [InlineData("2026-11-21T12:00:00")]
    [InlineData("2026-13-21T12:00:00Z")]
    [InlineData("noon")]
    public async Task An_instant_without_a_time_zone_or_sense_is_refused(string text) =>
        (await Execute("DateTime", JsonSerializer.Serialize(new { v = text }))).Errors.ShouldHaveSingleItem().Message.ShouldContain("Expected an RFC 3339 instant with a time zone");

    [Fact]
    public async Task A_null_variable_in_a_place_that_a_default_made_optional_is_a_field_error()
    {
        var schema = SchemaBuilder.New().AddQueryType(type => type.Field("f(x: Int! = 1): Int").Resolve(context => context.ArgumentValue<int>("x"))).Create();
        var executor = new RequestExecutor(schema);
        const string Query = "query Q($v: Int) { f(x: $v) }";
        (await executor.ExecuteAsync(new OperationRequest { Query = Query })).ToJson().ShouldBe("""{"data":{"f":1}}""");
        var result = await executor.ExecuteAsync(new OperationRequest { Query = Query, Variables = JsonElement.Parse("""{"v":null}""") });
        result.Errors.ShouldHaveSingleItem().Message.ShouldBe("Argument \"Query.f(x:)\" has invalid value: Expected value of non-null type \"Int!\" not to be null.");
        result.Errors[0].Code.ShouldBe(ErrorCodes.BadUserInput);
        result.ToJson().ShouldContain("\"path\":[\"f\"]");
    }

    [Fact]
    public async Task A_million_wrong_values_make_few_errors()
    {
        var many = $"{{\"v\":[{string.Join(',', Enumerable.Repeat("\"x\"", 100_000))}]}}";
        (await Execute("[Int]", many)).Errors.Count.ShouldBeLessThanOrEqualTo(50);
    }

    [Fact]
    public async Task An_id_is_read_as_guid_or_long_where_the_resolver_asks_so()
    {
        var schema = SchemaBuilder.New().AddQueryType(type =>
        {
            type.Field("guid(id: ID!): String").Resolve(context => context.ArgumentValue<Guid>("id").ToString("N"));
            type.Field("long(id: ID): String").Resolve(context => $"{context.ArgumentValue<long?>("id")}");
        }).Create();
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest
        {
            Query = "{ guid(id: \"0b9d7bd5-6c0e-4f8e-a1a5-000000000001\") long(id: 9007199254740993) none: long bad: guid(id: \"x\") }",
        });
        result.ToJson().ShouldContain("""{"guid":"0b9d7bd56c0e4f8ea1a5000000000001","long":"9007199254740993","none":"","bad":null}""");
        result.Errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            error => error.Message.ShouldBe("Argument \"Query.guid(id:)\" has invalid value: \"x\" is not a valid id."),
            error => error.Code.ShouldBe(ErrorCodes.BadUserInput));
    }

    private static Task<OperationResult> Execute(string type, string variables)
    {
        var argument = type.Split(' ')[0].TrimEnd('!').Trim('[', ']').TrimEnd('!').ToLowerInvariant();
        var depth = type.Count(c => c == '[');
        return new RequestExecutor(Echoes).ExecuteAsync(new OperationRequest
        {
            Query = $"query Q($v: {type}) {{ echo({argument}{depth}: $v) }}",
            Variables = JsonElement.Parse(variables),
        });
    }

    private static Schema Schema()
    {
        string[] types = ["Int", "Float", "String", "Boolean", "ID", "DateTime", "CallOutcome", "JSON", "CallFilter", "OneOf"];
        var arguments = types.Select(type => $"{type.ToLowerInvariant()}0: {type}").Append("int1: [Int]").Append("int2: [[Int]]");
        return SchemaBuilder.New()
            .AddEnumType<CenterOutcome>("CallOutcome")
            .AddInputObjectType<CenterFilter>("CallFilter", type => type.Field("outcome: CallOutcome = HANDLED"))
            .AddDocumentFromString("input OneOf @oneOf { a: String b: Int }")
            .AddQueryType(type => type.Field($"echo({string.Join(", ", arguments)}): String!").Resolve(context =>
            {
                foreach (var argument in context.Field.Arguments)
                {
                    if (context.ArgumentValue<object?>(argument.Name) is { } value)
                    {
                        return Show(value);
                    }
                }

                return "null";
            }))
            .Create();
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => text,
        CenterFilter filter => $"filter {filter.Outcome} {string.Join(' ', filter.Numbers ?? [])} {filter.From}",
        DateTimeOffset instant => instant.UtcDateTime.ToString("u"),
        JsonElement json => json.GetRawText(),
        IReadOnlyDictionary<string, object?> fields => $"{{{string.Join(", ", fields.Select(field => $"{field.Key}: {Show(field.Value)}"))}}}",
        System.Collections.IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Show))}]",
        _ => value.ToString()!,
    };
}
