namespace CallCenter.GraphQL.Language;

/// <summary>
/// Parses GraphQL text, the whole grammar of the September 2025 specification (appendix C). Every method throws
/// <see cref="SyntaxException"/>, and nothing else, when the text does not follow it or goes beyond <see cref="ParserOptions"/>.
/// </summary>
public static class Parser
{
    /// <summary>Parses a document, executable or of the type system.</summary>
    public static DocumentNode Parse(string source, ParserOptions? options = null)
    {
        var tokens = new TokenReader(source, options ?? ParserOptions.Default);
        var location = tokens.Location;
        var executable = new ExecutableParser(tokens);
        var typeSystem = new TypeSystemParser(tokens, executable);
        var definitions = new List<DefinitionNode>();
        do
        {
            definitions.Add(ParseDefinition(tokens, executable, typeSystem));
        }
        while (!tokens.Is(TokenKind.EndOfFile));
        return new DocumentNode(SyntaxList.From(definitions)) { Location = location };
    }

    /// <summary>Parses one value; variables are allowed.</summary>
    public static ValueNode ParseValue(string source, ParserOptions? options = null) => ParseWhole(source, options, parser => parser.ParseValue(isConstant: false));

    /// <summary>Parses one type reference such as <c>[ID!]!</c>.</summary>
    public static TypeNode ParseType(string source, ParserOptions? options = null) => ParseWhole(source, options, parser => parser.ParseType());

    /// <summary>Parses one field definition such as <c>calls(first: Int = 50): CallConnection!</c>.</summary>
    public static FieldDefinitionNode ParseFieldDefinition(string source) =>
        ParseWhole(source, options: null, (tokens, parser) => new TypeSystemParser(tokens, parser).ParseField());

    /// <summary>Parses one argument or input field definition such as <c>first: Int = 50</c>.</summary>
    public static InputValueDefinitionNode ParseInputValueDefinition(string source) =>
        ParseWhole(source, options: null, (tokens, parser) => new TypeSystemParser(tokens, parser).ParseInputValue());

    private static T ParseWhole<T>(string source, ParserOptions? options, Func<ExecutableParser, T> parse) =>
        ParseWhole(source, options, (_, parser) => parse(parser));

    private static T ParseWhole<T>(string source, ParserOptions? options, Func<TokenReader, ExecutableParser, T> parse)
    {
        var tokens = new TokenReader(source, options ?? ParserOptions.Default);
        var node = parse(tokens, new ExecutableParser(tokens));
        tokens.Expect(TokenKind.EndOfFile);
        return node;
    }

    private static DefinitionNode ParseDefinition(TokenReader tokens, ExecutableParser executable, TypeSystemParser typeSystem)
    {
        var isDescribed = tokens.Current.Kind is TokenKind.String or TokenKind.BlockString;
        var keyword = isDescribed ? tokens.LookAhead() : tokens.Current;
        switch (keyword)
        {
            case { Kind: TokenKind.LeftBrace } when isDescribed:
                throw tokens.Error(tokens.Current, "Unexpected description, descriptions are not supported on shorthand queries.");
            case { Kind: TokenKind.LeftBrace }:
            case { Kind: TokenKind.Name, Value: "query" or "mutation" or "subscription" }:
                return executable.ParseOperation();
            case { Kind: TokenKind.Name, Value: "fragment" }:
                return executable.ParseFragmentDefinition();
            case { Kind: TokenKind.Name, Value: "extend" } when !isDescribed:
            case { Kind: TokenKind.Name, Value: "schema" or "scalar" or "type" or "interface" or "union" or "enum" or "input" or "directive" }:
                return typeSystem.ParseDefinition();
            case { Kind: TokenKind.Name } when isDescribed:
                throw tokens.Error(tokens.Current, "Unexpected description, only GraphQL definitions support descriptions.");
            default:
                throw tokens.Unexpected(keyword);
        }
    }
}
