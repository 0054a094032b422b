namespace CallCenter.GraphQL.Language;

/// <summary>Operations, fragments, values and type references (specification 2).</summary>
internal sealed class ExecutableParser(TokenReader tokens)
{
    public OperationDefinitionNode ParseOperation()
    {
        var location = tokens.Location;
        if (tokens.Is(TokenKind.LeftBrace))
        {
            return new OperationDefinitionNode(OperationType.Query, Name: null, [], [], ParseSelectionSet()) { Location = location };
        }

        var description = ParseDescription();
        var operation = ParseOperationType();
        var name = tokens.Is(TokenKind.Name) ? ParseName() : null;
        var variables = tokens.OptionalMany(TokenKind.LeftParenthesis, ParseVariableDefinition, TokenKind.RightParenthesis);
        var directives = ParseDirectives(isConstant: false);
        return new OperationDefinitionNode(operation, name, variables, directives, ParseSelectionSet(), description) { Location = location };
    }

    public OperationType ParseOperationType()
    {
        var token = tokens.Expect(TokenKind.Name);
        return token.Value switch
        {
            "query" => OperationType.Query,
            "mutation" => OperationType.Mutation,
            "subscription" => OperationType.Subscription,
            _ => throw tokens.Unexpected(token),
        };
    }

    public FragmentDefinitionNode ParseFragmentDefinition()
    {
        var location = tokens.Location;
        var description = ParseDescription();
        tokens.ExpectKeyword("fragment");
        var name = tokens.IsKeyword("on") ? throw tokens.Unexpected() : ParseName();
        tokens.ExpectKeyword("on");
        var type = ParseNamedType();
        var directives = ParseDirectives(isConstant: false);
        return new FragmentDefinitionNode(name, type, directives, ParseSelectionSet(), description) { Location = location };
    }

    public NameNode ParseName()
    {
        var token = tokens.Expect(TokenKind.Name);
        return new NameNode(token.Value!) { Location = token.Location };
    }

    public NamedTypeNode ParseNamedType()
    {
        var token = tokens.Expect(TokenKind.Name);
        return new NamedTypeNode(token.Value!) { Location = token.Location };
    }

    public StringValueNode? ParseDescription() =>
        tokens.Current.Kind is TokenKind.String or TokenKind.BlockString ? ParseString() : null;

    public SyntaxList<DirectiveNode> ParseDirectives(bool isConstant)
    {
        if (!tokens.Is(TokenKind.At))
        {
            return [];
        }

        var directives = new List<DirectiveNode>();
        while (tokens.Is(TokenKind.At))
        {
            var location = tokens.Take().Location;
            directives.Add(new DirectiveNode(ParseName(), ParseArguments(isConstant)) { Location = location });
        }

        return SyntaxList.From(directives);
    }

    public TypeNode ParseType()
    {
        tokens.Enter();
        var location = tokens.Location;
        TypeNode type;
        if (tokens.TakeIf(TokenKind.LeftBracket))
        {
            var item = ParseType();
            tokens.Expect(TokenKind.RightBracket);
            type = new ListTypeNode(item) { Location = location };
        }
        else
        {
            type = ParseNamedType();
        }

        tokens.Leave();
        return tokens.TakeIf(TokenKind.Bang) ? new NonNullTypeNode(type) { Location = location } : type;
    }

    public ValueNode ParseValue(bool isConstant)
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.LeftBracket:
                return Nested(() => new ListValueNode(tokens.Any(TokenKind.LeftBracket, () => ParseValue(isConstant), TokenKind.RightBracket)) { Location = token.Location });
            case TokenKind.LeftBrace:
                return Nested(() => new ObjectValueNode(tokens.Any(TokenKind.LeftBrace, () => ParseObjectField(isConstant), TokenKind.RightBrace)) { Location = token.Location });
            case TokenKind.Integer:
                return new IntValueNode(tokens.Take().Value!) { Location = token.Location };
            case TokenKind.Float:
                return new FloatValueNode(tokens.Take().Value!) { Location = token.Location };
            case TokenKind.String or TokenKind.BlockString:
                return ParseString();
            case TokenKind.Name:
                return tokens.Take().Value switch
                {
                    "true" => new BooleanValueNode(Value: true) { Location = token.Location },
                    "false" => new BooleanValueNode(Value: false) { Location = token.Location },
                    "null" => new NullValueNode { Location = token.Location },
                    var name => new EnumValueNode(name!) { Location = token.Location },
                };
            case TokenKind.Dollar when isConstant:
                tokens.Take();
                throw tokens.Is(TokenKind.Name)
                    ? tokens.Error(token, $"Unexpected variable \"${tokens.Current.Value}\" in constant value.")
                    : tokens.Unexpected(token);
            case TokenKind.Dollar:
                return ParseVariable();
            default:
                throw tokens.Unexpected();
        }
    }

    private StringValueNode ParseString()
    {
        var token = tokens.Take();
        return new StringValueNode(token.Value!, token.Kind == TokenKind.BlockString) { Location = token.Location };
    }

    private ObjectFieldNode ParseObjectField(bool isConstant)
    {
        var location = tokens.Location;
        var name = ParseName();
        tokens.Expect(TokenKind.Colon);
        return new ObjectFieldNode(name, ParseValue(isConstant)) { Location = location };
    }

    private VariableNode ParseVariable()
    {
        var location = tokens.Expect(TokenKind.Dollar).Location;
        return new VariableNode(tokens.Expect(TokenKind.Name).Value!) { Location = location };
    }

    private VariableDefinitionNode ParseVariableDefinition()
    {
        var location = tokens.Location;
        var description = ParseDescription();
        var variable = ParseVariable();
        tokens.Expect(TokenKind.Colon);
        var type = ParseType();
        var defaultValue = tokens.TakeIf(TokenKind.Equal) ? ParseValue(isConstant: true) : null;
        return new VariableDefinitionNode(variable, type, defaultValue, ParseDirectives(isConstant: true), description) { Location = location };
    }

    private SelectionSetNode ParseSelectionSet() => Nested(() =>
    {
        var location = tokens.Location;
        return new SelectionSetNode(tokens.Many(TokenKind.LeftBrace, ParseSelection, TokenKind.RightBrace)) { Location = location };
    });

    private SelectionNode ParseSelection() => tokens.Is(TokenKind.Spread) ? ParseFragment() : ParseField();

    private FieldNode ParseField()
    {
        var location = tokens.Location;
        var name = ParseName();
        NameNode? alias = null;
        if (tokens.TakeIf(TokenKind.Colon))
        {
            alias = name;
            name = ParseName();
        }

        var arguments = ParseArguments(isConstant: false);
        var directives = ParseDirectives(isConstant: false);
        return new FieldNode(alias, name, arguments, directives, tokens.Is(TokenKind.LeftBrace) ? ParseSelectionSet() : null) { Location = location };
    }

    private SelectionNode ParseFragment()
    {
        var location = tokens.Expect(TokenKind.Spread).Location;
        var hasTypeCondition = tokens.TakeKeyword("on");
        if (!hasTypeCondition && tokens.Is(TokenKind.Name))
        {
            return new FragmentSpreadNode(ParseName(), ParseDirectives(isConstant: false)) { Location = location };
        }

        var type = hasTypeCondition ? ParseNamedType() : null;
        var directives = ParseDirectives(isConstant: false);
        return new InlineFragmentNode(type, directives, ParseSelectionSet()) { Location = location };
    }

    private SyntaxList<ArgumentNode> ParseArguments(bool isConstant) =>
        tokens.OptionalMany(TokenKind.LeftParenthesis, () => ParseArgument(isConstant), TokenKind.RightParenthesis);

    private ArgumentNode ParseArgument(bool isConstant)
    {
        var location = tokens.Location;
        var name = ParseName();
        tokens.Expect(TokenKind.Colon);
        return new ArgumentNode(name, ParseValue(isConstant)) { Location = location };
    }

    private T Nested<T>(Func<T> parse)
    {
        tokens.Enter();
        var node = parse();
        tokens.Leave();
        return node;
    }
}
