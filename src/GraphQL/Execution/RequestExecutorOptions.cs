using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Execution;

/// <summary>What one request may cost. A request beyond a limit is refused with code LIMIT_EXCEEDED before anything of it is executed.</summary>
public sealed record RequestExecutorOptions
{
    public static RequestExecutorOptions Default { get; } = new();

    /// <summary>Limits on the document's text.</summary>
    public ParserOptions Parser { get; init; } = ParserOptions.Default;

    /// <summary>Levels of fields below each other, with fragments put in their places. Introspection of deeply wrapped types takes 15.</summary>
    public int MaxOperationDepth { get; init; } = 32;

    /// <summary>Comparisons of fields that checking for mergeable fields may take (specification 5.3.2); about 1 microsecond each.</summary>
    public int MaxFieldMergeCost { get; init; } = 200_000;

    /// <summary>Validation errors after which the rest of the document is not looked at.</summary>
    public int MaxValidationErrors { get; init; } = 100;

    /// <summary>Valid documents kept parsed and validated, the least recently used dropped first.</summary>
    public int DocumentCacheSize { get; init; } = 256;
}
