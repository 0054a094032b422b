using System.Text.Json;

namespace CallCenter.EventStore;

/// <summary>The event types that may be appended and read, each under the name that Marten would give it. Filled once at start, before the store is used.</summary>
public sealed class EventTypes
{
    private readonly Dictionary<string, Type> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, Names> _byType = [];
    private readonly Dictionary<string, PersonalShape> _personal = new(StringComparer.Ordinal);

    /// <summary>The registered types by name.</summary>
    public IReadOnlyDictionary<string, Type> Registered => _byName;

    /// <summary>Registers <typeparamref name="T"/> under Marten's name for it (<c>CallQueued</c> is <c>call_queued</c>).</summary>
    /// <exception cref="ArgumentException">Another type has that name.</exception>
    public EventTypes Add<T>()
        where T : notnull => Add(typeof(T));

    /// <inheritdoc cref="Add{T}"/>
    public EventTypes Add(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var names = new Names(MartenNames.EventType(type), MartenNames.DotNetType(type));
        if (!_byName.TryAdd(names.Alias, type) && _byName[names.Alias] != type)
        {
            throw new ArgumentException($"Event types {_byName[names.Alias].FullName} and {type.FullName} share the name '{names.Alias}'.", nameof(type));
        }

        _byType[type] = names;
        return this;
    }

    /// <summary>Registers a type and says which of its texts are kept under the key of the person whom they are about.</summary>
    /// <exception cref="ArgumentException">Another type has its name, or a member is not a public text of it.</exception>
    public EventTypes Add(Type type, IReadOnlyList<PersonalMember> personal)
    {
        Add(type);
        if (personal.Count > 0)
        {
            _personal[NamesOf(type).Alias] = new PersonalShape(type, personal);
        }

        return this;
    }

    /// <summary>The registered names of <paramref name="types"/>.</summary>
    /// <exception cref="UnknownEventTypeException">One of them is not registered.</exception>
    public IReadOnlyList<string> NamesOf(IEnumerable<Type> types) => [.. types.Select(type => NamesOf(type).Alias)];

    internal Names NamesOf(Type type) => _byType.TryGetValue(type, out var names) ? names : throw new UnknownEventTypeException(type);

    /// <summary>The names of the types that have personal members.</summary>
    internal IReadOnlyCollection<string> PersonalNames => _personal.Keys;

    internal PersonalShape? PersonalOf(string name) => _personal.GetValueOrDefault(name);

    internal PersonalShape? PersonalOf(Type type) => _personal.Count > 0 && _byType.TryGetValue(type, out var names) ? PersonalOf(names.Alias) : null;

    internal object Read(StoredEvent stored, ReadOnlySpan<byte> json)
    {
        if (!_byName.TryGetValue(stored.Type, out var type))
        {
            throw new UnknownEventTypeException(stored);
        }

        try
        {
            return JsonSerializer.Deserialize(json, type, EventJson.Options) ?? throw new UnreadableEventException(stored, innerException: null);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new UnreadableEventException(stored, exception);
        }
    }

    internal readonly record struct Names(string Alias, string DotNetType);
}
