using System.Collections.Frozen;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Execution;

/// <summary>A document that passed validation, ready to be executed.</summary>
internal sealed class ValidDocument(DocumentNode document)
{
    private readonly OperationDefinitionNode[] _operations = [.. document.Definitions.OfType<OperationDefinitionNode>()];

    public FrozenDictionary<string, FragmentDefinitionNode> Fragments { get; } =
        document.Definitions.OfType<FragmentDefinitionNode>().ToFrozenDictionary(fragment => fragment.Name.Value, StringComparer.Ordinal);

    /// <summary>GetOperation (specification 6.1).</summary>
    /// <exception cref="GraphQLException">There is no such operation, or the name is needed to tell.</exception>
    public OperationDefinitionNode Operation(string? name) => name is not null
        ? Array.Find(_operations, operation => operation.Name?.Value == name) ?? throw new GraphQLException($"Unknown operation named \"{name}\".")
        : _operations switch
        {
            [var only] => only,
            [] => throw new GraphQLException("Must provide an operation."),
            _ => throw new GraphQLException("Must provide operation name if query contains multiple operations."),
        };
}
