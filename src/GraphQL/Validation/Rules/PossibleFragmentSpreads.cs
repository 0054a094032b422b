using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>A fragment can apply where it is spread (specification 5.5.2.3).</summary>
internal sealed class PossibleFragmentSpreads(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (Context.Types.ParentType is not { } parent)
        {
            return;
        }

        switch (node)
        {
            case InlineFragmentNode when Context.Types.Type is CompositeType type && !Context.Schema.Overlap(type, parent):
                Context.Report($"Fragment cannot be spread here as objects of type \"{parent}\" can never be of type \"{type}\".", node);
                break;
            case FragmentSpreadNode spread when Context.Fragments.TryGetValue(spread.Name.Value, out var fragment)
                && Context.Schema.FindType(fragment.TypeCondition.Name) is CompositeType type && !Context.Schema.Overlap(type, parent):
                Context.Report($"Fragment \"{spread.Name.Value}\" cannot be spread here as objects of type \"{parent}\" can never be of type \"{type}\".", node);
                break;
        }
    }
}
