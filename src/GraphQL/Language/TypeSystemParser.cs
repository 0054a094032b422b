namespace CallCenter.GraphQL.Language;

/// <summary>Type system definitions and extensions (specification 3).</summary>
internal sealed class TypeSystemParser(TokenReader tokens, ExecutableParser executable)
{
    public DefinitionNode ParseDefinition()
    {
        var location = tokens.Location;
        var description = executable.ParseDescription();
        var isExtension = description is null && tokens.TakeKeyword("extend");
        var keyword = tokens.Current;
        DefinitionNode definition = keyword.Kind == TokenKind.Name ? keyword.Value switch
        {
            "schema" => ParseSchema(description, isExtension),
            "scalar" => ParseScalar(description, isExtension),
            "type" => ParseObject(description, isExtension),
            "interface" => ParseInterface(description, isExtension),
            "union" => ParseUnion(description, isExtension),
            "enum" => ParseEnum(description, isExtension),
            "input" => ParseInputObject(description, isExtension),
            "directive" when !isExtension => ParseDirective(description),
            _ => throw tokens.Unexpected(keyword),
        } : throw tokens.Unexpected(keyword);
        return definition with { Location = location };
    }

    public FieldDefinitionNode ParseField()
    {
        var location = tokens.Location;
        var description = executable.ParseDescription();
        var name = executable.ParseName();
        var arguments = tokens.OptionalMany(TokenKind.LeftParenthesis, ParseInputValue, TokenKind.RightParenthesis);
        tokens.Expect(TokenKind.Colon);
        var type = executable.ParseType();
        return new FieldDefinitionNode(name, arguments, type, ParseDirectives(), description) { Location = location };
    }

    public InputValueDefinitionNode ParseInputValue()
    {
        var location = tokens.Location;
        var description = executable.ParseDescription();
        var name = executable.ParseName();
        tokens.Expect(TokenKind.Colon);
        var type = executable.ParseType();
        var defaultValue = tokens.TakeIf(TokenKind.Equal) ? executable.ParseValue(isConstant: true) : null;
        return new InputValueDefinitionNode(name, type, defaultValue, ParseDirectives(), description) { Location = location };
    }

    private SchemaDefinitionNode ParseSchema(StringValueNode? description, bool isExtension)
    {
        tokens.Take();
        var directives = ParseDirectives();
        var operations = isExtension
            ? tokens.OptionalMany(TokenKind.LeftBrace, ParseOperationType, TokenKind.RightBrace)
            : tokens.Many(TokenKind.LeftBrace, ParseOperationType, TokenKind.RightBrace);
        RequireContent(isExtension, directives.Count + operations.Count);
        return new SchemaDefinitionNode(directives, operations, description, isExtension);
    }

    private OperationTypeDefinitionNode ParseOperationType()
    {
        var location = tokens.Location;
        var operation = executable.ParseOperationType();
        tokens.Expect(TokenKind.Colon);
        return new OperationTypeDefinitionNode(operation, executable.ParseNamedType()) { Location = location };
    }

    private ScalarTypeDefinitionNode ParseScalar(StringValueNode? description, bool isExtension)
    {
        tokens.Take();
        var name = executable.ParseName();
        var directives = ParseDirectives();
        RequireContent(isExtension, directives.Count);
        return new ScalarTypeDefinitionNode(name, directives, description, isExtension);
    }

    private ObjectTypeDefinitionNode ParseObject(StringValueNode? description, bool isExtension)
    {
        var (name, interfaces, directives, fields) = ParseComplexType(isExtension);
        return new ObjectTypeDefinitionNode(name, interfaces, directives, fields, description, isExtension);
    }

    private InterfaceTypeDefinitionNode ParseInterface(StringValueNode? description, bool isExtension)
    {
        var (name, interfaces, directives, fields) = ParseComplexType(isExtension);
        return new InterfaceTypeDefinitionNode(name, interfaces, directives, fields, description, isExtension);
    }

    private (NameNode Name, SyntaxList<NamedTypeNode> Interfaces, SyntaxList<DirectiveNode> Directives, SyntaxList<FieldDefinitionNode> Fields) ParseComplexType(
        bool isExtension)
    {
        tokens.Take();
        var name = executable.ParseName();
        SyntaxList<NamedTypeNode> interfaces =
            tokens.TakeKeyword("implements") ? tokens.Delimited(TokenKind.Ampersand, executable.ParseNamedType) : [];
        var directives = ParseDirectives();
        var fields = tokens.OptionalMany(TokenKind.LeftBrace, ParseField, TokenKind.RightBrace);
        RequireContent(isExtension, interfaces.Count + directives.Count + fields.Count);
        return (name, interfaces, directives, fields);
    }

    private UnionTypeDefinitionNode ParseUnion(StringValueNode? description, bool isExtension)
    {
        tokens.Take();
        var name = executable.ParseName();
        var directives = ParseDirectives();
        SyntaxList<NamedTypeNode> types = tokens.TakeIf(TokenKind.Equal) ? tokens.Delimited(TokenKind.Pipe, executable.ParseNamedType) : [];
        RequireContent(isExtension, directives.Count + types.Count);
        return new UnionTypeDefinitionNode(name, directives, types, description, isExtension);
    }

    private EnumTypeDefinitionNode ParseEnum(StringValueNode? description, bool isExtension)
    {
        tokens.Take();
        var name = executable.ParseName();
        var directives = ParseDirectives();
        var values = tokens.OptionalMany(TokenKind.LeftBrace, ParseEnumValue, TokenKind.RightBrace);
        RequireContent(isExtension, directives.Count + values.Count);
        return new EnumTypeDefinitionNode(name, directives, values, description, isExtension);
    }

    private EnumValueDefinitionNode ParseEnumValue()
    {
        var location = tokens.Location;
        var description = executable.ParseDescription();
        if (tokens.Current is { Kind: TokenKind.Name, Value: "true" or "false" or "null" })
        {
            throw tokens.Error(tokens.Current, $"{tokens.Current.Describe()} is reserved and cannot be used for an enum value.");
        }

        return new EnumValueDefinitionNode(executable.ParseName(), ParseDirectives(), description) { Location = location };
    }

    private InputObjectTypeDefinitionNode ParseInputObject(StringValueNode? description, bool isExtension)
    {
        tokens.Take();
        var name = executable.ParseName();
        var directives = ParseDirectives();
        var fields = tokens.OptionalMany(TokenKind.LeftBrace, ParseInputValue, TokenKind.RightBrace);
        RequireContent(isExtension, directives.Count + fields.Count);
        return new InputObjectTypeDefinitionNode(name, directives, fields, description, isExtension);
    }

    private DirectiveDefinitionNode ParseDirective(StringValueNode? description)
    {
        tokens.Take();
        tokens.Expect(TokenKind.At);
        var name = executable.ParseName();
        var arguments = tokens.OptionalMany(TokenKind.LeftParenthesis, ParseInputValue, TokenKind.RightParenthesis);
        var isRepeatable = tokens.TakeKeyword("repeatable");
        tokens.ExpectKeyword("on");
        return new DirectiveDefinitionNode(name, arguments, isRepeatable, tokens.Delimited(TokenKind.Pipe, ParseDirectiveLocation), description);
    }

    private NameNode ParseDirectiveLocation()
    {
        var token = tokens.Current;
        var name = executable.ParseName();
        return DirectiveLocations.TryParse(name.Value, out _) ? name : throw tokens.Unexpected(token);
    }

    private SyntaxList<DirectiveNode> ParseDirectives() => executable.ParseDirectives(isConstant: true);

    /// <summary>An extension that adds nothing is no extension: the grammar wants at least one part.</summary>
    private void RequireContent(bool isExtension, int parts)
    {
        if (isExtension && parts == 0)
        {
            throw tokens.Unexpected();
        }
    }
}
