namespace CallCenter.GraphQL.Language;

/// <summary>An input value literal or a variable (specification 2.9).</summary>
public abstract record ValueNode : SyntaxNode;

/// <summary><c>$name</c>; the name has no dollar sign.</summary>
public sealed record VariableNode(string Name) : ValueNode;

/// <summary>An integer of any size, as written.</summary>
public sealed record IntValueNode(string Value) : ValueNode;

/// <summary>A number with a fraction or an exponent, as written.</summary>
public sealed record FloatValueNode(string Value) : ValueNode;

/// <summary>A string, unescaped.</summary>
/// <param name="Value">The characters it stands for.</param>
/// <param name="IsBlock">Whether it was written between triple quotes.</param>
public sealed record StringValueNode(string Value, bool IsBlock = false) : ValueNode;

public sealed record BooleanValueNode(bool Value) : ValueNode;

public sealed record NullValueNode : ValueNode;

public sealed record EnumValueNode(string Value) : ValueNode;

public sealed record ListValueNode(SyntaxList<ValueNode> Items) : ValueNode;

public sealed record ObjectValueNode(SyntaxList<ObjectFieldNode> Fields) : ValueNode;

public sealed record ObjectFieldNode(NameNode Name, ValueNode Value) : SyntaxNode;
