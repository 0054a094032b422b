using System.Text;
using System.Text.Json;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Execution;

/// <summary>CoerceVariableValues (specification 6.1.2): all faults of all variables are reported, each with its place in the value.</summary>
internal sealed class VariableCoercion
{
    // A client that sends a million wrong values is not told about each.
    private const int MostErrors = 50;

    private readonly List<GraphQLError> _errors = [];
    private readonly VariableDefinitionNode _definition;

    private VariableCoercion(VariableDefinitionNode definition) => _definition = definition;

    /// <summary>The coerced values; a variable that was left out and has no default has no entry.</summary>
    public static Dictionary<string, object?> Coerce(Schema schema, OperationDefinitionNode operation, JsonElement? given, List<GraphQLError> errors)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var definition in operation.VariableDefinitions)
        {
            var name = definition.Variable.Name;
            var type = schema.ResolveType(definition.Type) ?? throw new System.Diagnostics.UnreachableException("Validation knows every variable's type.");
            var coercion = new VariableCoercion(definition);
            if (given is { ValueKind: JsonValueKind.Object } variables && variables.TryGetProperty(name, out var value))
            {
                values[name] = coercion.Value(value, type, path: null);
            }
            else if (definition.DefaultValue is not null)
            {
                values[name] = InputCoercion.Literal(definition.DefaultValue, type);
            }
            else if (type.IsNonNull)
            {
                coercion.Report($"Expected a value of non-null type \"{type}\" to be provided.", path: null);
            }

            errors.AddRange(coercion._errors);
        }

        return values;
    }

    private object? Value(JsonElement value, GraphQLType type, ResponsePath? path)
    {
        if (_errors.Count >= MostErrors)
        {
            return null;
        }

        if (type is NonNullType nonNull)
        {
            return value.ValueKind == JsonValueKind.Null
                ? Report($"Expected value of non-null type \"{type}\" not to be null.", path)
                : Value(value, nonNull.Type, path);
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        switch (type)
        {
            case ListType list when value.ValueKind == JsonValueKind.Array:
                return value.EnumerateArray().Select((item, index) => Value(item, list.ItemType, ResponsePath.Item(path, index))).ToArray();
            case ListType list:
                return new[] { Value(value, list.ItemType, path) };
            case InputObjectType input:
                return InputObject(value, input, path);
            default:
                return Leaf(value, type, path);
        }
    }

    private object? Leaf(JsonElement value, GraphQLType type, ResponsePath? path)
    {
        try
        {
            return type switch
            {
                ScalarType scalar => scalar.CoerceValue(value),
                EnumType enumeration when value.ValueKind == JsonValueKind.String => enumeration.Coerce(value.GetString()!),
                EnumType enumeration => throw new GraphQLException(
                    $"Enum \"{enumeration}\" cannot represent non-string value: {JsonText.Of(value)}.{enumeration.Suggest(JsonText.Of(value))}"),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (GraphQLException invalid)
        {
            return Report(invalid.Message, path);
        }
    }

    private object? InputObject(JsonElement value, InputObjectType type, ResponsePath? path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return Report($"Expected value of type \"{type}\" to be an object, found: {JsonText.Of(value)}.", path);
        }

        var before = _errors.Count;
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in type.Fields.Values)
        {
            if (value.TryGetProperty(field.Name, out var given))
            {
                values[field.Name] = Value(given, field.Type, ResponsePath.Field(path, field.Name));
            }
            else if (field.DefaultValue is not null)
            {
                values[field.Name] = field.RuntimeDefault;
            }
            else if (field.IsRequired)
            {
                Report($"Expected value of type \"{type}\" to include required field \"{field.Name}\", found: {JsonText.Of(value)}.", path);
            }
        }

        foreach (var unknown in value.EnumerateObject().Where(property => !type.Fields.ContainsKey(property.Name)).Take(MostErrors))
        {
            var suggestion = Suggestions.DidYouMean(Suggestions.Rank(unknown.Name, type.Fields.Keys));
            Report($"Expected value of type \"{type}\" not to include unknown field \"{unknown.Name}\"{(suggestion.Length > 0 ? $".{suggestion} Found" : ", found")}: {JsonText.Of(value)}.", path);
        }

        if (_errors.Count > before)
        {
            return null;
        }

        try
        {
            return InputCoercion.Create(type, values);
        }
        catch (GraphQLException invalid)
        {
            return Report(invalid.Message, path);
        }
    }

    private object? Report(string message, ResponsePath? path)
    {
        var place = path is null ? "" : $" at \"{Describe(path)}\"";
        _errors.Add(new GraphQLError($"Variable \"${_definition.Variable.Name}\" has invalid value{place}: {message}", ErrorCodes.BadUserInput) { Locations = [_definition.Location] });
        return null;
    }

    private string Describe(ResponsePath path)
    {
        var text = new StringBuilder(_definition.Variable.Name);
        foreach (var segment in path.ToList())
        {
            _ = segment is int ? text.Append('[').Append(segment).Append(']') : text.Append('.').Append(segment);
        }

        return text.ToString();
    }
}
