using System.Globalization;
using System.Text.Json;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types;

/// <summary>Int: a 32-bit signed integer (specification 3.5.1). Resolvers see an <see cref="int"/>.</summary>
public sealed class IntType()
    : ScalarType("Int", "The `Int` scalar type represents non-fractional signed whole numeric values. Int can represent values between -(2^31) and 2^31 - 1.")
{
    public override object CoerceLiteral(ValueNode literal) => literal is not IntValueNode number
        ? throw new GraphQLException($"Int cannot represent non-integer value: {literal}")
        : int.TryParse(number.Value, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new GraphQLException($"Int cannot represent non 32-bit signed integer value: {number.Value}");

    public override object CoerceValue(JsonElement value) => value switch
    {
        { ValueKind: not JsonValueKind.Number } => throw NotInteger(value),
        _ when value.TryGetInt32(out var number) => number,
        // 3.0 and 3e2 are integers in JSON, which knows no difference.
        _ when value.TryGetDouble(out var number) && double.IsInteger(number) => number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw new GraphQLException($"Int cannot represent non 32-bit signed integer value: {JsonText.Of(value)}"),
        _ => throw NotInteger(value),
    };

    public override object Serialize(object value) => value switch
    {
        int or short or byte or sbyte or ushort => value,
        long and >= int.MinValue and <= int.MaxValue or uint and <= int.MaxValue => value,
        _ => throw CannotSerialize(value),
    };

    private static GraphQLException NotInteger(JsonElement value) => new($"Int cannot represent non-integer value: {JsonText.Of(value)}");
}

/// <summary>Float: a finite double (specification 3.5.2). Resolvers see a <see cref="double"/>.</summary>
public sealed class FloatType()
    : ScalarType("Float", "The `Float` scalar type represents signed double-precision fractional values as specified by [IEEE 754](https://en.wikipedia.org/wiki/IEEE_floating_point).")
{
    public override object CoerceLiteral(ValueNode literal)
    {
        var text = literal switch
        {
            IntValueNode number => number.Value,
            FloatValueNode number => number.Value,
            _ => throw NotNumeric(literal),
        };
        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? value : throw NotNumeric(literal);
    }

    public override object CoerceValue(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw new GraphQLException($"Float cannot represent non numeric value: {JsonText.Of(value)}");

    public override object Serialize(object value) => value switch
    {
        double number when double.IsFinite(number) => number,
        float number when float.IsFinite(number) => number,
        decimal or int or long or short or byte => value,
        _ => throw CannotSerialize(value),
    };

    private static GraphQLException NotNumeric(ValueNode literal) => new($"Float cannot represent non numeric value: {literal}");
}

/// <summary>String: Unicode text (specification 3.5.3).</summary>
public sealed class StringType()
    : ScalarType("String", "The `String` scalar type represents textual data, represented as UTF-8 character sequences. The String type is most often used by GraphQL to represent free-form human-readable text.")
{
    public override object CoerceLiteral(ValueNode literal) =>
        literal is StringValueNode text ? text.Value : throw new GraphQLException($"String cannot represent a non string value: {literal}");

    public override object CoerceValue(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new GraphQLException($"String cannot represent a non string value: {JsonText.Of(value)}");

    public override object Serialize(object value) => value switch
    {
        string => value,
        char or Uri => value.ToString()!,
        _ => throw CannotSerialize(value),
    };
}

/// <summary>Boolean (specification 3.5.4).</summary>
public sealed class BooleanType() : ScalarType("Boolean", "The `Boolean` scalar type represents `true` or `false`.")
{
    public override object CoerceLiteral(ValueNode literal) =>
        literal is BooleanValueNode boolean ? boolean.Value : throw new GraphQLException($"Boolean cannot represent a non boolean value: {literal}");

    public override object CoerceValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new GraphQLException($"Boolean cannot represent a non boolean value: {JsonText.Of(value)}"),
    };

    public override object Serialize(object value) => value is bool ? value : throw CannotSerialize(value);
}

/// <summary>ID: an opaque identifier, always a string in responses (specification 3.5.5). Resolvers see a <see cref="string"/>.</summary>
public sealed class IdType()
    : ScalarType("ID", "The `ID` scalar type represents a unique identifier, often used to refetch an object or as key for a cache. The ID type appears in a JSON response as a String; however, it is not intended to be human-readable. When expected as an input type, any string (such as `\"4\"`) or integer (such as `4`) input value will be accepted as an ID.")
{
    public override object CoerceLiteral(ValueNode literal) => literal switch
    {
        StringValueNode text => text.Value,
        IntValueNode number => number.Value,
        _ => throw new GraphQLException($"ID cannot represent a non-string and non-integer value: {literal}"),
    };

    public override object CoerceValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number when value.TryGetInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
        _ => throw new GraphQLException($"ID cannot represent value: {JsonText.Of(value)}"),
    };

    public override object Serialize(object value) => value switch
    {
        string => value,
        Guid or int or long => value.ToString()!,
        _ => throw CannotSerialize(value),
    };
}
