using System.Collections;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Execution;

/// <summary>
/// Executes one operation (specification 6.2 to 6.4). Runs on its <see cref="ExecutionLoop"/>, one step at a time, so its state needs no locks.
/// Values on their way up are either complete or <see cref="Propagated"/>, the null that its position cannot hold.
/// </summary>
internal sealed class OperationExecution(
    Schema schema,
    OperationRequest request,
    IReadOnlyDictionary<string, object?> variables,
    IReadOnlyDictionary<string, FragmentDefinitionNode> fragments,
    Action<GraphQLError> report,
    CancellationToken cancellation)
{
    private static readonly object Propagated = new();

    public Schema Schema { get; } = schema;

    public OperationRequest Request { get; } = request;

    public IReadOnlyDictionary<string, object?> Variables { get; } = variables;

    public FieldCollector Fields { get; } = new(schema, fragments, variables);

    public BatchScheduler Batches { get; } = new(cancellation);

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>The events of a subscription (specification 6.2.3.1, CreateSourceEventStream); null after an error.</summary>
    public IAsyncEnumerable<object?>? Subscribe(OperationDefinitionNode operation)
    {
        if (CollectRoot(Schema.SubscriptionType!, operation) is not [var field, ..])
        {
            return null;
        }

        try
        {
            Authorize(field.Field);
            field.Arguments(Variables);
            var subscriber = field.Field.Subscriber ?? throw new InvalidOperationException($"Field {field.Field} has no subscriber.");
            return subscriber(new ResolverContext(this, field, parent: null, parentPath: null));
        }
        catch (Exception failure)
        {
            Fail(field.Field.Type, field, ResponsePath.Field(parent: null, field.ResponseName), failure);
            return null;
        }
    }

    /// <summary>The data of the operation; null when an error propagated up to the root.</summary>
    public Task<ResultMap?> ExecuteAsync(OperationDefinitionNode operation, object? root) => Batches.Loop.Run(async () =>
    {
        var type = Schema.RootType(operation.Operation)!;
        if (CollectRoot(type, operation) is not { } fields)
        {
            return null;
        }

        var data = operation.Operation == OperationType.Mutation
            ? await ExecuteSerially(type, root, fields)
            : await ExecuteFields(type, root, fields, path: null);
        Cancellation.ThrowIfCancellationRequested();
        return data as ResultMap;
    });

    /// <summary>The root fields; null after an error, when a variable brings a null into the condition of a directive.</summary>
    private IReadOnlyList<SelectedField>? CollectRoot(ObjectType type, OperationDefinitionNode operation)
    {
        try
        {
            return Fields.Collect(type, [operation.SelectionSet]);
        }
        catch (GraphQLException invalid)
        {
            report(new GraphQLError(invalid.Message, invalid.Code) { Locations = [operation.Location], Exception = invalid });
            return null;
        }
    }

    private async Task<object> ExecuteSerially(ObjectType type, object? root, IReadOnlyList<SelectedField> fields)
    {
        var map = new ResultMap(fields);
        for (var i = 0; i < fields.Count; i++)
        {
            Cancellation.ThrowIfCancellationRequested();
            Batches.Clear();
            var value = await ExecuteField(type, root, fields[i], parentPath: null);
            if (value == Propagated)
            {
                return Propagated;
            }

            map.Set(i, value);
        }

        return map;
    }

    private ValueTask<object?> ExecuteFields(ObjectType type, object? parent, IReadOnlyList<SelectedField> fields, ResponsePath? path)
    {
        var map = new ResultMap(fields);
        List<(int Index, ValueTask<object?> Value)>? pending = null;
        var isPropagated = false;
        for (var i = 0; i < fields.Count; i++)
        {
            var value = ExecuteField(type, parent, fields[i], path);
            if (!value.IsCompletedSuccessfully)
            {
                (pending ??= []).Add((i, value));
                continue;
            }

            isPropagated |= value.Result == Propagated;
            map.Set(i, value.Result);
        }

        return pending is not null ? AwaitAll(pending, isPropagated, map.Set, map) : new ValueTask<object?>(isPropagated ? Propagated : map);
    }

    private ValueTask<object?> ExecuteField(ObjectType parentType, object? parent, SelectedField field, ResponsePath? parentPath)
    {
        if (field.Field == Schema.MetaFields.TypeName)
        {
            return new ValueTask<object?>(parentType.Name);
        }

        ValueTask<object?> resolved;
        try
        {
            Authorize(field.Field);
            if (field.Field.PureResolver is { } pure)
            {
                resolved = new ValueTask<object?>(pure(parent));
            }
            else
            {
                field.Arguments(Variables);
                resolved = field.Field.Resolver!(new ResolverContext(this, field, parent, parentPath));
            }

            if (resolved.IsCompletedSuccessfully)
            {
                return Complete(field.Field.Type, field, ResponsePath.Field(parentPath, field.ResponseName), resolved.Result);
            }
        }
        catch (Exception failure)
        {
            return new ValueTask<object?>(Fail(field.Field.Type, field, ResponsePath.Field(parentPath, field.ResponseName), failure));
        }

        return Await(resolved, field, ResponsePath.Field(parentPath, field.ResponseName));
    }

    private async ValueTask<object?> Await(ValueTask<object?> resolving, SelectedField field, ResponsePath path)
    {
        object? value;
        try
        {
            value = await resolving;
        }
        catch (Exception failure)
        {
            return Fail(field.Field.Type, field, path, failure);
        }

        return await Complete(field.Field.Type, field, path, value);
    }

    private void Authorize(ObjectField field)
    {
        foreach (var roles in field.Authorizations)
        {
            switch (Request.Authorization?.Authorize(roles) ?? AuthorizeResult.NotAuthenticated)
            {
                case AuthorizeResult.NotAuthenticated:
                    throw new GraphQLException("Sign in to use this field.", ErrorCodes.Unauthenticated);
                case AuthorizeResult.NotAllowed:
                    throw new GraphQLException("Your roles do not allow this field.", ErrorCodes.Forbidden);
            }
        }
    }

    /// <summary>CompleteValue for one position: whatever goes wrong below ends here, as null or as propagation.</summary>
    private ValueTask<object?> Complete(GraphQLType type, SelectedField field, ResponsePath path, object? value)
    {
        try
        {
            if (value is null)
            {
                return type.IsNonNull
                    ? throw new GraphQLException($"Cannot return null for non-nullable field {field.Field.Coordinate}.", ErrorCodes.Internal)
                    : default;
            }

            return type.Nullable switch
            {
                ScalarType scalar => new ValueTask<object?>(scalar.Serialize(value)),
                EnumType enumeration => new ValueTask<object?>(enumeration.Serialize(value)),
                ListType list => Settle(type, CompleteList(list, field, path, value)),
                CompositeType composite => Settle(type, CompleteObject(composite, field, path, value)),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (Exception failure)
        {
            return new ValueTask<object?>(Fail(type, field, path, failure));
        }
    }

    private ValueTask<object?> CompleteList(ListType type, SelectedField field, ResponsePath path, object value)
    {
        if (value is not IEnumerable items || value is string or IReadOnlyDictionary<string, object?>)
        {
            throw new InvalidOperationException($"Expected a list for field \"{field.Field}\", but its resolver gave {value.GetType()}.");
        }

        // Read to its end first: a sequence that fails half-way must not leave items behind that are still being completed.
        object?[] source = [.. items.Cast<object?>()];
        var results = new List<object?>(source.Length);
        List<(int Index, ValueTask<object?> Value)>? pending = null;
        var isPropagated = false;
        foreach (var item in source)
        {
            var completed = Complete(type.ItemType, field, ResponsePath.Item(path, results.Count), item);
            if (completed.IsCompletedSuccessfully)
            {
                isPropagated |= completed.Result == Propagated;
                results.Add(completed.Result);
            }
            else
            {
                (pending ??= []).Add((results.Count, completed));
                results.Add(null);
            }
        }

        return pending is not null
            ? AwaitAll(pending, isPropagated, (index, item) => results[index] = item, results)
            : new ValueTask<object?>(isPropagated ? Propagated : results);
    }

    private ValueTask<object?> CompleteObject(CompositeType type, SelectedField field, ResponsePath path, object value)
    {
        var objectType = type as ObjectType ?? ResolveAbstractType(type, field, value);
        return ExecuteFields(objectType, value, field.Subfields(objectType, Fields), path);
    }

    private ObjectType ResolveAbstractType(CompositeType type, SelectedField field, object value)
    {
        var name = type switch
        {
            InterfaceType { ResolveType: { } resolve } => resolve(value),
            UnionType { ResolveType: { } resolve } => resolve(value),
            _ => null,
        };
        var found = name is null ? Schema.FindObjectType(type, value.GetType()) : Schema.FindType(name) as ObjectType;
        return found is not null && Schema.IsSubtype(found, type)
            ? found
            : throw new InvalidOperationException($"Abstract type \"{type}\" must resolve to one of its object types for field \"{field.Field}\"; got {name ?? value.GetType().ToString()}.");
    }

    /// <summary>Stops a propagating null at a position that can hold it.</summary>
    private static ValueTask<object?> Settle(GraphQLType type, ValueTask<object?> completing)
    {
        if (type.IsNonNull)
        {
            return completing;
        }

        return completing.IsCompletedSuccessfully ? new ValueTask<object?>(Stop(completing.Result)) : Await(completing);

        static async ValueTask<object?> Await(ValueTask<object?> completing) => Stop(await completing);

        static object? Stop(object? value) => value == Propagated ? null : value;
    }

    /// <summary>Waits for all, so that nothing of a request runs on when its result is sent and every error is in it.</summary>
    private static async ValueTask<object?> AwaitAll(List<(int Index, ValueTask<object?> Value)> pending, bool isPropagated, Action<int, object?> set, object result)
    {
        foreach (var (index, value) in pending)
        {
            var completed = await value;
            isPropagated |= completed == Propagated;
            set(index, completed);
        }

        return isPropagated ? Propagated : result;
    }

    private object? Fail(GraphQLType type, SelectedField field, ResponsePath path, Exception failure)
    {
        // A request that is being aborted ends with that; its fields' failures are no news.
        if (!Cancellation.IsCancellationRequested)
        {
            var error = failure is GraphQLException known
                ? new GraphQLError(known.Message, known.Code)
                : new GraphQLError("Internal server error", ErrorCodes.Internal);
            report(error with { Path = path, Locations = field.Locations, Exception = failure });
        }

        return type.IsNonNull ? Propagated : null;
    }
}
