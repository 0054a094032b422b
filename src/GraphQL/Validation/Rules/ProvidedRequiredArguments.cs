using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Required arguments are given (specification 5.4.3).</summary>
internal sealed class ProvidedRequiredArguments(ValidationContext context) : ValidationRule(context)
{
    public override void Leave(SyntaxNode node)
    {
        switch (node)
        {
            case FieldNode field when Context.Types.Field is { } definition:
                Check(field, definition.Arguments, field.Arguments);
                break;
            case DirectiveNode directive when Context.Types.Directive is { } definition:
                Check(directive, definition.Arguments, directive.Arguments);
                break;
        }
    }

    private void Check(SyntaxNode node, IReadOnlyList<InputField> definitions, SyntaxList<ArgumentNode> given)
    {
        foreach (var missing in definitions.Where(definition => definition.IsRequired && given.All(argument => argument.Name.Value != definition.Name)))
        {
            Context.Report($"Argument \"{missing}\" of type \"{missing.Type}\" is required, but it was not provided.", node);
        }
    }
}
