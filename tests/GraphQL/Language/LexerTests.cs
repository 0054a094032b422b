using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Tests.Language;

public sealed class LexerTests
{
    [Theory]
    [InlineData("\"simple\"", "simple")]
    [InlineData("\"\"", "")]
    [InlineData("\"quote \\\" slash \\\\ \\/ \\b\\f\\n\\r\\t\"", "quote \" slash \\ / \b\f\n\r\t")]
    [InlineData("\"\\u00e9 \\u{1F600} \\uD83D\\uDE00\"", "\u00e9 \U0001F600 \U0001F600")]
    [InlineData("\"unescaped \U0001F600\"", "unescaped \U0001F600")]
    [InlineData("\"\"\"\"\"\"", "")]
    [InlineData("\"\"\"one line\"\"\"", "one line")]
    [InlineData("\"\"\"  leading\"\"\"", "  leading")]
    [InlineData("\"\"\"\n    Hello,\n      World!\n\n    Yours,\n      GraphQL.\n  \"\"\"", "Hello,\n  World!\n\nYours,\n  GraphQL.")]
    [InlineData("\"\"\"a\r\nb\rc\nd\"\"\"", "a\nb\nc\nd")]
    [InlineData("\"\"\"contains \\\"\"\" quotes and \\n no escape\"\"\"", "contains \"\"\" quotes and \\n no escape")]
    public void Strings_have_the_value_they_stand_for(string source, string expected) =>
        Parser.ParseValue(source).ShouldBeOfType<StringValueNode>().Value.ShouldBe(expected);

    [Theory]
    [InlineData("0", typeof(IntValueNode))]
    [InlineData("-0", typeof(IntValueNode))]
    [InlineData("123456789012345678901234567890", typeof(IntValueNode))]
    [InlineData("-4.123", typeof(FloatValueNode))]
    [InlineData("1e50", typeof(FloatValueNode))]
    [InlineData("0.1E-7", typeof(FloatValueNode))]
    public void Numbers_are_kept_as_written(string source, Type kind)
    {
        var value = Parser.ParseValue(source);
        value.ShouldBeOfType(kind);
        value.ToString().ShouldBe(source);
    }

    [Fact]
    public void Commas_byte_order_marks_and_comments_mean_nothing() =>
        Parser.Parse("\uFEFF{ a,,, # comment, { \n b\t\r\n }").ToString().ShouldBe("{\n  a\n  b\n}");

    [Fact]
    public void Locations_count_lines_from_one_over_every_kind_of_line_end()
    {
        var document = Parser.Parse("\n\r\n\r{ a(x: \"\"\"\n\n\"\"\") b }");
        var fields = document.Definitions[0].ShouldBeOfType<OperationDefinitionNode>().SelectionSet.Selections;
        fields[0].Location.ShouldBe(new Location(4, 3));
        fields[1].Location.ShouldBe(new Location(6, 6));
    }

    [Fact]
    public void An_error_names_the_line_and_the_column()
    {
        var error = Should.Throw<SyntaxException>(() => Parser.Parse("{\n  a(x: 'y')\n}"));
        error.Location.ShouldBe(new Location(2, 8));
        error.Message.ShouldBe("Syntax Error: Unexpected single quote character ('), did you mean to use a double quote (\")?");
        error.Code.ShouldBe(ErrorCodes.BadUserInput);
    }

    // Not inline data: an attribute's strings are stored as UTF-8, which has no lone surrogates.
    [Fact]
    public void Lone_surrogates_are_no_characters()
    {
        Message("{ a(x: \"\uD800\") }").ShouldBe("Syntax Error: Invalid character within String: U+D800.");
        Message("{ a(x: \"\"\"\uD800\"\"\") }").ShouldBe("Syntax Error: Invalid character within String: U+D800.");
        Message("{ \uDC00 }").ShouldBe("Syntax Error: Invalid character: U+DC00.");
        Message("{ a } # \uD800").ShouldBe("Syntax Error: Invalid character: U+D800.");

        static string Message(string source) => Should.Throw<SyntaxException>(() => Parser.Parse(source)).Message;
    }
}
