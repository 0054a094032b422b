using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types.Building;

/// <summary>Everything declared so far, in declaration order.</summary>
internal sealed class SchemaConfiguration
{
    public string? Description { get; set; }

    public Dictionary<OperationType, string> RootTypes { get; } = [];

    /// <summary>Whether an SDL text named the root types.</summary>
    public bool HasSchemaDefinition { get; set; }

    public List<TypeConfiguration> Types { get; } = [];

    /// <summary>Parts to be added to types of the same name, wherever those are declared.</summary>
    public List<TypeConfiguration> Extensions { get; } = [];

    public List<DirectiveConfiguration> Directives { get; } = [.. BuiltInDirectives.All];

    public T Add<T>(T type)
        where T : TypeConfiguration
    {
        Types.Add(type);
        return type;
    }

    public T AddExtension<T>(T type)
        where T : TypeConfiguration
    {
        Extensions.Add(type);
        return type;
    }
}
