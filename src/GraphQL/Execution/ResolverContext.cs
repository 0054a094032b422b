using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;
using CallCenter.GraphQL.Types.Building;

namespace CallCenter.GraphQL.Execution;

internal sealed class ResolverContext(OperationExecution execution, SelectedField selected, object? parent, ResponsePath? parentPath) : IResolverContext
{
    private ResponsePath? _path;

    public Schema Schema => execution.Schema;

    public ObjectField Field => selected.Field;

    public string ResponseName => selected.ResponseName;

    public ResponsePath Path => _path ??= ResponsePath.Field(parentPath, selected.ResponseName);

    public CancellationToken RequestAborted => execution.Cancellation;

    public IReadOnlyDictionary<string, object?> ContextData => execution.Request.ContextData;

    public T Parent<T>() => (T)parent!;

    public T ArgumentValue<T>(string name)
    {
        var definition = Field.FindArgument(name) ?? throw new ArgumentException($"Field {Field} has no argument \"{name}\".", nameof(name));
        try
        {
            return InputConverter<T>.Convert(selected.Arguments(execution.Variables).GetValueOrDefault(name));
        }
        catch (GraphQLException invalid)
        {
            throw new GraphQLException($"Argument \"{definition}\" has invalid value: {invalid.Message}", invalid.Code, invalid);
        }
    }

    public T Service<T>()
        where T : notnull =>
        execution.Request.Services?.GetService(typeof(T)) is T service
            ? service
            : throw new InvalidOperationException($"Field {Field} asks for service {typeof(T)}, which the request's services do not have.");

    public IDataLoader<TKey, TValue> DataLoader<TKey, TValue>(
        string name, Func<IReadOnlyList<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> fetch)
        where TKey : notnull =>
        execution.Batches.Loader(name, fetch);

    public bool IsSelected(string fieldName) =>
        execution.Fields.Selects(selected.Nodes.Select(node => node.SelectionSet).OfType<SelectionSetNode>(), fieldName);
}
