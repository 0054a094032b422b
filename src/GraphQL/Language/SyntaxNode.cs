namespace CallCenter.GraphQL.Language;

/// <summary>
/// A node of a document. Two nodes are equal when they mean the same text, wherever they stand: <see cref="Location"/> takes no part.
/// Where a node's identity matters (a cache keyed by node), compare references.
/// </summary>
public abstract record SyntaxNode
{
    /// <summary>Where the node begins; the default for nodes that were not parsed.</summary>
    public Location Location { get; init; }

    public virtual bool Equals(SyntaxNode? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>The node as GraphQL text.</summary>
    public sealed override string ToString() => SyntaxPrinter.Print(this);
}

/// <summary>A name in its place.</summary>
public sealed record NameNode(string Value) : SyntaxNode;

/// <summary>A document: operations, fragments, type system definitions and extensions.</summary>
public sealed record DocumentNode(SyntaxList<DefinitionNode> Definitions) : SyntaxNode;

/// <summary>Anything that stands at the top of a document.</summary>
public abstract record DefinitionNode : SyntaxNode;
