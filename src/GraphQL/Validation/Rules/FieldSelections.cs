using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>One selected field, with the type it stands on as far as known.</summary>
internal sealed record SelectedFieldNode(CompositeType? ParentType, FieldNode Node, ObjectField? Definition);

/// <summary>The fields of a selection set by response name, inline fragments included, and the fragments it spreads.</summary>
internal sealed class FieldSelections
{
    public OrderedDictionary<string, List<SelectedFieldNode>> Fields { get; } = new(StringComparer.Ordinal);

    public List<string> Spreads { get; } = [];

    public static FieldSelections Of(Schema schema, SelectionSetNode selectionSet, CompositeType? parentType)
    {
        var selections = new FieldSelections();
        selections.Collect(schema, selectionSet, parentType);
        return selections;
    }

    private void Collect(Schema schema, SelectionSetNode selectionSet, CompositeType? parentType)
    {
        foreach (var selection in selectionSet.Selections)
        {
            switch (selection)
            {
                case FieldNode field:
                    if (!Fields.TryGetValue(field.ResponseName, out var sameName))
                    {
                        Fields[field.ResponseName] = sameName = [];
                    }

                    sameName.Add(new SelectedFieldNode(parentType, field, parentType is null ? null : schema.FindField(parentType, field.Name.Value)));
                    break;
                case FragmentSpreadNode spread when !Spreads.Contains(spread.Name.Value):
                    Spreads.Add(spread.Name.Value);
                    break;
                case InlineFragmentNode inline:
                    Collect(schema, inline.SelectionSet, inline.TypeCondition is null ? parentType : schema.FindType(inline.TypeCondition.Name) as CompositeType);
                    break;
            }
        }
    }
}
