using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Leaf fields have no selection, all others have one (specification 5.3.3).</summary>
internal sealed class LeafFieldSelections(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is not FieldNode field || Context.Types.Type is not { } type)
        {
            return;
        }

        var name = field.Name.Value;
        switch (type.Named is CompositeType, field.SelectionSet)
        {
            case (false, { } selectionSet):
                Context.Report($"Field \"{name}\" must not have a selection since type \"{type}\" has no subfields.", selectionSet);
                break;
            case (true, null):
                Context.Report($"Field \"{name}\" of type \"{type}\" must have a selection of subfields. Did you mean \"{name} {{ ... }}\"?", field);
                break;
        }
    }
}
