using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types.Building;

/// <summary>A named type as declared, in code or in SDL, before references between types are resolved.</summary>
internal abstract class TypeConfiguration(string name, Type? runtimeType)
{
    public string Name { get; } = name;

    /// <summary>The CLR type that stands for it; null when it was declared in SDL.</summary>
    public Type? RuntimeType { get; } = runtimeType;

    public string? Description { get; set; }
}

internal sealed class ScalarConfiguration(ScalarType type) : TypeConfiguration(type.Name, runtimeType: null)
{
    public ScalarType Type { get; } = type;
}

internal sealed class ComplexTypeConfiguration(string name, Type? runtimeType, bool isInterface) : TypeConfiguration(name, runtimeType)
{
    public bool IsInterface { get; } = isInterface;

    public List<string> Interfaces { get; } = [];

    public List<FieldConfiguration> Fields { get; } = [];

    public IReadOnlyList<string>? Roles { get; set; }

    public Func<object, string?>? ResolveType { get; set; }
}

internal sealed class UnionConfiguration(string name, Type? runtimeType) : TypeConfiguration(name, runtimeType)
{
    public List<string> Types { get; } = [];

    public Func<object, string?>? ResolveType { get; set; }
}

internal sealed class EnumConfiguration(string name, Type? runtimeType) : TypeConfiguration(name, runtimeType)
{
    public List<EnumValue> Values { get; } = [];
}

internal sealed class InputObjectConfiguration(string name, Type? runtimeType) : TypeConfiguration(name, runtimeType)
{
    public List<InputConfiguration> Fields { get; } = [];

    public bool IsOneOf { get; set; }
}

internal sealed class FieldConfiguration(string name, TypeReference type)
{
    public string Name { get; } = name;

    public TypeReference Type { get; } = type;

    public string? Description { get; set; }

    public string? DeprecationReason { get; set; }

    public List<InputConfiguration> Arguments { get; } = [];

    public IReadOnlyList<string>? Roles { get; set; }

    public Func<object?, object?>? PureResolver { get; set; }

    public Func<IResolverContext, ValueTask<object?>>? Resolver { get; set; }

    public Func<IResolverContext, IAsyncEnumerable<object?>>? Subscriber { get; set; }

    /// <summary>A field from its SDL, with whatever arguments, description and deprecation stand there.</summary>
    public static FieldConfiguration From(FieldDefinitionNode node)
    {
        var field = new FieldConfiguration(node.Name.Value, TypeReference.To(node.Type))
        {
            Description = node.Description?.Value,
            DeprecationReason = BuiltInDirectives.DeprecationReason(node.Directives),
        };
        field.Arguments.AddRange(node.Arguments.Select(InputConfiguration.From));
        return field;
    }
}

internal sealed record InputConfiguration(string Name, TypeReference Type, ValueNode? DefaultValue = null, string? Description = null, string? DeprecationReason = null)
{
    public static InputConfiguration From(InputValueDefinitionNode node) =>
        new(node.Name.Value, TypeReference.To(node.Type), node.DefaultValue, node.Description?.Value, BuiltInDirectives.DeprecationReason(node.Directives));
}

internal sealed record DirectiveConfiguration(
    string Name, IReadOnlyList<InputConfiguration> Arguments, IReadOnlyList<DirectiveLocation> Locations, bool IsRepeatable, string? Description)
{
    public static DirectiveConfiguration From(DirectiveDefinitionNode node) => new(
        node.Name.Value,
        [.. node.Arguments.Select(InputConfiguration.From)],
        [.. node.Locations.Select(location => DirectiveLocations.TryParse(location.Value, out var known) ? known : throw new System.Diagnostics.UnreachableException())],
        node.IsRepeatable,
        node.Description?.Value);
}
