using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Only operations and fragments can be executed (specification 5.1.1).</summary>
internal sealed class ExecutableDefinitions(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is DefinitionNode and not ExecutableDefinitionNode)
        {
            var name = node switch
            {
                SchemaDefinitionNode => "schema",
                TypeDefinitionNode type => $"\"{type.Name.Value}\"",
                DirectiveDefinitionNode directive => $"\"{directive.Name.Value}\"",
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            Context.Report($"The {name} definition is not executable.", node);
        }
    }
}
