using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Variables have input types (specification 5.8.2).</summary>
internal sealed class VariablesAreInputTypes(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is VariableDefinitionNode definition && Context.Schema.ResolveType(definition.Type) is { IsInput: false } type)
        {
            Context.Report($"Variable \"${definition.Variable.Name}\" cannot be non-input type \"{type}\".", definition.Type);
        }
    }
}
