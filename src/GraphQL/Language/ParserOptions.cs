namespace CallCenter.GraphQL.Language;

/// <summary>What a hostile text may cost. A text beyond a limit is refused with code LIMIT_EXCEEDED.</summary>
/// <param name="MaxTokens">Tokens a document may have, comments not counted.</param>
/// <param name="MaxDepth">Levels that selection sets, values and type references may nest; it bounds the stack of every later step too.</param>
public sealed record ParserOptions(int MaxTokens = 10_000, int MaxDepth = 64)
{
    public static ParserOptions Default { get; } = new();
}
