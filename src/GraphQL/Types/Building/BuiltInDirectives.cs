using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types.Building;

/// <summary>The directives every schema has (specification 3.13).</summary>
internal static class BuiltInDirectives
{
    public const string DefaultDeprecationReason = "No longer supported";

    private const string Sdl = """"
        "Directs the executor to include this field or fragment only when the `if` argument is true."
        directive @include("Included when true." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT

        "Directs the executor to skip this field or fragment when the `if` argument is true."
        directive @skip("Skipped when true." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT

        "Marks an element of a GraphQL schema as no longer supported."
        directive @deprecated(
          "Explains why this element was deprecated, usually also including a suggestion for how to access supported similar data. Formatted using the Markdown syntax, as specified by [CommonMark](https://commonmark.org/)."
          reason: String! = "No longer supported"
        ) on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE

        "Exposes a URL that specifies the behavior of this scalar."
        directive @specifiedBy("The URL that specifies the behavior of this scalar." url: String!) on SCALAR

        "Indicates exactly one field must be supplied and this field must not be `null`."
        directive @oneOf on INPUT_OBJECT
        """";

    public static IReadOnlyList<DirectiveConfiguration> All { get; } =
        [.. Parser.Parse(Sdl).Definitions.Cast<DirectiveDefinitionNode>().Select(DirectiveConfiguration.From)];

    public static bool IsBuiltIn(string name) => All.Any(directive => directive.Name == name);

    public static string? DeprecationReason(SyntaxList<DirectiveNode> directives) =>
        directives.FirstOrDefault(directive => directive.Name.Value == "deprecated") is { } deprecated
            ? TextArgument(deprecated, "reason") ?? DefaultDeprecationReason
            : null;

    public static string? SpecifiedByUrl(SyntaxList<DirectiveNode> directives) =>
        directives.FirstOrDefault(directive => directive.Name.Value == "specifiedBy") is { } specifiedBy ? TextArgument(specifiedBy, "url") : null;

    public static bool IsOneOf(SyntaxList<DirectiveNode> directives) => directives.Any(directive => directive.Name.Value == "oneOf");

    private static string? TextArgument(DirectiveNode directive, string name) =>
        (directive.Arguments.FirstOrDefault(argument => argument.Name.Value == name)?.Value as StringValueNode)?.Value;
}
