using System.Collections.Concurrent;
using System.Collections.Frozen;
using CallCenter.GraphQL.Introspection;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types.Building;

namespace CallCenter.GraphQL.Types;

/// <summary>An immutable, valid schema. Made by <see cref="SchemaBuilder"/>.</summary>
public sealed class Schema
{
    private readonly FrozenDictionary<string, NamedType> _types;
    private readonly FrozenDictionary<string, DirectiveType> _directives;
    private readonly FrozenDictionary<NamedType, IReadOnlyList<ObjectType>> _possibleTypes;
    private readonly FrozenDictionary<ObjectType, FrozenSet<NamedType>> _superTypes;
    private readonly ConcurrentDictionary<(NamedType AbstractType, Type RuntimeType), ObjectType?> _byRuntimeType = new();

    internal Schema(
        string? description,
        OrderedDictionary<string, NamedType> types,
        IReadOnlyList<DirectiveType> directives,
        ObjectType? query,
        ObjectType? mutation,
        ObjectType? subscription)
    {
        Description = description;
        Types = [.. types.Values];
        Directives = directives;
        // A schema without a query type does not pass validation, so nobody sees the null.
        QueryType = query!;
        MutationType = mutation;
        SubscriptionType = subscription;
        _types = types.ToFrozenDictionary(StringComparer.Ordinal);
        _directives = directives.ToFrozenDictionary(directive => directive.Name, StringComparer.Ordinal);
        MetaFields = new MetaFields(types["__Schema"], types["__Type"], types["String"]);
        _possibleTypes = PossibleTypes();
        _superTypes = Types.OfType<ObjectType>().ToFrozenDictionary(
            type => type,
            type => _possibleTypes.Where(entry => entry.Value.Contains(type)).Select(entry => entry.Key).ToFrozenSet());
    }

    public string? Description { get; }

    internal MetaFields MetaFields { get; }

    /// <summary>All named types in declaration order, those of introspection included.</summary>
    public IReadOnlyList<NamedType> Types { get; }

    public IReadOnlyList<DirectiveType> Directives { get; }

    public ObjectType QueryType { get; }

    public ObjectType? MutationType { get; }

    public ObjectType? SubscriptionType { get; }

    /// <summary>The type of a name; null when there is none.</summary>
    public NamedType? FindType(string name) => _types.GetValueOrDefault(name);

    public DirectiveType? FindDirective(string name) => _directives.GetValueOrDefault(name);

    public ObjectType? RootType(OperationType operation) => operation switch
    {
        OperationType.Query => QueryType,
        OperationType.Mutation => MutationType,
        _ => SubscriptionType,
    };

    /// <summary>The object types a value of a composite type can have, in declaration order.</summary>
    public IReadOnlyList<ObjectType> GetPossibleTypes(CompositeType type) => type is ObjectType only ? [only] : _possibleTypes.GetValueOrDefault(type, []);

    /// <summary>Writes the schema as SDL; introspection and what every schema has is left out.</summary>
    /// <param name="isSorted">Whether types, fields, arguments and values are in alphabetical instead of declaration order.</param>
    public string Print(bool isSorted = false) => SchemaPrinter.ToDocument(this, isSorted).ToString() + "\n";

    /// <summary>The SDL in declaration order.</summary>
    public override string ToString() => Print();

    /// <summary>The type a reference of a document means; null when it names none.</summary>
    internal GraphQLType? ResolveType(TypeNode reference) => TypeReference.To(reference).Resolve(FindType, _ => null);

    /// <summary>The field of a name on a type, introspection's meta fields included; null when there is none.</summary>
    internal ObjectField? FindField(CompositeType type, string name) =>
        (type as ComplexType)?.Fields.GetValueOrDefault(name) ?? MetaFields.Find(name, type == QueryType);

    /// <summary>Whether an object of the type is always one of the other (specification 5.8.5, 3.1).</summary>
    internal bool IsSubtype(GraphQLType type, GraphQLType of) => (type, of) switch
    {
        _ when type == of => true,
        (NonNullType sub, NonNullType super) => IsSubtype(sub.Type, super.Type),
        (NonNullType sub, _) => IsSubtype(sub.Type, of),
        (_, NonNullType) => false,
        (ListType sub, ListType super) => IsSubtype(sub.ItemType, super.ItemType),
        (ListType, _) or (_, ListType) => false,
        (ObjectType sub, NamedType super) => _superTypes[sub].Contains(super),
        (InterfaceType sub, InterfaceType super) => sub.Interfaces.Contains(super),
        _ => false,
    };

    internal bool Overlap(CompositeType one, CompositeType other) =>
        one == other || GetPossibleTypes(one).Any(type => type == other || (other is not ObjectType && _superTypes[type].Contains(other)));

    /// <summary>The object type among an abstract type's that was declared over the value's CLR type or over the nearest base of it.</summary>
    internal ObjectType? FindObjectType(CompositeType abstractType, Type runtimeType) => _byRuntimeType.GetOrAdd((abstractType, runtimeType), static (key, schema) =>
    {
        var candidates = schema.GetPossibleTypes((CompositeType)key.AbstractType);
        for (var type = key.RuntimeType; type is not null && type != typeof(object); type = type.BaseType)
        {
            if (candidates.FirstOrDefault(candidate => candidate.RuntimeType == type) is { } found)
            {
                return found;
            }
        }

        return candidates.FirstOrDefault(candidate => candidate.RuntimeType != typeof(object) && candidate.RuntimeType.IsAssignableFrom(key.RuntimeType));
    }, this);

    private FrozenDictionary<NamedType, IReadOnlyList<ObjectType>> PossibleTypes()
    {
        var possible = new Dictionary<NamedType, List<ObjectType>>();
        foreach (var union in Types.OfType<UnionType>())
        {
            possible[union] = [.. union.Types];
        }

        foreach (var iface in Types.OfType<InterfaceType>())
        {
            possible[iface] = [.. Types.OfType<ObjectType>().Where(type => type.Interfaces.Contains(iface))];
        }

        return possible.ToFrozenDictionary(entry => entry.Key, entry => (IReadOnlyList<ObjectType>)entry.Value);
    }
}
