using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Directives exist and stand where they may (specification 5.7.1, 5.7.2).</summary>
internal sealed class KnownDirectives(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is not DirectiveNode { Name.Value: var name })
        {
            return;
        }

        if (Context.Types.Directive is not { } directive)
        {
            Context.Report($"Unknown directive \"@{name}\".", node);
        }
        else if (Place(Context.Types.Parent) is { } place && !directive.Locations.Contains(place))
        {
            Context.Report($"Directive \"@{name}\" may not be used on {DirectiveLocations.ToName(place)}.", node);
        }
    }

    private static DirectiveLocation? Place(SyntaxNode? holder) => holder switch
    {
        OperationDefinitionNode { Operation: OperationType.Query } => DirectiveLocation.Query,
        OperationDefinitionNode { Operation: OperationType.Mutation } => DirectiveLocation.Mutation,
        OperationDefinitionNode => DirectiveLocation.Subscription,
        FieldNode => DirectiveLocation.Field,
        FragmentSpreadNode => DirectiveLocation.FragmentSpread,
        InlineFragmentNode => DirectiveLocation.InlineFragment,
        FragmentDefinitionNode => DirectiveLocation.FragmentDefinition,
        VariableDefinitionNode => DirectiveLocation.VariableDefinition,
        _ => null,
    };
}
