using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types;

/// <summary>A type of a schema: a named type, a list or a non-null type. <c>ToString</c> gives it as GraphQL writes it.</summary>
public abstract class GraphQLType
{
    /// <summary>Whether null is refused.</summary>
    public bool IsNonNull => this is NonNullType;

    /// <summary>The type without its non-null wrapper.</summary>
    public GraphQLType Nullable => this is NonNullType nonNull ? nonNull.Type : this;

    /// <summary>The named type inside all wrappers.</summary>
    public NamedType Named => this switch
    {
        NamedType named => named,
        ListType list => list.ItemType.Named,
        NonNullType nonNull => nonNull.Type.Named,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Whether arguments, variables and input fields may have this type (specification 3.4.2).</summary>
    public bool IsInput => Named is ScalarType or EnumType or InputObjectType;

    /// <summary>Whether fields may have this type.</summary>
    public bool IsOutput => Named is not InputObjectType;

    internal TypeNode ToSyntax() => this switch
    {
        NamedType named => new NamedTypeNode(named.Name),
        ListType list => new ListTypeNode(list.ItemType.ToSyntax()),
        NonNullType nonNull => new NonNullTypeNode(nonNull.Type.ToSyntax()),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary><c>[T]</c></summary>
public sealed class ListType(GraphQLType itemType) : GraphQLType
{
    public GraphQLType ItemType { get; } = itemType;

    public override string ToString() => $"[{ItemType}]";
}

/// <summary><c>T!</c></summary>
public sealed class NonNullType(GraphQLType type) : GraphQLType
{
    /// <summary>A named or list type.</summary>
    public GraphQLType Type { get; } = type;

    public override string ToString() => $"{Type}!";
}

/// <summary>A type with a name: scalar, enum, object, interface, union or input object.</summary>
public abstract class NamedType(string name, string? description) : GraphQLType
{
    public string Name { get; } = name;

    /// <summary>Documentation in Markdown; null when there is none.</summary>
    public string? Description { get; } = description;

    /// <summary>Whether the type belongs to introspection.</summary>
    public bool IsIntrospection => Name.StartsWith("__", StringComparison.Ordinal);

    public sealed override string ToString() => Name;
}
