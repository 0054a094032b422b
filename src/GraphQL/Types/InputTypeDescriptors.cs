using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types.Building;

namespace CallCenter.GraphQL.Types;

/// <summary>Declares an input object type over a CLR type, whose constructor takes the fields by name.</summary>
public sealed class InputObjectTypeDescriptor
{
    private readonly InputObjectConfiguration _type;

    internal InputObjectTypeDescriptor(InputObjectConfiguration type) => _type = type;

    /// <summary>Documentation in Markdown.</summary>
    public InputObjectTypeDescriptor Description(string description)
    {
        _type.Description = description;
        return this;
    }

    /// <summary>Exactly one field must be given (<c>@oneOf</c>).</summary>
    public InputObjectTypeDescriptor OneOf()
    {
        _type.IsOneOf = true;
        return this;
    }

    /// <summary>
    /// A field by its definition as GraphQL writes it: <c>Field("timeZone: String = \"UTC\"")</c>. It replaces the one that would be taken from the constructor.
    /// </summary>
    /// <exception cref="SyntaxException">The definition is not an input field definition.</exception>
    public InputObjectTypeDescriptor Field(string definition)
    {
        var field = InputConfiguration.From(Parser.ParseInputValueDefinition(definition));
        var index = _type.Fields.FindIndex(existing => existing.Name == field.Name);
        if (index >= 0)
        {
            _type.Fields[index] = field;
        }
        else
        {
            _type.Fields.Add(field);
        }

        return this;
    }
}

/// <summary>Declares an enum type over a CLR enum, whose members are its values in SCREAMING_SNAKE_CASE.</summary>
public sealed class EnumTypeDescriptor<T>
    where T : struct, Enum
{
    private readonly EnumConfiguration _type;

    internal EnumTypeDescriptor(EnumConfiguration type) => _type = type;

    /// <summary>Documentation in Markdown.</summary>
    public EnumTypeDescriptor<T> Description(string description)
    {
        _type.Description = description;
        return this;
    }

    /// <summary>Documents, renames or deprecates one value.</summary>
    public EnumTypeDescriptor<T> Value(T value, string? name = null, string? description = null, string? deprecationReason = null)
    {
        var index = _type.Values.FindIndex(candidate => candidate.Value.Equals(value));
        _type.Values[index] = new EnumValue(name ?? _type.Values[index].Name, value, description, deprecationReason);
        return this;
    }
}

/// <summary>Declares a union type.</summary>
public sealed class UnionTypeDescriptor
{
    private readonly UnionConfiguration _type;

    internal UnionTypeDescriptor(UnionConfiguration type) => _type = type;

    /// <summary>Documentation in Markdown.</summary>
    public UnionTypeDescriptor Description(string description)
    {
        _type.Description = description;
        return this;
    }

    /// <summary>An object type that belongs to the union.</summary>
    public UnionTypeDescriptor Type(string objectTypeName)
    {
        _type.Types.Add(objectTypeName);
        return this;
    }

    /// <summary>Names the object type of a value. Without it, the object type declared over the value's CLR type is taken.</summary>
    public UnionTypeDescriptor ResolveAbstractType(Func<object, string?> typeName)
    {
        _type.ResolveType = typeName;
        return this;
    }
}
