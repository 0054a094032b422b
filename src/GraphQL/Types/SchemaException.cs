namespace CallCenter.GraphQL.Types;

/// <summary>A schema that breaks rules of the type system (specification 3): all of its errors at once.</summary>
public sealed class SchemaException(IReadOnlyList<string> errors) : Exception($"The schema is not valid:\n{string.Join('\n', errors)}")
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
