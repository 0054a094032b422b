using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Our own limit: fields nest no deeper than the options say, fragments put in their places.</summary>
internal sealed class MaxOperationDepth(ValidationContext context) : ValidationRule(context)
{
    private readonly Dictionary<string, int> _fragmentDepths = new(StringComparer.Ordinal);

    public override void Leave(SyntaxNode node)
    {
        if (node is not DocumentNode document)
        {
            return;
        }

        var limit = Context.Options.MaxOperationDepth;
        foreach (var operation in document.Definitions.OfType<OperationDefinitionNode>().Where(operation => Depth(operation.SelectionSet) > limit))
        {
            Context.Report($"The operation selects fields more than {limit} levels deep.", ErrorCodes.LimitExceeded, operation);
        }
    }

    private int Depth(SelectionSetNode selectionSet)
    {
        var depth = 0;
        foreach (var selection in selectionSet.Selections)
        {
            depth = Math.Max(depth, selection switch
            {
                FieldNode { SelectionSet: { } below } => 1 + Depth(below),
                FieldNode => 1,
                InlineFragmentNode inline => Depth(inline.SelectionSet),
                FragmentSpreadNode spread => FragmentDepth(spread.Name.Value),
                _ => 0,
            });
        }

        return depth;
    }

    private int FragmentDepth(string name)
    {
        if (!_fragmentDepths.TryGetValue(name, out var depth) && Context.Fragments.TryGetValue(name, out var fragment))
        {
            // While a fragment is being measured it counts nothing: a cycle, which another rule reports, ends here.
            _fragmentDepths[name] = 0;
            _fragmentDepths[name] = depth = Depth(fragment.SelectionSet);
        }

        return depth;
    }
}
