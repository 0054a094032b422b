using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>The schema must have a root type for the operation (specification 5.2.1).</summary>
internal sealed class OperationTypes(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is OperationDefinitionNode { Operation: var operation } && Context.Schema.RootType(operation) is null)
        {
            Context.Report($"The {operation.ToString().ToLowerInvariant()} operation is not supported by the schema.", node);
        }
    }
}
