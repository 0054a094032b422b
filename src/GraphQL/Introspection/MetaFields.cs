using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Introspection;

/// <summary>The fields that every composite type or the query type has without declaring them (specification 4.1, 4.2).</summary>
internal sealed class MetaFields
{
    private readonly ObjectField _schema;
    private readonly ObjectField _type;

    public MetaFields(NamedType schemaType, NamedType typeType, NamedType stringType)
    {
        TypeName = new ObjectField("__Meta", "__typename", new NonNullType(stringType), [])
        {
            Description = "The name of the current object type.",
            PureResolver = _ => throw new System.Diagnostics.UnreachableException("The executor answers __typename itself."),
        };
        _schema = new ObjectField("Query", "__schema", new NonNullType(schemaType), [])
        {
            Description = "The schema of this server.",
            Resolver = context => new ValueTask<object?>(context.Schema),
        };
        _type = new ObjectField("Query", "__type", typeType, [new InputField("Query.__type(name:)", "name", new NonNullType(stringType), defaultValue: null)])
        {
            Description = "A named type of this server.",
            Resolver = context => new ValueTask<object?>(context.Schema.FindType(context.ArgumentValue<string>("name"))),
        };
    }

    public ObjectField TypeName { get; }

    /// <summary>The meta field of a name; those for introspection exist on the query type only.</summary>
    public ObjectField? Find(string name, bool isQueryType) => name switch
    {
        "__typename" => TypeName,
        "__schema" when isQueryType => _schema,
        "__type" when isQueryType => _type,
        _ => null,
    };
}
