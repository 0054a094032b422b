using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types;

/// <summary>An enum type (specification 3.9), mapped to CLR values.</summary>
public sealed class EnumType : NamedType
{
    private readonly Dictionary<string, EnumValue> _byName;
    private readonly Dictionary<object, EnumValue> _byValue;

    internal EnumType(string name, string? description, IReadOnlyList<EnumValue> values)
        : base(name, description)
    {
        Values = values;
        _byName = values.ToDictionary(value => value.Name, StringComparer.Ordinal);
        _byValue = values.ToDictionary(value => value.Value);
    }

    /// <summary>The values in declaration order.</summary>
    public IReadOnlyList<EnumValue> Values { get; }

    internal EnumValue? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The name of a CLR value.</summary>
    /// <exception cref="InvalidOperationException">The value has no name in this enum.</exception>
    internal string Serialize(object value) =>
        _byValue.TryGetValue(value, out var found) ? found.Name : throw new InvalidOperationException($"Enum \"{Name}\" cannot represent value: {value}");

    /// <summary>The CLR value of a name that a client sent.</summary>
    internal object Coerce(string name) =>
        Find(name)?.Value ?? throw new GraphQLException($"Value \"{name}\" does not exist in \"{Name}\" enum.{Suggest(name)}");

    internal object CoerceLiteral(ValueNode literal) => literal is EnumValueNode name
        ? Coerce(name.Value)
        : throw new GraphQLException($"Enum \"{Name}\" cannot represent non-enum value: {literal}.{Suggest(literal.ToString())}");

    internal string Suggest(string unknown)
    {
        var names = Suggestions.Rank(unknown, Values.Select(value => value.Name));
        return Suggestions.DidYouMean(names, "the enum value");
    }
}

/// <summary>One value of an enum.</summary>
/// <param name="Name">As GraphQL writes it: <c>LEFT_IN_IVR</c>.</param>
/// <param name="Value">The CLR value.</param>
/// <param name="Description">Documentation.</param>
/// <param name="DeprecationReason">Why it should not be used any more.</param>
public sealed record EnumValue(string Name, object Value, string? Description = null, string? DeprecationReason = null);
