using System.Text.Json;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Execution;

/// <summary>Turns literals of validated documents into the values resolvers see (specification 3.4 to 3.12, input coercion).</summary>
internal static class InputCoercion
{
    private static readonly IReadOnlyDictionary<string, object?> NoVariables = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>The value of a literal; <paramref name="variables"/> holds coerced values, without those that the request left out.</summary>
    /// <exception cref="GraphQLException">A variable is missing or null where a value is needed, or the literal is not of the type.</exception>
    public static object? Literal(ValueNode literal, GraphQLType type, IReadOnlyDictionary<string, object?>? variables = null)
    {
        variables ??= NoVariables;
        switch (type, literal)
        {
            case (NonNullType nonNull, _):
                return Literal(literal, nonNull.Type, variables) ?? throw new GraphQLException($"Expected value of non-null type \"{type}\" not to be null.");
            case (_, VariableNode variable):
                return variables.GetValueOrDefault(variable.Name);
            case (_, NullValueNode):
                return null;
            case (ListType list, ListValueNode items):
                return Array.ConvertAll(items.Items.ToArray(), item => Literal(item, list.ItemType, variables));
            case (ListType list, _):
                return new[] { Literal(literal, list.ItemType, variables) };
            case (ScalarType scalar, _):
                return scalar.CoerceLiteral(literal);
            case (EnumType enumeration, _):
                return enumeration.CoerceLiteral(literal);
            case (InputObjectType input, ObjectValueNode fields):
                return InputObject(input, fields, variables);
            default:
                throw new GraphQLException($"Expected value of type \"{type}\" to be an object, found: {literal}.");
        }
    }

    /// <summary>The coerced fields of an input object in declaration order, made into its CLR value.</summary>
    public static object Create(InputObjectType type, Dictionary<string, object?> fields)
    {
        if (type.IsOneOf && (fields.Count != 1 || fields.Values.First() is null))
        {
            throw new GraphQLException(OneOfMessage(type));
        }

        return type.Factory is null ? fields : type.Factory(fields);
    }

    public static string OneOfMessage(InputObjectType type) =>
        $"Within OneOf Input Object type \"{type}\", exactly one field must be specified, and the value for that field must be non-null.";

    private static object InputObject(InputObjectType type, ObjectValueNode literal, IReadOnlyDictionary<string, object?> variables)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in type.Fields.Values)
        {
            var given = literal.Fields.FirstOrDefault(entry => entry.Name.Value == field.Name)?.Value;
            if (given is null or VariableNode && (given is not VariableNode variable || !variables.ContainsKey(variable.Name)))
            {
                if (field.DefaultValue is not null)
                {
                    values[field.Name] = field.RuntimeDefault;
                }
                else if (field.IsRequired)
                {
                    throw new GraphQLException($"Expected value of type \"{type}\" to include required field \"{field.Name}\", found: {literal}.");
                }
            }
            else
            {
                values[field.Name] = Literal(given, field.Type, variables);
            }
        }

        return Create(type, values);
    }
}
