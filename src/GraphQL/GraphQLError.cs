using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL;

/// <summary>One entry of a response's <c>errors</c> (specification 7.1.4).</summary>
/// <param name="Message">For the client's developer, in English.</param>
/// <param name="Code">Sent as <c>extensions.code</c>.</param>
public sealed record GraphQLError(string Message, string Code)
{
    /// <summary>Places in the document, in order of relevance; empty when there is none.</summary>
    public IReadOnlyList<Location> Locations { get; init; } = [];

    /// <summary>The response position of a field error; null for a request error.</summary>
    public ResponsePath? Path { get; init; }

    /// <summary>What was thrown, for the <see cref="IErrorFilter"/>; never sent.</summary>
    public Exception? Exception { get; init; }

    internal static GraphQLError From(SyntaxException exception) =>
        new(exception.Message, exception.Code) { Locations = [exception.Location] };
}
