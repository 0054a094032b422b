using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation;

/// <summary>What the rules know about the document and about the node being visited, and where they report.</summary>
internal sealed class ValidationContext(Schema schema, DocumentNode document, RequestExecutorOptions options)
{
    private readonly List<GraphQLError> _errors = [];

    public Schema Schema { get; } = schema;

    public DocumentNode Document { get; } = document;

    public RequestExecutorOptions Options { get; } = options;

    /// <summary>Fragments by name; of several of one name the first.</summary>
    public IReadOnlyDictionary<string, FragmentDefinitionNode> Fragments { get; } = document.Definitions
        .OfType<FragmentDefinitionNode>()
        .DistinctBy(fragment => fragment.Name.Value, StringComparer.Ordinal)
        .ToDictionary(fragment => fragment.Name.Value, StringComparer.Ordinal);

    public TypeInfo Types { get; } = new(schema);

    public DocumentUsages Usages { get; } = new();

    public IReadOnlyList<GraphQLError> Errors => _errors;

    public bool IsFull => _errors.Count >= Options.MaxValidationErrors;

    public void Report(string message, params IEnumerable<SyntaxNode> nodes) => Report(message, ErrorCodes.BadUserInput, nodes);

    public void Report(string message, string code, params IEnumerable<SyntaxNode> nodes)
    {
        if (!IsFull)
        {
            _errors.Add(new GraphQLError(message, code) { Locations = [.. nodes.Select(node => node.Location)] });
        }
    }
}
