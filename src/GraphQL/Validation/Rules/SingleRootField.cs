using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>A subscription selects one field, whatever the variables, and none of introspection (specification 5.2.4.1).</summary>
internal sealed class SingleRootField(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is not OperationDefinitionNode { Operation: OperationType.Subscription } operation || Context.Schema.SubscriptionType is not { } type)
        {
            return;
        }

        var subject = operation.Name is null ? "Anonymous Subscription" : $"Subscription \"{operation.Name.Value}\"";
        var fields = new OrderedDictionary<string, List<FieldNode>>(StringComparer.Ordinal);
        var conditions = new List<DirectiveNode>();
        Collect(operation.SelectionSet, type, fields, conditions, new HashSet<string>(StringComparer.Ordinal));
        if (conditions.Count > 0)
        {
            Context.Report($"{subject} must not use `@skip` or `@include` directives in the top level selection.", conditions);
            return;
        }

        if (fields.Count > 1)
        {
            Context.Report($"{subject} must select only one top level field.", fields.Values.Skip(1).SelectMany(nodes => nodes));
        }

        foreach (var nodes in fields.Values.Where(nodes => nodes[0].Name.Value.StartsWith("__", StringComparison.Ordinal)))
        {
            Context.Report($"{subject} must not select an introspection top level field.", nodes);
        }
    }

    private void Collect(
        SelectionSetNode selectionSet, ObjectType type, OrderedDictionary<string, List<FieldNode>> fields, List<DirectiveNode> conditions, HashSet<string> visited)
    {
        foreach (var selection in selectionSet.Selections)
        {
            conditions.AddRange(selection.Directives.Where(directive => directive.Name.Value is "skip" or "include"));
            switch (selection)
            {
                case FieldNode field:
                    if (!fields.TryGetValue(field.ResponseName, out var nodes))
                    {
                        fields[field.ResponseName] = nodes = [];
                    }

                    nodes.Add(field);
                    break;
                case InlineFragmentNode inline when Applies(type, inline.TypeCondition):
                    Collect(inline.SelectionSet, type, fields, conditions, visited);
                    break;
                case FragmentSpreadNode spread when Context.Fragments.TryGetValue(spread.Name.Value, out var fragment)
                    && Applies(type, fragment.TypeCondition) && visited.Add(spread.Name.Value):
                    Collect(fragment.SelectionSet, type, fields, conditions, visited);
                    break;
            }
        }
    }

    private bool Applies(ObjectType type, NamedTypeNode? condition) =>
        condition is null || (Context.Schema.FindType(condition.Name) is { } conditionType && Context.Schema.IsSubtype(type, conditionType));
}
