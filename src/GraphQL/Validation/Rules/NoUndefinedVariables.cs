using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Operations define the variables that they and their fragments use (specification 5.8.3).</summary>
internal sealed class NoUndefinedVariables(ValidationContext context) : ValidationRule(context)
{
    public override void Leave(SyntaxNode node)
    {
        if (node is not DocumentNode document)
        {
            return;
        }

        foreach (var operation in document.Definitions.OfType<OperationDefinitionNode>())
        {
            var defined = operation.VariableDefinitions.Select(definition => definition.Variable.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var usage in Context.Usages.Variables(operation, Context.Fragments).Where(usage => !defined.Contains(usage.Node.Name)))
            {
                var by = operation.Name is null ? "" : $" by operation \"{operation.Name.Value}\"";
                Context.Report($"Variable \"${usage.Node.Name}\" is not defined{by}.", usage.Node, operation);
            }
        }
    }
}
