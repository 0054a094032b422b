namespace CallCenter.GraphQL.Language;

/// <summary>Cuts a source text into tokens (specification 2.1), one at a time, skipping what is insignificant.</summary>
internal sealed class Lexer(string source)
{
    private int _position;
    private int _line = 1;
    private int _lineStart;

    public Token Next()
    {
        SkipInsignificant();
        var start = _position;
        if (start >= source.Length)
        {
            return Make(TokenKind.EndOfFile, source.Length, start);
        }

        var c = source[start];
        return c switch
        {
            '!' => Make(TokenKind.Bang, start, start + 1),
            '$' => Make(TokenKind.Dollar, start, start + 1),
            '&' => Make(TokenKind.Ampersand, start, start + 1),
            '(' => Make(TokenKind.LeftParenthesis, start, start + 1),
            ')' => Make(TokenKind.RightParenthesis, start, start + 1),
            ':' => Make(TokenKind.Colon, start, start + 1),
            '=' => Make(TokenKind.Equal, start, start + 1),
            '@' => Make(TokenKind.At, start, start + 1),
            '[' => Make(TokenKind.LeftBracket, start, start + 1),
            ']' => Make(TokenKind.RightBracket, start, start + 1),
            '{' => Make(TokenKind.LeftBrace, start, start + 1),
            '|' => Make(TokenKind.Pipe, start, start + 1),
            '}' => Make(TokenKind.RightBrace, start, start + 1),
            '.' => ReadSpread(start),
            '"' => source.AsSpan(start).StartsWith("\"\"\"") ? ReadBlockString(start) : ReadString(start),
            _ when char.IsAsciiDigit(c) || c == '-' => ReadNumber(start),
            _ when Characters.IsNameStart(c) => ReadName(start),
            _ => throw Unexpected(start, c),
        };
    }

    private void SkipInsignificant()
    {
        while (_position < source.Length)
        {
            switch (source[_position])
            {
                case '\uFEFF' or '\t' or ' ' or ',':
                    _position++;
                    break;
                case '\n':
                    NewLine(_position + 1);
                    break;
                case '\r':
                    NewLine(At(_position + 1) == '\n' ? _position + 2 : _position + 1);
                    break;
                case '#':
                    SkipComment();
                    break;
                default:
                    return;
            }
        }
    }

    private void NewLine(int lineStart)
    {
        _line++;
        _position = _lineStart = lineStart;
    }

    private void SkipComment()
    {
        while (_position < source.Length && source[_position] is not ('\n' or '\r') && Characters.ScalarLength(source, _position) is > 0 and var length)
        {
            _position += length;
        }
    }

    private Token ReadSpread(int start)
    {
        if (At(start + 1) == '.')
        {
            return At(start + 2) == '.' ? Make(TokenKind.Spread, start, start + 3) : throw Error(start, "Unexpected \"..\", did you mean \"...\"?");
        }

        if (!char.IsAsciiDigit(At(start + 1)))
        {
            throw Unexpected(start, '.');
        }

        var digits = source[(start + 1)..SkipDigits(start + 1)];
        throw Error(start, $"Invalid number, expected digit before \".\", did you mean \"0.{digits}\"?");
    }

    private Token ReadName(int start)
    {
        var end = start + 1;
        while (Characters.IsNameContinue(At(end)))
        {
            end++;
        }

        return Make(TokenKind.Name, start, end, source[start..end]);
    }

    private Token ReadNumber(int start)
    {
        var isFloat = false;
        var end = At(start) == '-' ? start + 1 : start;
        if (At(end) == '0')
        {
            end++;
            if (char.IsAsciiDigit(At(end)))
            {
                throw Error(end, $"Invalid number, unexpected digit after 0: {Characters.Describe(source, end)}.");
            }
        }
        else
        {
            end = SkipDigits(end);
        }

        if (At(end) == '.')
        {
            isFloat = true;
            end = SkipDigits(end + 1);
        }

        if (At(end) is 'e' or 'E')
        {
            isFloat = true;
            end = SkipDigits(At(end + 1) is '+' or '-' ? end + 2 : end + 1);
        }

        return At(end) == '.' || Characters.IsNameStart(At(end))
            ? throw Error(end, $"Invalid number, expected digit but got: {Characters.Describe(source, end)}.")
            : Make(isFloat ? TokenKind.Float : TokenKind.Integer, start, end, source[start..end]);
    }

    private int SkipDigits(int start)
    {
        var end = start;
        while (char.IsAsciiDigit(At(end)))
        {
            end++;
        }

        return end == start ? throw Error(start, $"Invalid number, expected digit but got: {Characters.Describe(source, start)}.") : end;
    }

    private Token ReadString(int start)
    {
        var value = StringLiteral.Read(source, start, out var end);
        return Make(TokenKind.String, start, end, value);
    }

    private Token ReadBlockString(int start)
    {
        var location = new Location(_line, start - _lineStart + 1);
        var value = BlockString.Read(source, start, out var end, out var lines, out var lastLineStart);
        _position = end;
        if (lines > 1)
        {
            _line += lines - 1;
            _lineStart = lastLineStart;
        }

        return new Token(TokenKind.BlockString, start, end, location, value);
    }

    private Token Make(TokenKind kind, int start, int end, string? value = null)
    {
        _position = end;
        return new Token(kind, start, end, new Location(_line, start - _lineStart + 1), value);
    }

    private char At(int position) => position < source.Length ? source[position] : '\0';

    private SyntaxException Unexpected(int position, char c) => Error(position, c switch
    {
        '\'' => "Unexpected single quote character ('), did you mean to use a double quote (\")?",
        _ when Characters.ScalarLength(source, position) > 0 => $"Unexpected character: {Characters.Describe(source, position)}.",
        _ => $"Invalid character: {Characters.Describe(source, position)}.",
    });

    private SyntaxException Error(int position, string description) => new(source, position, description);
}
