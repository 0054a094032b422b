using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Execution;

/// <summary>CollectFields (specification 6.3.2) for one request's variables.</summary>
internal sealed class FieldCollector(Schema schema, IReadOnlyDictionary<string, FragmentDefinitionNode> fragments, IReadOnlyDictionary<string, object?> variables)
{
    /// <summary>The fields of an object in response order; selections of one response name are merged.</summary>
    public IReadOnlyList<SelectedField> Collect(ObjectType type, IEnumerable<SelectionSetNode> selectionSets)
    {
        var fields = new OrderedDictionary<string, SelectedField>(StringComparer.Ordinal);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        foreach (var selectionSet in selectionSets)
        {
            Collect(type, selectionSet, fields, visited);
        }

        return [.. fields.Values];
    }

    /// <summary>Whether a selection, its fragments included, holds a field of a name.</summary>
    public bool Selects(IEnumerable<SelectionSetNode> selectionSets, string fieldName) => Selects(selectionSets, fieldName, new HashSet<string>(StringComparer.Ordinal));

    private void Collect(ObjectType type, SelectionSetNode selectionSet, OrderedDictionary<string, SelectedField> fields, HashSet<string> visited)
    {
        foreach (var selection in selectionSet.Selections)
        {
            if (!IsIncluded(selection))
            {
                continue;
            }

            switch (selection)
            {
                case FieldNode field:
                    if (!fields.TryGetValue(field.ResponseName, out var selected))
                    {
                        selected = new SelectedField(field.ResponseName, schema.FindField(type, field.Name.Value)!);
                        fields.Add(field.ResponseName, selected);
                    }

                    selected.Nodes.Add(field);
                    break;
                case FragmentSpreadNode spread when visited.Add(spread.Name.Value) && fragments[spread.Name.Value] is var fragment && Applies(type, fragment.TypeCondition):
                    Collect(type, fragment.SelectionSet, fields, visited);
                    break;
                case InlineFragmentNode inline when inline.TypeCondition is null || Applies(type, inline.TypeCondition):
                    Collect(type, inline.SelectionSet, fields, visited);
                    break;
            }
        }
    }

    private bool Selects(IEnumerable<SelectionSetNode> selectionSets, string fieldName, HashSet<string> visited) => selectionSets
        .SelectMany(selectionSet => selectionSet.Selections)
        .Where(IsIncluded)
        .Any(selection => selection switch
        {
            FieldNode field => field.Name.Value == fieldName,
            FragmentSpreadNode spread => visited.Add(spread.Name.Value) && Selects([fragments[spread.Name.Value].SelectionSet], fieldName, visited),
            InlineFragmentNode inline => Selects([inline.SelectionSet], fieldName, visited),
            _ => false,
        });

    private bool Applies(ObjectType type, NamedTypeNode condition) =>
        schema.FindType(condition.Name) is { } conditionType && schema.IsSubtype(type, conditionType);

    private bool IsIncluded(SelectionNode selection)
    {
        foreach (var directive in selection.Directives)
        {
            if ((directive.Name.Value == "skip" && Condition(directive)) || (directive.Name.Value == "include" && !Condition(directive)))
            {
                return false;
            }
        }

        return true;
    }

    private bool Condition(DirectiveNode directive) =>
        (bool)ArgumentCoercion.Coerce(schema.FindDirective(directive.Name.Value)!.Arguments, directive.Arguments, variables)["if"]!;
}
