using System.Runtime.CompilerServices;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types.Building;

namespace CallCenter.GraphQL.Types;

/// <summary>Says how a field is resolved, documented and guarded. The parent is the object the field stands on.</summary>
/// <typeparam name="TParent">The CLR type behind the object type.</typeparam>
public sealed class FieldDescriptor<TParent>
{
    private readonly FieldConfiguration _field;

    internal FieldDescriptor(FieldConfiguration field) => _field = field;

    /// <summary>Documentation in Markdown.</summary>
    public FieldDescriptor<TParent> Description(string description)
    {
        _field.Description = description;
        return this;
    }

    /// <summary>Marks the field as one not to be used any more, and says what to use instead.</summary>
    public FieldDescriptor<TParent> Deprecated(string reason = BuiltInDirectives.DefaultDeprecationReason)
    {
        _field.DeprecationReason = reason;
        return this;
    }

    /// <summary>Only callers with one of these roles get the field; without a role named, whoever is signed in.</summary>
    public FieldDescriptor<TParent> Authorize(params string[] roles)
    {
        _field.Roles = roles;
        return this;
    }

    /// <summary>Resolves the field from the context alone.</summary>
    public FieldDescriptor<TParent> Resolve<TValue>(Func<IResolverContext, TValue> resolver) =>
        Use(context => new ValueTask<object?>(resolver(context)));

    /// <inheritdoc cref="Resolve{TValue}(Func{IResolverContext, TValue})"/>
    [OverloadResolutionPriority(1)]
    public FieldDescriptor<TParent> Resolve<TValue>(Func<IResolverContext, Task<TValue>> resolver) =>
        Use(context => Box(new ValueTask<TValue>(resolver(context))));

    /// <inheritdoc cref="Resolve{TValue}(Func{IResolverContext, TValue})"/>
    [OverloadResolutionPriority(2)]
    public FieldDescriptor<TParent> Resolve<TValue>(Func<IResolverContext, ValueTask<TValue>> resolver) =>
        Use(context => Box(resolver(context)));

    /// <summary>Resolves the field from its parent and the context.</summary>
    public FieldDescriptor<TParent> Resolve<TValue>(Func<TParent, IResolverContext, TValue> resolver) =>
        Use(context => new ValueTask<object?>(resolver(context.Parent<TParent>(), context)));

    /// <inheritdoc cref="Resolve{TValue}(Func{TParent, IResolverContext, TValue})"/>
    [OverloadResolutionPriority(1)]
    public FieldDescriptor<TParent> Resolve<TValue>(Func<TParent, IResolverContext, Task<TValue>> resolver) =>
        Use(context => Box(new ValueTask<TValue>(resolver(context.Parent<TParent>(), context))));

    /// <inheritdoc cref="Resolve{TValue}(Func{TParent, IResolverContext, TValue})"/>
    [OverloadResolutionPriority(2)]
    public FieldDescriptor<TParent> Resolve<TValue>(Func<TParent, IResolverContext, ValueTask<TValue>> resolver) =>
        Use(context => Box(resolver(context.Parent<TParent>(), context)));

    /// <summary>The events behind a field of the subscription type; each is the parent of one execution of the operation.</summary>
    public FieldDescriptor<TParent> Subscribe<TEvent>(Func<IResolverContext, IAsyncEnumerable<TEvent>> subscriber)
    {
        _field.Subscriber = context => Box(subscriber(context));
        if (_field.Resolver is null)
        {
            _field.PureResolver = parent => parent;
        }

        return this;
    }

    internal FieldDescriptor<TParent> ResolvePure<TValue>(Func<TParent, TValue> resolver)
    {
        _field.PureResolver = parent => resolver((TParent)parent!);
        return this;
    }

    private FieldDescriptor<TParent> Use(Func<IResolverContext, ValueTask<object?>> resolver)
    {
        _field.Resolver = resolver;
        _field.PureResolver = null;
        return this;
    }

    private static ValueTask<object?> Box<TValue>(ValueTask<TValue> value)
    {
        return value.IsCompletedSuccessfully ? new ValueTask<object?>(value.Result) : Await(value);

        static async ValueTask<object?> Await(ValueTask<TValue> value) => await value;
    }

    private static async IAsyncEnumerable<object?> Box<TEvent>(IAsyncEnumerable<TEvent> events)
    {
        await foreach (var item in events)
        {
            yield return item;
        }
    }
}
