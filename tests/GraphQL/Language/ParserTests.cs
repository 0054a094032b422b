using CallCenter.GraphQL.Language;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.GraphQL.Tests.Language;

public sealed class ParserTests
{
    // Fragments of the language, so that arbitrary sequences get far into the grammar.
    private static readonly string[] Pieces =
    [
        "{", "}", "(", ")", "[", "]", ":", "=", "!", "|", "&", "@", "$", "...", "\"", "\"\"\"", "\\", "#", "\n", " ", ",", "query", "mutation", "fragment", "on", "type",
        "interface", "union", "enum", "input", "scalar", "directive", "extend", "schema", "implements", "repeatable", "FIELD", "a", "B", "_1", "0", "-1", "1.5e3", "true",
        "null", "\"text\"", "\"\"\"block\"\"\"", "\\u{1F600}", "\uD800", "\u0000", "é", "{ a }", "type T { f(x: Int = 1): [T!]! }", "query Q($v: Int = 3) ", "...F", "@d(x: 1)",
    ];

    private static readonly Arbitrary<string> Texts = Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary();

    [Fact]
    public void Arbitrary_text_parses_or_fails_with_a_syntax_error() =>
        Prop.ForAll(Texts, ParsesOrFailsCleanly).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(60));

    [Fact]
    public void Arbitrary_characters_parse_or_fail_with_a_syntax_error() =>
        Prop.ForAll<string?>(text => ParsesOrFailsCleanly(text ?? "")).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void What_is_printed_parses_to_the_same_document() =>
        Prop.ForAll(Texts, RoundTrips).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(60));

    [Fact]
    public void Any_string_value_survives_printing() =>
        Prop.ForAll<string?, bool>((text, isBlock) =>
        {
            // A lone surrogate is no character; as the replacement character it is one.
            var value = new StringValueNode(System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? "")), isBlock);
            return ((StringValueNode)Parser.ParseValue(value.ToString())).Value == value.Value;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("Corpus/kitchen-sink.graphql")]
    [InlineData("Corpus/kitchen-sink-schema.graphql")]
    [InlineData("Corpus/schema.graphql")]
    [InlineData("Corpus/contract.graphql")]
    public void Whole_documents_survive_printing(string path)
    {
        var document = Parser.Parse(TestFiles.Read(path));
        var printed = document.ToString();
        Parser.Parse(printed).ShouldBe(document);
        Parser.Parse(printed).ToString().ShouldBe(printed);
    }

    [Fact]
    public void The_executable_kitchen_sink_is_understood()
    {
        var document = Parser.Parse(TestFiles.Read("Corpus/kitchen-sink.graphql"));
        var query = document.Definitions[0].ShouldBeOfType<OperationDefinitionNode>();
        query.Name!.Value.ShouldBe("queryName");
        query.Description!.Value.ShouldBe("Described operation");
        query.VariableDefinitions.Select(variable => variable.ToString()).ShouldBe(
            ["$foo: ComplexType", "\"described variable\"\n$site: Site = MOBILE @onVariable", "$list: [[Int!]!]! = [[1, -2], []]"]);
        var unnamed = query.SelectionSet.Selections[1].ShouldBeOfType<FieldNode>();
        unnamed.Arguments.Select(argument => argument.Value.GetType()).ShouldBe(
        [
            typeof(BooleanValueNode), typeof(BooleanValueNode), typeof(NullValueNode), typeof(StringValueNode), typeof(StringValueNode), typeof(StringValueNode),
            typeof(StringValueNode), typeof(ObjectValueNode),
        ]);
        unnamed.Arguments[4].Value.ShouldBe(new StringValueNode("block string uses \"\"\"\n  indented\n\nlast", IsBlock: true));
        document.Definitions.OfType<FragmentDefinitionNode>().ShouldHaveSingleItem().Description!.Value.ShouldBe("Described\n  fragment");
        document.Definitions.Count.ShouldBe(6);
    }

    [Fact]
    public void The_schema_kitchen_sink_is_understood()
    {
        var definitions = Parser.Parse(TestFiles.Read("Corpus/kitchen-sink-schema.graphql")).Definitions;
        var foo = definitions.OfType<ObjectTypeDefinitionNode>().First();
        foo.Interfaces.Select(type => type.Name).ShouldBe(["Bar", "Baz", "Two"]);
        foo.Fields.Count.ShouldBe(7);
        foo.Fields[4].Arguments[0].DefaultValue!.ToString().ShouldBe("[\"string\", \"string\"]");
        definitions.OfType<TypeDefinitionNode>().Count(type => type.IsExtension).ShouldBe(12);
        definitions.OfType<UnionTypeDefinitionNode>().First().Types.Select(type => type.Name).ShouldBe(["Story", "Article", "Advert"]);
        definitions.OfType<DirectiveDefinitionNode>().Last().IsRepeatable.ShouldBeTrue();
    }

    [Theory]
    [InlineData("{", "}")]
    [InlineData("{ a(x: ", "1) }")]
    public void Nesting_beyond_the_limit_is_refused_before_the_stack_overflows(string start, string end)
    {
        var nested = start.Contains('(', StringComparison.Ordinal)
            ? start + string.Concat(Enumerable.Repeat("[", 4000)) + string.Concat(Enumerable.Repeat("]", 4000)) + end
            : string.Concat(Enumerable.Repeat("{ a ", 4000)) + string.Concat(Enumerable.Repeat(end, 4000));
        var error = Should.Throw<SyntaxException>(() => Parser.Parse(nested));
        error.Code.ShouldBe(ErrorCodes.LimitExceeded);
        error.Message.ShouldBe("Syntax Error: Document is nested deeper than 64 levels. Parsing aborted.");
    }

    [Fact]
    public void Deep_type_references_are_refused() =>
        Should.Throw<SyntaxException>(() => Parser.ParseType(new string('[', 100_000))).Code.ShouldBe(ErrorCodes.LimitExceeded);

    [Fact]
    public void More_tokens_than_the_limit_are_refused()
    {
        Parser.Parse("{ a b c }", new ParserOptions(MaxTokens: 5)).Definitions.Count.ShouldBe(1);
        var error = Should.Throw<SyntaxException>(() => Parser.Parse("{ a b c d }", new ParserOptions(MaxTokens: 5)));
        error.Message.ShouldBe("Syntax Error: Document contains more than 5 tokens. Parsing aborted.");
        error.Location.ShouldBe(new Location(1, 11));
        error.Code.ShouldBe(ErrorCodes.LimitExceeded);
    }

    private static bool ParsesOrFailsCleanly(string text)
    {
        try
        {
            Parser.Parse(text);
        }
        catch (SyntaxException error)
        {
            return error.Location is { Line: > 0, Column: > 0 };
        }

        return true;
    }

    private static bool RoundTrips(string text)
    {
        DocumentNode document;
        try
        {
            document = Parser.Parse(text);
        }
        catch (SyntaxException)
        {
            return true;
        }

        return Parser.Parse(document.ToString()).Equals(document);
    }
}
