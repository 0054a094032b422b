using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation;

/// <summary>Checks a literal against an input type and reports every fault of it; variables are taken to be right (specification 5.6).</summary>
internal static class LiteralValidator
{
    public static void Validate(ValueNode literal, GraphQLType type, Action<string, SyntaxNode> report)
    {
        switch (type, literal)
        {
            case (_, VariableNode):
                break;
            case (NonNullType, NullValueNode):
                report($"Expected value of non-null type \"{type}\" not to be null.", literal);
                break;
            case (NonNullType nonNull, _):
                Validate(literal, nonNull.Type, report);
                break;
            case (_, NullValueNode):
                break;
            case (ListType list, ListValueNode items):
                foreach (var item in items.Items)
                {
                    Validate(item, list.ItemType, report);
                }

                break;
            case (ListType list, _):
                Validate(literal, list.ItemType, report);
                break;
            case (InputObjectType input, ObjectValueNode record):
                ValidateInputObject(record, input, report);
                break;
            case (InputObjectType, _):
                report($"Expected value of type \"{type}\" to be an object, found: {literal}.", literal);
                break;
            default:
                ValidateLeaf(literal, type, report);
                break;
        }
    }

    private static void ValidateInputObject(ObjectValueNode literal, InputObjectType type, Action<string, SyntaxNode> report)
    {
        foreach (var field in type.Fields.Values)
        {
            if (literal.Fields.LastOrDefault(entry => entry.Name.Value == field.Name) is { } given)
            {
                Validate(given.Value, field.Type, report);
            }
            else if (field.IsRequired)
            {
                report($"Expected value of type \"{type}\" to include required field \"{field.Name}\", found: {literal}.", literal);
            }
        }

        var known = new List<ObjectFieldNode>();
        foreach (var entry in literal.Fields)
        {
            if (type.Fields.ContainsKey(entry.Name.Value))
            {
                known.Add(entry);
                continue;
            }

            var suggestion = Suggestions.DidYouMean(Suggestions.Rank(entry.Name.Value, type.Fields.Keys));
            report($"Expected value of type \"{type}\" not to include unknown field \"{entry.Name.Value}\"{(suggestion.Length > 0 ? $".{suggestion} Found" : ", found")}: {literal}.", entry);
        }

        if (type.IsOneOf && (known.Count != 1 || known[0].Value is NullValueNode))
        {
            report(InputCoercion.OneOfMessage(type), literal);
        }
    }

    private static void ValidateLeaf(ValueNode literal, GraphQLType type, Action<string, SyntaxNode> report)
    {
        try
        {
            _ = type is EnumType enumeration ? enumeration.CoerceLiteral(literal) : ((ScalarType)type).CoerceLiteral(literal);
        }
        catch (GraphQLException invalid)
        {
            report(invalid.Message, literal);
        }
    }
}
