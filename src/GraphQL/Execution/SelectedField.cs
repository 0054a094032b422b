using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Execution;

/// <summary>A field of a response object within one request, with all the places of the document that select it (specification 6.3.2).</summary>
internal sealed class SelectedField(string responseName, ObjectField field)
{
    // Nearly every field has one object type below it; abstract ones have few.
    private List<(ObjectType Type, IReadOnlyList<SelectedField> Fields)>? _subfields;
    private IReadOnlyDictionary<string, object?>? _arguments;

    public string ResponseName { get; } = responseName;

    public ObjectField Field { get; } = field;

    public List<FieldNode> Nodes { get; } = [];

    public IReadOnlyList<Location> Locations => [.. Nodes.Select(node => node.Location)];

    /// <summary>The merged selection below the field for one object type: collected once a request, used for every item of a list.</summary>
    public IReadOnlyList<SelectedField> Subfields(ObjectType type, FieldCollector collector)
    {
        foreach (var (known, fields) in _subfields ??= [])
        {
            if (known == type)
            {
                return fields;
            }
        }

        var collected = collector.Collect(type, Nodes.Select(node => node.SelectionSet).OfType<SelectionSetNode>());
        _subfields.Add((type, collected));
        return collected;
    }

    /// <summary>The coerced arguments: the same for every parent, so coerced once a request.</summary>
    public IReadOnlyDictionary<string, object?> Arguments(IReadOnlyDictionary<string, object?> variables) =>
        _arguments ??= ArgumentCoercion.Coerce(Field.Arguments, Nodes[0].Arguments, variables);
}
