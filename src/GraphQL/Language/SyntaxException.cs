namespace CallCenter.GraphQL.Language;

/// <summary>A text that is not a GraphQL document, or goes beyond a limit of <see cref="ParserOptions"/>; says what and where.</summary>
public sealed class SyntaxException : GraphQLException
{
    internal SyntaxException(string source, int position, string description, string code = ErrorCodes.BadUserInput)
        : base($"Syntax Error: {description}", code)
    {
        Location = Location.Of(source, position);
    }

    /// <summary>Where the text stops making sense.</summary>
    public Location Location { get; }
}
