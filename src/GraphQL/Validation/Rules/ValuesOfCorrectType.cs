using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Literals fit the type of their place (specification 5.6).</summary>
internal sealed class ValuesOfCorrectType(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        var literal = node switch
        {
            ArgumentNode argument => argument.Value,
            VariableDefinitionNode definition => definition.DefaultValue,
            _ => null,
        };
        if (literal is not null && Context.Types.Input is { Type: var type })
        {
            LiteralValidator.Validate(literal, type, (message, place) => Context.Report(message, place));
        }
    }
}
