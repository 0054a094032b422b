using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types.Building;

namespace CallCenter.GraphQL.Types;

/// <summary>Declares an object or interface type over a CLR type.</summary>
/// <typeparam name="T">The CLR type of the values behind it.</typeparam>
public sealed class ComplexTypeDescriptor<T>
{
    private readonly ComplexTypeConfiguration _type;

    internal ComplexTypeDescriptor(ComplexTypeConfiguration type) => _type = type;

    /// <summary>Documentation in Markdown.</summary>
    public ComplexTypeDescriptor<T> Description(string description)
    {
        _type.Description = description;
        return this;
    }

    /// <summary>Says that the type implements an interface; its fields must be declared here too.</summary>
    public ComplexTypeDescriptor<T> Implements(string interfaceName)
    {
        _type.Interfaces.Add(interfaceName);
        return this;
    }

    /// <summary>Only callers with one of these roles get any field of the type; without a role named, whoever is signed in.</summary>
    public ComplexTypeDescriptor<T> Authorize(params string[] roles)
    {
        _type.Roles = roles;
        return this;
    }

    /// <summary>For an interface: names the object type of a value. Without it, the object type declared over the value's CLR type is taken.</summary>
    public ComplexTypeDescriptor<T> ResolveAbstractType(Func<object, string?> typeName)
    {
        _type.ResolveType = typeName;
        return this;
    }

    /// <summary>A field that is a property: <c>Field(call => call.From)</c>. Its name, type and nullability are the property's.</summary>
    /// <exception cref="ArgumentException">The expression is something else than a property of the parameter.</exception>
    public FieldDescriptor<T> Field<TValue>(Expression<Func<T, TValue>> property)
    {
        if (property.Body is not MemberExpression { Member: PropertyInfo member, Expression: ParameterExpression })
        {
            throw new ArgumentException($"{property} is not a property; give such a field its name and type: Field(\"name: Type\", x => ...).", nameof(property));
        }

        return Add(new FieldConfiguration(JsonNamingPolicy.CamelCase.ConvertName(member.Name), TypeReference.To(member))).ResolvePure(property.Compile());
    }

    /// <summary>A field computed from its parent alone: <c>Field("id: ID!", call => call.Number)</c>.</summary>
    /// <exception cref="SyntaxException">The definition is not a field definition.</exception>
    public FieldDescriptor<T> Field<TValue>(string definition, Func<T, TValue> value) => Field(definition).ResolvePure(value);

    /// <summary>
    /// A field by its definition as GraphQL writes it, with arguments, defaults, descriptions and deprecation where wanted:
    /// <c>Field("calls(where: CallFilter, first: Int = 50): CallConnection!").Resolve(...)</c>.
    /// </summary>
    /// <exception cref="SyntaxException">The definition is not a field definition.</exception>
    public FieldDescriptor<T> Field(string definition) => Add(FieldConfiguration.From(Parser.ParseFieldDefinition(definition)));

    private FieldDescriptor<T> Add(FieldConfiguration field)
    {
        _type.Fields.Add(field);
        return new FieldDescriptor<T>(field);
    }
}
