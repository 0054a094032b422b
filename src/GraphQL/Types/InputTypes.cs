using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types;

/// <summary>An input object type (specification 3.10).</summary>
public sealed class InputObjectType(string name, string? description, bool isOneOf) : NamedType(name, description)
{
    /// <summary>The fields by name, in declaration order.</summary>
    public OrderedDictionary<string, InputField> Fields { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether exactly one field must be given, and not null (<c>@oneOf</c>).</summary>
    public bool IsOneOf { get; } = isOneOf;

    /// <summary>Makes the CLR value from the coerced fields; null leaves it a dictionary.</summary>
    internal Func<IReadOnlyDictionary<string, object?>, object>? Factory { get; init; }
}

/// <summary>An argument of a field or directive, or a field of an input object.</summary>
public sealed class InputField
{
    private readonly string _coordinate;
    private readonly Lazy<object?> _runtimeDefault;

    internal InputField(string coordinate, string name, GraphQLType type, ValueNode? defaultValue)
    {
        _coordinate = coordinate;
        Name = name;
        Type = type;
        DefaultValue = defaultValue;
        _runtimeDefault = new Lazy<object?>(() => DefaultValue is null ? null : InputCoercion.Literal(DefaultValue, Type));
    }

    public string Name { get; }

    public string? Description { get; internal init; }

    public GraphQLType Type { get; }

    /// <summary>The value used when none is given; null when there is none (a default of null is a <see cref="NullValueNode"/>).</summary>
    public ValueNode? DefaultValue { get; }

    public string? DeprecationReason { get; internal init; }

    /// <summary>Whether a value must be given.</summary>
    public bool IsRequired => Type.IsNonNull && DefaultValue is null;

    /// <summary>The default as the value resolvers see.</summary>
    internal object? RuntimeDefault => _runtimeDefault.Value;

    /// <summary>The schema coordinate: <c>Type.field(argument:)</c>, <c>@directive(argument:)</c> or <c>Input.field</c>.</summary>
    public override string ToString() => _coordinate;
}
