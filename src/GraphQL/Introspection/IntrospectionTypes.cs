using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Introspection;

/// <summary>The kinds of types (specification 4.2.2).</summary>
internal enum TypeKind
{
    Scalar,
    Object,
    Interface,
    Union,
    Enum,
    InputObject,
    List,
    NonNull,
}

/// <summary>The types of the introspection schema (specification 4.2), declared over the schema's own classes.</summary>
internal static class IntrospectionTypes
{
    public static void AddTo(SchemaBuilder builder) => builder
        .AddObjectType<Schema>("__Schema", Describe)
        .AddObjectType<GraphQLType>("__Type", Describe)
        .AddObjectType<ObjectField>("__Field", Describe)
        .AddObjectType<InputField>("__InputValue", Describe)
        .AddObjectType<EnumValue>("__EnumValue", Describe)
        .AddObjectType<DirectiveType>("__Directive", Describe)
        .AddEnumType<TypeKind>("__TypeKind", type => type.Description("An enum describing what kind of type a given `__Type` is."))
        .AddEnumType<DirectiveLocation>("__DirectiveLocation", type => type.Description("A place in a document or schema where a directive may stand."));

    private static void Describe(ComplexTypeDescriptor<Schema> type)
    {
        type.Description("What a GraphQL server can do: its types, directives and entry points.");
        type.Field("description: String", schema => schema.Description);
        type.Field("types: [__Type!]!", schema => schema.Types);
        type.Field("queryType: __Type!", schema => schema.QueryType);
        type.Field("mutationType: __Type", schema => schema.MutationType);
        type.Field("subscriptionType: __Type", schema => schema.SubscriptionType);
        type.Field("directives: [__Directive!]!", schema => schema.Directives);
    }

    private static void Describe(ComplexTypeDescriptor<GraphQLType> type)
    {
        type.Description("Any type of the schema, named or wrapped. Which fields are set depends on its `kind`.");
        type.Field("kind: __TypeKind!", Kind);
        type.Field("name: String", value => (value as NamedType)?.Name);
        type.Field("description: String", value => (value as NamedType)?.Description);
        type.Field("specifiedByURL: String", value => (value as ScalarType)?.SpecifiedByUrl);
        type.Field("fields(includeDeprecated: Boolean! = false): [__Field!]").Resolve((value, context) =>
            (value as ComplexType)?.Fields.Values.Where(field => context.Includes(field.DeprecationReason)));
        type.Field("interfaces: [__Type!]", value => (value as ComplexType)?.Interfaces);
        type.Field("possibleTypes: [__Type!]").Resolve((value, context) =>
            value is InterfaceType or UnionType ? context.Schema.GetPossibleTypes((CompositeType)value) : null);
        type.Field("enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]").Resolve((value, context) =>
            (value as EnumType)?.Values.Where(item => context.Includes(item.DeprecationReason)));
        type.Field("inputFields(includeDeprecated: Boolean! = false): [__InputValue!]").Resolve((value, context) =>
            (value as InputObjectType)?.Fields.Values.Where(field => context.Includes(field.DeprecationReason)));
        type.Field("ofType: __Type", value => value switch
        {
            ListType list => list.ItemType,
            NonNullType nonNull => nonNull.Type,
            _ => null,
        });
        type.Field("isOneOf: Boolean", value => (value as InputObjectType)?.IsOneOf);
    }

    private static void Describe(ComplexTypeDescriptor<ObjectField> type)
    {
        type.Description("A field of an object or interface type.");
        type.Field("name: String!", field => field.Name);
        type.Field("description: String", field => field.Description);
        type.Field("args(includeDeprecated: Boolean! = false): [__InputValue!]!").Resolve((field, context) =>
            field.Arguments.Where(argument => context.Includes(argument.DeprecationReason)));
        type.Field("type: __Type!", field => field.Type);
        type.Field("isDeprecated: Boolean!", field => field.DeprecationReason is not null);
        type.Field("deprecationReason: String", field => field.DeprecationReason);
    }

    private static void Describe(ComplexTypeDescriptor<InputField> type)
    {
        type.Description("An argument of a field or directive, or a field of an input object.");
        type.Field("name: String!", input => input.Name);
        type.Field("description: String", input => input.Description);
        type.Field("type: __Type!", input => input.Type);
        type.Field("defaultValue: String", input => input.DefaultValue?.ToString()).Description("The default value as GraphQL text.");
        type.Field("isDeprecated: Boolean!", input => input.DeprecationReason is not null);
        type.Field("deprecationReason: String", input => input.DeprecationReason);
    }

    private static void Describe(ComplexTypeDescriptor<EnumValue> type)
    {
        type.Description("A value of an enum type.");
        type.Field("name: String!", value => value.Name);
        type.Field("description: String", value => value.Description);
        type.Field("isDeprecated: Boolean!", value => value.DeprecationReason is not null);
        type.Field("deprecationReason: String", value => value.DeprecationReason);
    }

    private static void Describe(ComplexTypeDescriptor<DirectiveType> type)
    {
        type.Description("A directive that documents may use.");
        type.Field("name: String!", directive => directive.Name);
        type.Field("description: String", directive => directive.Description);
        type.Field("isRepeatable: Boolean!", directive => directive.IsRepeatable);
        type.Field("locations: [__DirectiveLocation!]!", directive => directive.Locations);
        type.Field("args(includeDeprecated: Boolean! = false): [__InputValue!]!").Resolve((directive, context) =>
            directive.Arguments.Where(argument => context.Includes(argument.DeprecationReason)));
    }

    private static TypeKind Kind(GraphQLType type) => type switch
    {
        ScalarType => TypeKind.Scalar,
        ObjectType => TypeKind.Object,
        InterfaceType => TypeKind.Interface,
        UnionType => TypeKind.Union,
        EnumType => TypeKind.Enum,
        InputObjectType => TypeKind.InputObject,
        ListType => TypeKind.List,
        _ => TypeKind.NonNull,
    };

    private static bool Includes(this Execution.IResolverContext context, string? deprecationReason) =>
        deprecationReason is null || context.ArgumentValue<bool>("includeDeprecated");
}
