using System.Reflection;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types.Building;

/// <summary>A type named before all types are known: by GraphQL text or by a CLR member with its nullability.</summary>
internal sealed class TypeReference
{
    private readonly TypeNode? _syntax;
    private readonly NullabilityInfo? _member;

    private TypeReference(TypeNode? syntax, NullabilityInfo? member)
    {
        _syntax = syntax;
        _member = member;
    }

    public static TypeReference To(TypeNode syntax) => new(syntax, member: null);

    public static TypeReference To(PropertyInfo property) => new(syntax: null, new NullabilityInfoContext().Create(property));

    public static TypeReference To(ParameterInfo parameter) => new(syntax: null, new NullabilityInfoContext().Create(parameter));

    /// <summary>The type, given ways to find a named type by its name and by its CLR type; null when either finds nothing.</summary>
    public GraphQLType? Resolve(Func<string, NamedType?> byName, Func<Type, NamedType?> byRuntimeType) =>
        _syntax is not null ? Resolve(_syntax, byName) : Resolve(_member!, byRuntimeType);

    public override string ToString() => _syntax?.ToString() ?? _member!.Type.ToString();

    private static GraphQLType? Resolve(TypeNode syntax, Func<string, NamedType?> byName) => syntax switch
    {
        NamedTypeNode named => byName(named.Name),
        ListTypeNode list => Resolve(list.Type, byName) is { } item ? new ListType(item) : null,
        NonNullTypeNode nonNull => Resolve(nonNull.Type, byName) is { } type ? new NonNullType(type) : null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static GraphQLType? Resolve(NullabilityInfo member, Func<Type, NamedType?> byRuntimeType)
    {
        var underlying = Nullable.GetUnderlyingType(member.Type);
        var runtimeType = underlying ?? member.Type;
        var item = member.ElementType ?? (IsList(runtimeType) ? member.GenericTypeArguments[0] : null);
        GraphQLType? type = item is null ? byRuntimeType(runtimeType) : Resolve(item, byRuntimeType) is { } itemType ? new ListType(itemType) : null;
        var isNullable = underlying is not null || (!runtimeType.IsValueType && member.ReadState != NullabilityState.NotNull);
        return type is null || isNullable ? type : new NonNullType(type);
    }

    private static bool IsList(Type type) =>
        type is { IsGenericType: true, GenericTypeArguments.Length: 1 } && type.IsAssignableTo(typeof(System.Collections.IEnumerable));
}
