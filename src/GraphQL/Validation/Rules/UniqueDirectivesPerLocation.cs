using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>A directive that is not repeatable stands once at a place (specification 5.7.3).</summary>
internal sealed class UniqueDirectivesPerLocation(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is not IHasDirectives { Directives: { Count: > 1 } directives })
        {
            return;
        }

        foreach (var group in directives.GroupBy(directive => directive.Name.Value, StringComparer.Ordinal))
        {
            if (Context.Schema.FindDirective(group.Key) is { IsRepeatable: false })
            {
                foreach (var again in group.Skip(1))
                {
                    Context.Report($"The directive \"@{group.Key}\" can only be used once at this location.", group.First(), again);
                }
            }
        }
    }
}
