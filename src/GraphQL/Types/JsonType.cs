using System.Text.Json;
using System.Text.Json.Nodes;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types;

/// <summary>A scalar that takes any JSON value but null. Resolvers see a <see cref="JsonElement"/>.</summary>
public sealed class JsonType(string name = "JSON", string? description = "Any JSON value.", string? specifiedByUrl = null)
    : ScalarType(name, description, specifiedByUrl)
{
    public override object CoerceLiteral(ValueNode literal)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            Write(writer, literal);
        }

        return JsonElement.Parse(stream.ToArray());
    }

    // The element outlives the request's document: a resolver may keep it.
    public override object CoerceValue(JsonElement value) => value.Clone();

    public override object Serialize(object value) => value switch
    {
        JsonElement or JsonNode or string or bool or int or long or double or decimal => value,
        JsonDocument document => document.RootElement,
        IReadOnlyDictionary<string, object?> or IEnumerable<object?> => value,
        _ => throw CannotSerialize(value),
    };

    private void Write(Utf8JsonWriter writer, ValueNode literal)
    {
        switch (literal)
        {
            case NullValueNode:
                writer.WriteNullValue();
                break;
            case BooleanValueNode boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case IntValueNode number:
                writer.WriteRawValue(number.Value);
                break;
            case FloatValueNode number:
                writer.WriteRawValue(number.Value);
                break;
            case StringValueNode text:
                writer.WriteStringValue(text.Value);
                break;
            case EnumValueNode name:
                writer.WriteStringValue(name.Value);
                break;
            case ListValueNode list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case ObjectValueNode record:
                writer.WriteStartObject();
                foreach (var field in record.Fields)
                {
                    writer.WritePropertyName(field.Name.Value);
                    Write(writer, field.Value);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new GraphQLException($"{Name} cannot represent a literal that holds a variable: {literal}. Pass the whole value as a variable.");
        }
    }
}
