using CallCenter.GraphQL.Introspection;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types.Building;

namespace CallCenter.GraphQL.Types;

/// <summary>Collects types, code-first or from SDL, and creates a <see cref="Schema"/> of them.</summary>
public sealed class SchemaBuilder
{
    private readonly SchemaConfiguration _configuration = new();

    private SchemaBuilder()
    {
        IntrospectionTypes.AddTo(this);
    }

    /// <summary>An empty builder; it knows the built-in scalars and directives, and the scalars DateTime and JSON.</summary>
    public static SchemaBuilder New() => new();

    /// <summary>Documentation of the whole schema.</summary>
    public SchemaBuilder Description(string description)
    {
        _configuration.Description = description;
        return this;
    }

    /// <summary>Adds fields to the query type, which is named Query. May be called several times.</summary>
    public SchemaBuilder AddQueryType(Action<ComplexTypeDescriptor<object>> configure) => AddRoot(OperationType.Query, configure);

    /// <summary>Adds fields to the mutation type, which is named Mutation. May be called several times.</summary>
    public SchemaBuilder AddMutationType(Action<ComplexTypeDescriptor<object>> configure) => AddRoot(OperationType.Mutation, configure);

    /// <summary>Adds fields to the subscription type, which is named Subscription. May be called several times.</summary>
    public SchemaBuilder AddSubscriptionType(Action<ComplexTypeDescriptor<object>> configure) => AddRoot(OperationType.Subscription, configure);

    /// <summary>Declares an object type over a CLR type.</summary>
    public SchemaBuilder AddObjectType<T>(string name, Action<ComplexTypeDescriptor<T>> configure)
    {
        configure(new ComplexTypeDescriptor<T>(_configuration.Add(new ComplexTypeConfiguration(name, typeof(T), isInterface: false))));
        return this;
    }

    /// <summary>Declares an object type of the CLR type's name.</summary>
    public SchemaBuilder AddObjectType<T>(Action<ComplexTypeDescriptor<T>> configure) => AddObjectType(typeof(T).Name, configure);

    /// <summary>Adds fields to an object type that is, or will be, declared elsewhere.</summary>
    public SchemaBuilder AddObjectTypeExtension<T>(string name, Action<ComplexTypeDescriptor<T>> configure)
    {
        configure(new ComplexTypeDescriptor<T>(_configuration.AddExtension(new ComplexTypeConfiguration(name, typeof(T), isInterface: false))));
        return this;
    }

    /// <summary>Declares an interface type over a CLR type.</summary>
    public SchemaBuilder AddInterfaceType<T>(string name, Action<ComplexTypeDescriptor<T>> configure)
    {
        configure(new ComplexTypeDescriptor<T>(_configuration.Add(new ComplexTypeConfiguration(name, typeof(T), isInterface: true))));
        return this;
    }

    /// <summary>Declares a union type.</summary>
    public SchemaBuilder AddUnionType(string name, Action<UnionTypeDescriptor> configure)
    {
        configure(new UnionTypeDescriptor(_configuration.Add(new UnionConfiguration(name, runtimeType: null))));
        return this;
    }

    /// <summary>Declares an enum type over a CLR enum; its name is the CLR type's unless given.</summary>
    public SchemaBuilder AddEnumType<T>(string? name = null, Action<EnumTypeDescriptor<T>>? configure = null)
        where T : struct, Enum
    {
        var type = _configuration.Add(new EnumConfiguration(name ?? typeof(T).Name, typeof(T)));
        type.Values.AddRange(Enum.GetValues<T>().Select(value => new EnumValue(ScreamingSnakeCase.From(value.ToString()), value)));
        configure?.Invoke(new EnumTypeDescriptor<T>(type));
        return this;
    }

    /// <summary>
    /// Declares an input object type over a CLR type, usually a record: its fields are the constructor's parameters, with their names in camelCase
    /// and their types and nullability; <see cref="InputObjectTypeDescriptor.Field"/> replaces single ones. Its name is the CLR type's unless given.
    /// </summary>
    public SchemaBuilder AddInputObjectType<T>(string? name = null, Action<InputObjectTypeDescriptor>? configure = null)
        where T : class
    {
        var type = _configuration.Add(new InputObjectConfiguration(name ?? typeof(T).Name, typeof(T)));
        type.Fields.AddRange(InputObjectFactory.FieldsOf(typeof(T)));
        configure?.Invoke(new InputObjectTypeDescriptor(type));
        return this;
    }

    /// <summary>Adds a scalar type.</summary>
    public SchemaBuilder AddScalarType(ScalarType type)
    {
        _configuration.Add(new ScalarConfiguration(type));
        return this;
    }

    /// <summary>
    /// Adds the definitions of an SDL text. Objects of types so declared are dictionaries from field name to value, with the type's name under
    /// <c>__typename</c> where it stands for an interface or union; enum values are their names, input objects dictionaries, scalars JSON.
    /// </summary>
    /// <exception cref="SyntaxException">The text is not SDL.</exception>
    /// <exception cref="SchemaException">A definition cannot be read into a schema at all.</exception>
    public SchemaBuilder AddDocumentFromString(string sdl)
    {
        new SdlReader(_configuration).Read(Parser.Parse(sdl, new ParserOptions(MaxTokens: int.MaxValue)));
        return this;
    }

    /// <summary>Resolves all references and checks the rules of the type system.</summary>
    /// <exception cref="SchemaException">The schema breaks some; all are listed.</exception>
    public Schema Create()
    {
        var errors = new List<string>();
        var schema = new SchemaAssembler(_configuration, errors).Assemble();
        if (errors.Count == 0)
        {
            SchemaValidator.Validate(schema!, errors);
        }

        return errors.Count == 0 ? schema! : throw new SchemaException(errors);
    }

    private SchemaBuilder AddRoot(OperationType operation, Action<ComplexTypeDescriptor<object>> configure)
    {
        var name = operation.ToString();
        _configuration.RootTypes.TryAdd(operation, name);
        configure(new ComplexTypeDescriptor<object>(_configuration.AddExtension(new ComplexTypeConfiguration(name, runtimeType: null, isInterface: false))));
        return this;
    }
}
