namespace CallCenter.GraphQL.Language;

/// <summary>What an operation does.</summary>
public enum OperationType
{
    Query,
    Mutation,
    Subscription,
}

/// <summary>Anything that directives can stand on in an executable document.</summary>
public interface IHasDirectives
{
    SyntaxList<DirectiveNode> Directives { get; }
}

/// <summary>An operation or a fragment.</summary>
public abstract record ExecutableDefinitionNode(
    StringValueNode? Description, SyntaxList<DirectiveNode> Directives, SelectionSetNode SelectionSet) : DefinitionNode, IHasDirectives;

/// <summary>A query, mutation or subscription; <paramref name="Name"/> is null for an anonymous one.</summary>
public sealed record OperationDefinitionNode(
    OperationType Operation,
    NameNode? Name,
    SyntaxList<VariableDefinitionNode> VariableDefinitions,
    SyntaxList<DirectiveNode> Directives,
    SelectionSetNode SelectionSet,
    StringValueNode? Description = null) : ExecutableDefinitionNode(Description, Directives, SelectionSet);

public sealed record FragmentDefinitionNode(
    NameNode Name,
    NamedTypeNode TypeCondition,
    SyntaxList<DirectiveNode> Directives,
    SelectionSetNode SelectionSet,
    StringValueNode? Description = null) : ExecutableDefinitionNode(Description, Directives, SelectionSet);

public sealed record VariableDefinitionNode(
    VariableNode Variable,
    TypeNode Type,
    ValueNode? DefaultValue,
    SyntaxList<DirectiveNode> Directives,
    StringValueNode? Description = null) : SyntaxNode, IHasDirectives;

public sealed record SelectionSetNode(SyntaxList<SelectionNode> Selections) : SyntaxNode;

/// <summary>A field, a fragment spread or an inline fragment.</summary>
public abstract record SelectionNode(SyntaxList<DirectiveNode> Directives) : SyntaxNode, IHasDirectives;

public sealed record FieldNode(
    NameNode? Alias,
    NameNode Name,
    SyntaxList<ArgumentNode> Arguments,
    SyntaxList<DirectiveNode> Directives,
    SelectionSetNode? SelectionSet) : SelectionNode(Directives)
{
    /// <summary>The key of the field in the response: its alias, else its name.</summary>
    public string ResponseName => (Alias ?? Name).Value;
}

public sealed record FragmentSpreadNode(NameNode Name, SyntaxList<DirectiveNode> Directives) : SelectionNode(Directives);

public sealed record InlineFragmentNode(
    NamedTypeNode? TypeCondition, SyntaxList<DirectiveNode> Directives, SelectionSetNode SelectionSet) : SelectionNode(Directives);

public sealed record ArgumentNode(NameNode Name, ValueNode Value) : SyntaxNode;

public sealed record DirectiveNode(NameNode Name, SyntaxList<ArgumentNode> Arguments) : SyntaxNode;
