using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Operations use the variables they define (specification 5.8.4).</summary>
internal sealed class NoUnusedVariables(ValidationContext context) : ValidationRule(context)
{
    public override void Leave(SyntaxNode node)
    {
        if (node is not DocumentNode document)
        {
            return;
        }

        foreach (var operation in document.Definitions.OfType<OperationDefinitionNode>())
        {
            var used = Context.Usages.Variables(operation, Context.Fragments).Select(usage => usage.Node.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var definition in operation.VariableDefinitions.Where(definition => !used.Contains(definition.Variable.Name)))
            {
                var by = operation.Name is null ? "" : $" in operation \"{operation.Name.Value}\"";
                Context.Report($"Variable \"${definition.Variable.Name}\" is never used{by}.", definition);
            }
        }
    }
}
