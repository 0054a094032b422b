using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Execution;

/// <summary>CoerceArgumentValues (specification 6.4.1).</summary>
internal static class ArgumentCoercion
{
    private static readonly IReadOnlyDictionary<string, object?> None = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>The values by name; an argument that was left out and has no default has no entry.</summary>
    /// <exception cref="GraphQLException">A variable brings a null, or nothing, where a value is needed.</exception>
    public static IReadOnlyDictionary<string, object?> Coerce(
        IReadOnlyList<InputField> definitions, SyntaxList<ArgumentNode> given, IReadOnlyDictionary<string, object?> variables)
    {
        if (definitions.Count == 0)
        {
            return None;
        }

        var values = new Dictionary<string, object?>(definitions.Count, StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            var literal = given.FirstOrDefault(argument => argument.Name.Value == definition.Name)?.Value;
            var isGiven = literal is VariableNode variable ? variables.ContainsKey(variable.Name) : literal is not null;
            if (isGiven)
            {
                values[definition.Name] = Coerce(definition, literal!, variables);
            }
            else if (definition.DefaultValue is not null)
            {
                values[definition.Name] = definition.RuntimeDefault;
            }
            else if (definition.IsRequired)
            {
                throw new GraphQLException($"Argument \"{definition}\" of required type \"{definition.Type}\" was not provided.");
            }
        }

        return values;
    }

    private static object? Coerce(InputField definition, ValueNode literal, IReadOnlyDictionary<string, object?> variables)
    {
        try
        {
            return InputCoercion.Literal(literal, definition.Type, variables);
        }
        catch (GraphQLException invalid)
        {
            throw new GraphQLException($"Argument \"{definition}\" has invalid value: {invalid.Message}", invalid.Code, invalid);
        }
    }
}
