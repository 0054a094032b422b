using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types;

/// <summary>A directive that documents may use (specification 3.13).</summary>
public sealed class DirectiveType
{
    internal DirectiveType(string name, IReadOnlyList<InputField> arguments, IReadOnlyList<DirectiveLocation> locations)
    {
        Name = name;
        Arguments = arguments;
        Locations = locations;
    }

    /// <summary>The name without <c>@</c>.</summary>
    public string Name { get; }

    public string? Description { get; internal init; }

    public IReadOnlyList<InputField> Arguments { get; }

    public IReadOnlyList<DirectiveLocation> Locations { get; }

    /// <summary>Whether it may stand several times at one place.</summary>
    public bool IsRepeatable { get; internal init; }

    public override string ToString() => $"@{Name}";
}
