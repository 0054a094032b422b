using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Spread fragments exist (specification 5.5.2.1).</summary>
internal sealed class KnownFragmentNames(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is FragmentSpreadNode { Name: var name } && !Context.Fragments.ContainsKey(name.Value))
        {
            Context.Report($"Unknown fragment \"{name.Value}\".", name);
        }
    }
}
