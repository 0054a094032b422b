namespace CallCenter.GraphQL.Language;

/// <summary>A reference to a type (specification 2.11).</summary>
public abstract record TypeNode : SyntaxNode;

public sealed record NamedTypeNode(string Name) : TypeNode;

public sealed record ListTypeNode(TypeNode Type) : TypeNode;

/// <summary>A type that takes no null.</summary>
/// <param name="Type">A named or list type, never another non-null type.</param>
public sealed record NonNullTypeNode(TypeNode Type) : TypeNode;
