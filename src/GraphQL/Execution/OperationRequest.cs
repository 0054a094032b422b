using System.Text.Json;

namespace CallCenter.GraphQL.Execution;

/// <summary>A request to execute one operation of a document.</summary>
public sealed record OperationRequest
{
    /// <summary>The document's text.</summary>
    public required string Query { get; init; }

    /// <summary>Which operation of the document; may be null when there is only one.</summary>
    public string? OperationName { get; init; }

    /// <summary>A JSON object of values by variable name; null when there are none.</summary>
    public JsonElement? Variables { get; init; }

    /// <summary>Where resolvers find services; null when they need none.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>Decides about guarded fields; without one, nobody is signed in.</summary>
    public IAuthorizationHandler? Authorization { get; init; }

    /// <summary>What resolvers may need to know about the request.</summary>
    public IReadOnlyDictionary<string, object?> ContextData { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);
}
