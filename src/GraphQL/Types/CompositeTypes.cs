using CallCenter.GraphQL.Execution;

namespace CallCenter.GraphQL.Types;

/// <summary>A type that has a selection set: object, interface or union.</summary>
public abstract class CompositeType(string name, string? description) : NamedType(name, description);

/// <summary>A type with fields: object or interface.</summary>
public abstract class ComplexType(string name, string? description) : CompositeType(name, description)
{
    /// <summary>The fields by name, in declaration order.</summary>
    public OrderedDictionary<string, ObjectField> Fields { get; } = new(StringComparer.Ordinal);

    /// <summary>The interfaces it says it implements, in declaration order.</summary>
    public IReadOnlyList<InterfaceType> Interfaces { get; internal set; } = [];
}

/// <summary>An object type, declared over a CLR type.</summary>
public sealed class ObjectType(string name, string? description, Type runtimeType) : ComplexType(name, description)
{
    /// <summary>The CLR type of the values behind it.</summary>
    public Type RuntimeType { get; } = runtimeType;
}

/// <summary>An interface type.</summary>
public sealed class InterfaceType(string name, string? description, Type runtimeType) : ComplexType(name, description)
{
    /// <summary>The CLR type of the values behind it.</summary>
    public Type RuntimeType { get; } = runtimeType;

    internal Func<object, string?>? ResolveType { get; set; }
}

/// <summary>A union of object types.</summary>
public sealed class UnionType(string name, string? description) : CompositeType(name, description)
{
    /// <summary>The member types in declaration order.</summary>
    public IReadOnlyList<ObjectType> Types { get; internal set; } = [];

    internal Func<object, string?>? ResolveType { get; set; }
}

/// <summary>A field of an object or interface type.</summary>
public sealed class ObjectField
{
    internal ObjectField(string declaringType, string name, GraphQLType type, IReadOnlyList<InputField> arguments)
    {
        Name = name;
        Type = type;
        Arguments = arguments;
        Coordinate = $"{declaringType}.{name}";
    }

    public string Name { get; }

    public string? Description { get; internal init; }

    public GraphQLType Type { get; }

    /// <summary>The arguments in declaration order.</summary>
    public IReadOnlyList<InputField> Arguments { get; }

    /// <summary>Why it should not be used any more; null when it may.</summary>
    public string? DeprecationReason { get; internal init; }

    /// <summary>Role lists of which the caller must satisfy each: the type's and the field's own. An empty list means "signed in".</summary>
    public IReadOnlyList<IReadOnlyList<string>> Authorizations { get; internal init; } = [];

    /// <summary>The field's schema coordinate, <c>Type.field</c>.</summary>
    public string Coordinate { get; }

    /// <summary>Reads the value off the parent; set for fields that need no context.</summary>
    internal Func<object?, object?>? PureResolver { get; init; }

    /// <summary>Resolves the value; set when <see cref="PureResolver"/> is not.</summary>
    internal Func<IResolverContext, ValueTask<object?>>? Resolver { get; init; }

    /// <summary>The events behind a field of the subscription type.</summary>
    internal Func<IResolverContext, IAsyncEnumerable<object?>>? Subscriber { get; init; }

    internal InputField? FindArgument(string name)
    {
        foreach (var argument in Arguments)
        {
            if (argument.Name == name)
            {
                return argument;
            }
        }

        return null;
    }

    public override string ToString() => Coordinate;
}
