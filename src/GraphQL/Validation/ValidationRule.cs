using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation;

/// <summary>One rule of chapter 5. A new instance is made for each document; it sees every node of it in order.</summary>
internal abstract class ValidationRule(ValidationContext context)
{
    protected ValidationContext Context { get; } = context;

    /// <summary>Called before a node's children.</summary>
    public virtual void Enter(SyntaxNode node)
    {
    }

    /// <summary>Called after a node's children. On leaving the document <see cref="ValidationContext.Usages"/> is complete.</summary>
    public virtual void Leave(SyntaxNode node)
    {
    }
}
