using System.Collections.Frozen;

namespace CallCenter.GraphQL.Language;

/// <summary>Where a directive may stand (specification 3.13).</summary>
public enum DirectiveLocation
{
    Query,
    Mutation,
    Subscription,
    Field,
    FragmentDefinition,
    FragmentSpread,
    InlineFragment,
    VariableDefinition,
    Schema,
    Scalar,
    Object,
    FieldDefinition,
    ArgumentDefinition,
    Interface,
    Union,
    Enum,
    EnumValue,
    InputObject,
    InputFieldDefinition,
}

internal static class DirectiveLocations
{
    private static readonly FrozenDictionary<string, DirectiveLocation> ByName =
        Enum.GetValues<DirectiveLocation>().ToFrozenDictionary(ToName, StringComparer.Ordinal);

    public static bool TryParse(string name, out DirectiveLocation location) => ByName.TryGetValue(name, out location);

    /// <summary>The location as GraphQL writes it: <c>FRAGMENT_SPREAD</c>.</summary>
    public static string ToName(DirectiveLocation location) => ScreamingSnakeCase.From(location.ToString());
}
