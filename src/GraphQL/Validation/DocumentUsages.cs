using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation;

/// <summary>A use of a variable, with what its place takes.</summary>
internal sealed record VariableUsage(VariableNode Node, InputPosition? Position);

/// <summary>Which variables and fragments each definition of the document uses; complete when the whole document has been visited.</summary>
internal sealed class DocumentUsages
{
    private readonly Dictionary<ExecutableDefinitionNode, Usages> _byDefinition = new(ReferenceEqualityComparer.Instance);

    public void Start(ExecutableDefinitionNode definition) => _byDefinition.Add(definition, new Usages([], []));

    public void Add(ExecutableDefinitionNode definition, VariableUsage usage) => _byDefinition[definition].Variables.Add(usage);

    public void Add(ExecutableDefinitionNode definition, FragmentSpreadNode spread) => _byDefinition[definition].Spreads.Add(spread);

    public IReadOnlyList<FragmentSpreadNode> Spreads(ExecutableDefinitionNode definition) => _byDefinition[definition].Spreads;

    /// <summary>The definition itself and all fragments it uses, directly or through others.</summary>
    public IReadOnlyCollection<ExecutableDefinitionNode> Reachable(ExecutableDefinitionNode definition, IReadOnlyDictionary<string, FragmentDefinitionNode> fragments)
    {
        var reached = new HashSet<ExecutableDefinitionNode>(ReferenceEqualityComparer.Instance) { definition };
        var toVisit = new Queue<ExecutableDefinitionNode>([definition]);
        while (toVisit.TryDequeue(out var next))
        {
            foreach (var spread in _byDefinition[next].Spreads)
            {
                if (fragments.TryGetValue(spread.Name.Value, out var fragment) && reached.Add(fragment))
                {
                    toVisit.Enqueue(fragment);
                }
            }
        }

        return reached;
    }

    /// <summary>All uses of variables in an operation and the fragments it uses.</summary>
    public IEnumerable<VariableUsage> Variables(OperationDefinitionNode operation, IReadOnlyDictionary<string, FragmentDefinitionNode> fragments) =>
        Reachable(operation, fragments).SelectMany(definition => _byDefinition[definition].Variables);

    private sealed record Usages(List<VariableUsage> Variables, List<FragmentSpreadNode> Spreads);
}
