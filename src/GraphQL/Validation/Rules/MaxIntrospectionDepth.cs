using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Our own limit: introspection lists inside introspection lists multiply, and no tool nests three of them.</summary>
internal sealed class MaxIntrospectionDepth(ValidationContext context) : ValidationRule(context)
{
    private const int MaxNestedLists = 3;

    private readonly Dictionary<string, int> _fragmentLists = new(StringComparer.Ordinal);

    public override void Leave(SyntaxNode node)
    {
        if (node is not DocumentNode document)
        {
            return;
        }

        foreach (var definition in document.Definitions.OfType<ExecutableDefinitionNode>())
        {
            Search(definition.SelectionSet);
        }
    }

    private void Search(SelectionSetNode selectionSet)
    {
        foreach (var selection in selectionSet.Selections)
        {
            switch (selection)
            {
                case FieldNode { Name.Value: "__schema" or "__type", SelectionSet: { } below } when Lists(below) >= MaxNestedLists:
                    Context.Report("Maximum introspection depth exceeded", ErrorCodes.LimitExceeded, selection);
                    break;
                case FieldNode { SelectionSet: { } below }:
                    Search(below);
                    break;
                case InlineFragmentNode inline:
                    Search(inline.SelectionSet);
                    break;
            }
        }
    }

    private int Lists(SelectionSetNode selectionSet)
    {
        var lists = 0;
        foreach (var selection in selectionSet.Selections)
        {
            lists = Math.Max(lists, selection switch
            {
                FieldNode field => (field.Name.Value is "fields" or "interfaces" or "possibleTypes" or "inputFields" ? 1 : 0)
                    + (field.SelectionSet is null ? 0 : Lists(field.SelectionSet)),
                InlineFragmentNode inline => Lists(inline.SelectionSet),
                FragmentSpreadNode spread => FragmentLists(spread.Name.Value),
                _ => 0,
            });
        }

        return lists;
    }

    private int FragmentLists(string name)
    {
        if (!_fragmentLists.TryGetValue(name, out var lists) && Context.Fragments.TryGetValue(name, out var fragment))
        {
            _fragmentLists[name] = 0;
            _fragmentLists[name] = lists = Lists(fragment.SelectionSet);
        }

        return lists;
    }
}
