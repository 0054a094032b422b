using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Execution;

/// <summary>What a resolver knows about the field it resolves and the request it belongs to.</summary>
public interface IResolverContext
{
    Schema Schema { get; }

    /// <summary>The field being resolved.</summary>
    ObjectField Field { get; }

    /// <summary>The response name: the alias, else the field's name.</summary>
    string ResponseName { get; }

    /// <summary>Where in the response the field stands.</summary>
    ResponsePath Path { get; }

    /// <summary>Ends when the client has left or the request has taken too long.</summary>
    CancellationToken RequestAborted { get; }

    /// <summary>What the host has put there for this request.</summary>
    IReadOnlyDictionary<string, object?> ContextData { get; }

    /// <summary>The object the field stands on.</summary>
    T Parent<T>();

    /// <summary>
    /// The value of an argument, its default where the client gave none, null where there is neither. T may be what the scalar or enum gives
    /// (int, double, string, bool, <see cref="DateTimeOffset"/>, a CLR enum), the CLR type of an input object, a nullable of these, a list or array
    /// of these, or <see cref="Guid"/> and long for an ID.
    /// </summary>
    /// <exception cref="ArgumentException">The field has no such argument.</exception>
    /// <exception cref="GraphQLException">The client's text is no value of T: a malformed Guid.</exception>
    T ArgumentValue<T>(string name);

    /// <summary>A service of the request.</summary>
    /// <exception cref="InvalidOperationException">The host provides none.</exception>
    T Service<T>()
        where T : notnull;

    /// <summary>
    /// The request's data loader of a name, made on first use. All keys asked for while the executor has other fields to run go into one call of
    /// <paramref name="fetch"/>, and no key is fetched twice in a request (in a mutation: twice under one root field).
    /// </summary>
    /// <param name="name">The loader's name; each name must always come with the same types.</param>
    /// <param name="fetch">Gets distinct keys, gives values by key; a key without an entry loads as default. The first one given for a name is used.</param>
    IDataLoader<TKey, TValue> DataLoader<TKey, TValue>(string name, Func<IReadOnlyList<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> fetch)
        where TKey : notnull;

    /// <summary>Whether the client selects a field of this name below this field, at any alias and in any fragment: lets a resolver leave costly parts out.</summary>
    bool IsSelected(string fieldName);
}

/// <summary>Loads values by key in batches, once a request.</summary>
public interface IDataLoader<TKey, TValue>
    where TKey : notnull
{
    /// <summary>The value of a key; default where there is none.</summary>
    Task<TValue?> LoadAsync(TKey key);

    /// <summary>The values of keys, in their order.</summary>
    Task<IReadOnlyList<TValue?>> LoadAsync(IReadOnlyCollection<TKey> keys);
}
