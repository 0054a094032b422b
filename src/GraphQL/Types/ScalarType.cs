using System.Text.Json;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types;

/// <summary>A scalar type (specification 3.5): how its values come in as literal or JSON and go out as JSON.</summary>
public abstract class ScalarType(string name, string? description = null, string? specifiedByUrl = null) : NamedType(name, description)
{
    /// <summary>Where the scalar's format is specified (<c>@specifiedBy</c>).</summary>
    public string? SpecifiedByUrl { get; } = specifiedByUrl;

    /// <summary>The value resolvers see for a literal of a document; never null.</summary>
    /// <exception cref="GraphQLException">The literal is not of this type; the message is for the client.</exception>
    public abstract object CoerceLiteral(ValueNode literal);

    /// <summary>The value resolvers see for a JSON value of a variable; never null.</summary>
    /// <exception cref="GraphQLException">The value is not of this type; the message is for the client.</exception>
    public abstract object CoerceValue(JsonElement value);

    /// <summary>
    /// What goes into the response for a resolver's value: a string, bool, int, long, double, decimal, <see cref="JsonElement"/>,
    /// dictionary or list of these.
    /// </summary>
    /// <exception cref="InvalidOperationException">The resolver's value cannot be written as this type: a defect of the server.</exception>
    public abstract object Serialize(object value);

    /// <summary>For <see cref="Serialize"/>: the resolver gave something else than the schema promises.</summary>
    protected InvalidOperationException CannotSerialize(object value) => new($"{Name} cannot represent value of type {value.GetType().Name}: {value}");
}
