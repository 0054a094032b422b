using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Given arguments exist on their field or directive (specification 5.4.1).</summary>
internal sealed class KnownArgumentNames(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is not ArgumentNode { Name.Value: var name } || Context.Types.Input is not null)
        {
            return;
        }

        switch (Context.Types)
        {
            case { Parent: FieldNode, Field: { } field } when field.FindArgument(name) is null:
                Context.Report($"Unknown argument \"{name}\" on field \"{field}\".{Hint(name, field.Arguments)}", node);
                break;
            case { Parent: DirectiveNode, Directive: { } directive } when directive.Arguments.All(argument => argument.Name != name):
                Context.Report($"Unknown argument \"{name}\" on directive \"{directive}\".{Hint(name, directive.Arguments)}", node);
                break;
        }
    }

    private static string Hint(string name, IEnumerable<InputField> arguments) =>
        Suggestions.DidYouMean(Suggestions.Rank(name, arguments.Select(argument => argument.Name)));
}
