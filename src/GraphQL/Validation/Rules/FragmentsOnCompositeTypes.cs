using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Fragments stand on objects, interfaces and unions (specification 5.5.1.3).</summary>
internal sealed class FragmentsOnCompositeTypes(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        switch (node)
        {
            case InlineFragmentNode { TypeCondition: { } condition } when IsLeaf(condition):
                Context.Report($"Fragment cannot condition on non composite type \"{condition.Name}\".", condition);
                break;
            case FragmentDefinitionNode { TypeCondition: var condition } fragment when IsLeaf(condition):
                Context.Report($"Fragment \"{fragment.Name.Value}\" cannot condition on non composite type \"{condition.Name}\".", condition);
                break;
        }
    }

    private bool IsLeaf(NamedTypeNode condition) => Context.Schema.FindType(condition.Name) is not (null or CompositeType);
}
