namespace CallCenter.GraphQL.Language;

/// <summary>The parser's view of the tokens: the current one, one of look-ahead, and the limits on both count and nesting.</summary>
internal sealed class TokenReader
{
    private readonly string _source;
    private readonly ParserOptions _options;
    private readonly Lexer _lexer;
    private Token? _ahead;
    private int _count;
    private int _depth;

    public TokenReader(string source, ParserOptions options)
    {
        _source = source;
        _options = options;
        _lexer = new Lexer(source);
        Current = Read();
    }

    public Token Current { get; private set; }

    public Location Location => Current.Location;

    public Token LookAhead() => _ahead ??= Read();

    public Token Take()
    {
        var token = Current;
        Current = _ahead ?? Read();
        _ahead = null;
        return token;
    }

    public bool Is(TokenKind kind) => Current.Kind == kind;

    public bool IsKeyword(string value) => Current.Kind == TokenKind.Name && Current.Value == value;

    public Token Expect(TokenKind kind) =>
        Is(kind) ? Take() : throw Error(Current, $"Expected {Token.Describe(kind)}, found {Current.Describe()}.");

    public void ExpectKeyword(string value)
    {
        if (!TakeKeyword(value))
        {
            throw Error(Current, $"Expected \"{value}\", found {Current.Describe()}.");
        }
    }

    public bool TakeIf(TokenKind kind)
    {
        if (!Is(kind))
        {
            return false;
        }

        Take();
        return true;
    }

    public bool TakeKeyword(string value)
    {
        if (!IsKeyword(value))
        {
            return false;
        }

        Take();
        return true;
    }

    /// <summary>One or more items between two tokens.</summary>
    public SyntaxList<T> Many<T>(TokenKind open, Func<T> item, TokenKind close)
    {
        Expect(open);
        return Items(item, close, []);
    }

    /// <summary>Nothing, or one or more items between two tokens.</summary>
    public SyntaxList<T> OptionalMany<T>(TokenKind open, Func<T> item, TokenKind close) =>
        TakeIf(open) ? Items(item, close, []) : SyntaxList<T>.Empty;

    /// <summary>Items between two tokens, perhaps none.</summary>
    public SyntaxList<T> Any<T>(TokenKind open, Func<T> item, TokenKind close)
    {
        Expect(open);
        return TakeIf(close) ? SyntaxList<T>.Empty : Items(item, close, []);
    }

    /// <summary>One or more items with a token between them, and perhaps before the first.</summary>
    public SyntaxList<T> Delimited<T>(TokenKind delimiter, Func<T> item)
    {
        TakeIf(delimiter);
        var items = new List<T>();
        do
        {
            items.Add(item());
        }
        while (TakeIf(delimiter));
        return SyntaxList.From(items);
    }

    public void Enter()
    {
        if (++_depth > _options.MaxDepth)
        {
            throw new SyntaxException(
                _source, Current.Start, $"Document is nested deeper than {_options.MaxDepth} levels. Parsing aborted.", ErrorCodes.LimitExceeded);
        }
    }

    public void Leave() => _depth--;

    public SyntaxException Unexpected(Token? token = null) => Error(token ?? Current, $"Unexpected {(token ?? Current).Describe()}.");

    public SyntaxException Error(Token token, string description) => new(_source, token.Start, description);

    private SyntaxList<T> Items<T>(Func<T> item, TokenKind close, List<T> items)
    {
        do
        {
            items.Add(item());
        }
        while (!TakeIf(close));
        return SyntaxList.From(items);
    }

    private Token Read()
    {
        var token = _lexer.Next();
        if (token.Kind != TokenKind.EndOfFile && ++_count > _options.MaxTokens)
        {
            throw new SyntaxException(
                _source, token.Start, $"Document contains more than {_options.MaxTokens} tokens. Parsing aborted.", ErrorCodes.LimitExceeded);
        }

        return token;
    }
}
