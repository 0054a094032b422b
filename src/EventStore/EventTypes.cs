using System.Text.Json;

namespace CallCenter.EventStore;

/// <summary>The event types that may be appended and read, each under the name that Marten would give it. Filled once at start, before the store is used.</summary>
/// <remarks>
/// A stored event never changes. Where a shape did, the old name gets an upcaster, and whoever reads gets the new shape: states, projections, their filters.
/// Upcasters form chains: what one gives is what the next one takes.
/// </remarks>
public sealed class EventTypes
{
    private readonly Dictionary<string, StoredShape> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, Names> _byType = [];
    private readonly Dictionary<string, PersonalShape> _personal = new(StringComparer.Ordinal);

    /// <summary>Registers <typeparamref name="T"/> under Marten's name for it (<c>CallQueued</c> is <c>call_queued</c>).</summary>
    /// <exception cref="ArgumentException">Another type has that name.</exception>
    public EventTypes Add<T>()
        where T : notnull => Add(typeof(T));

    /// <inheritdoc cref="Add{T}"/>
    public EventTypes Add(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var names = new Names(MartenNames.EventType(type), MartenNames.DotNetType(type));
        if (_byName.TryGetValue(names.Alias, out var taken) && taken.Gives != type)
        {
            throw new ArgumentException(
                taken.Reads == type
                    ? $"Event type {type.FullName} is upcast to {taken.Gives.FullName}: append that one."
                    : $"Event types {taken.Gives.FullName} and {type.FullName} share the name '{names.Alias}'.",
                nameof(type));
        }

        _byName.TryAdd(names.Alias, StoredShape.Of(type));
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

    /// <summary>Reads events stored under <typeparamref name="TOld"/>'s name as <typeparamref name="TNew"/>. The old type may be read no other way and not be appended any more.</summary>
    /// <exception cref="ArgumentException">The name is upcast already, or the chain of upcasters would have no end.</exception>
    public EventTypes Upcast<TOld, TNew>(Func<TOld, TNew> upcast)
        where TOld : notnull
        where TNew : notnull => Upcast(MartenNames.EventType(typeof(TOld)), upcast);

    /// <summary>Reads events stored under a name as <typeparamref name="TOld"/>, and gives them as <typeparamref name="TNew"/>.</summary>
    /// <param name="eventTypeName">The stored name (<c>mt_events.type</c>).</param>
    /// <param name="upcast">Pure: it runs whenever such an event is read.</param>
    /// <inheritdoc cref="Upcast{TOld, TNew}(Func{TOld, TNew})" path="/exception"/>
    public EventTypes Upcast<TOld, TNew>(string eventTypeName, Func<TOld, TNew> upcast)
        where TOld : notnull
        where TNew : notnull => Upcast(eventTypeName, StoredShape.Upcast(upcast));

    /// <summary>Reads events stored under a name from their JSON, where no old type is kept. It may be the name of <typeparamref name="TNew"/> itself, when its shape changed in place.</summary>
    /// <inheritdoc cref="Upcast{TOld, TNew}(string, Func{TOld, TNew})"/>
    public EventTypes Upcast<TNew>(string eventTypeName, Func<JsonElement, TNew> upcast)
        where TNew : notnull => Upcast(eventTypeName, StoredShape.Upcast(upcast));

    /// <summary>The registered names of <paramref name="types"/>, and the old names of events that are read as one of them.</summary>
    /// <exception cref="UnknownEventTypeException">One of them is not registered.</exception>
    public IReadOnlyList<string> NamesOf(IEnumerable<Type> types) => [.. types.SelectMany(type => StoredNamesOf(type)).Distinct(StringComparer.Ordinal)];

    internal Names NamesOf(Type type) => _byType.TryGetValue(type, out var names) ? names : throw new UnknownEventTypeException(type);

    /// <summary>The names of the types that have personal members.</summary>
    internal IReadOnlyCollection<string> PersonalNames => _personal.Keys;

    internal PersonalShape? PersonalOf(string name) => _personal.GetValueOrDefault(name);

    internal PersonalShape? PersonalOf(Type type) => _personal.Count > 0 && _byType.TryGetValue(type, out var names) ? PersonalOf(names.Alias) : null;

    internal object Read(StoredEvent stored, ReadOnlySpan<byte> json)
    {
        try
        {
            if (Read(stored.Type, json) is { } data)
            {
                return data;
            }
        }
        catch (Exception exception)
        {
            throw new UnreadableEventException(stored, exception);
        }

        throw new UnknownEventTypeException(stored);
    }

    /// <summary>An event's contents; null when nobody registered its type. Whatever goes wrong inside an upcaster passes through.</summary>
    internal object? Read(string name, ReadOnlySpan<byte> json)
    {
        if (!_byName.TryGetValue(name, out var shape))
        {
            return null;
        }

        var data = shape.Read(json);
        while (Next(shape) is { } next)
        {
            data = next.Convert(data);
            shape = next;
        }

        return data;
    }

    private EventTypes Upcast(string name, StoredShape shape)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var own = MartenNames.EventType(shape.Gives);
        if (_byName.TryGetValue(name, out var taken) && (taken.IsUpcast || (taken.Gives != shape.Reads && taken.Gives != shape.Gives)))
        {
            throw new ArgumentException($"Events stored as '{name}' are read as {taken.Gives.FullName} already.", nameof(name));
        }

        if (shape.Reads is not null && string.Equals(own, name, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"Events stored as '{name}' may have the shape of {shape.Reads.FullName} or of {shape.Gives.FullName}, which has that name: tell them apart by their JSON.", nameof(name));
        }

        if (shape.Reads is { } old)
        {
            _byType.Remove(old);
        }

        _byName[name] = shape;
        if (!_byName.TryGetValue(own, out var given) || (given.Gives == shape.Gives && !_byType.ContainsKey(shape.Gives)))
        {
            Add(shape.Gives);
        }

        for (var (next, steps) = (Next(shape), 0); next is not null; next = Next(next))
        {
            if (next == shape || ++steps > _byName.Count)
            {
                throw new ArgumentException($"Upcasting events stored as '{name}' to {shape.Gives.FullName} comes back to where it began.", nameof(name));
            }
        }

        return this;
    }

    private IEnumerable<string> StoredNamesOf(Type type)
    {
        yield return NamesOf(type).Alias;
        foreach (var (name, shape) in _byName)
        {
            if (shape.IsUpcast && Last(shape).Gives == type)
            {
                yield return name;
            }
        }
    }

    // What a shape gives may be an old shape itself, with an upcaster under its own name.
    private StoredShape? Next(StoredShape shape) =>
        shape.IsUpcast && _byName.GetValueOrDefault(shape.GivesName) is { IsUpcast: true } next && next.Reads == shape.Gives ? next : null;

    private StoredShape Last(StoredShape shape)
    {
        while (Next(shape) is { } next)
        {
            shape = next;
        }

        return shape;
    }

    internal readonly record struct Names(string Alias, string DotNetType);
}
