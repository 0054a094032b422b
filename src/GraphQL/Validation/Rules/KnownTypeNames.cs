using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Type conditions and variables name types that exist (specification 5.5.1.2, 5.8.2).</summary>
internal sealed class KnownTypeNames(ValidationContext context) : ValidationRule(context)
{
    private readonly HashSet<string> _defined =
        new(context.Document.Definitions.OfType<TypeDefinitionNode>().Where(type => !type.IsExtension).Select(type => type.Name.Value), StringComparer.Ordinal);

    public override void Enter(SyntaxNode node)
    {
        if (node is NamedTypeNode { Name: var name } && Context.Schema.FindType(name) is null && !_defined.Contains(name))
        {
            var suggestions = Suggestions.Rank(name, Context.Schema.Types.Select(type => type.Name).Concat(_defined));
            Context.Report($"Unknown type \"{name}\".{Suggestions.DidYouMean(suggestions)}", node);
        }
    }
}
