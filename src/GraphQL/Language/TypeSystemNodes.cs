namespace CallCenter.GraphQL.Language;

/// <summary>A definition or extension of the schema (specification 3); never executable.</summary>
public abstract record TypeSystemNode(SyntaxList<DirectiveNode> Directives) : DefinitionNode, IHasDirectives;

/// <summary><c>schema { query: Query }</c></summary>
/// <param name="Directives">Directives on the schema.</param>
/// <param name="OperationTypes">Root types.</param>
/// <param name="Description">Documentation.</param>
/// <param name="IsExtension">Whether <c>extend</c> stands before it.</param>
public sealed record SchemaDefinitionNode(
    SyntaxList<DirectiveNode> Directives, SyntaxList<OperationTypeDefinitionNode> OperationTypes, StringValueNode? Description = null, bool IsExtension = false)
    : TypeSystemNode(Directives);

public sealed record OperationTypeDefinitionNode(OperationType Operation, NamedTypeNode Type) : SyntaxNode;

/// <summary>A definition of a named type, or an extension of one (<c>extend type Query ...</c>).</summary>
public abstract record TypeDefinitionNode(NameNode Name, SyntaxList<DirectiveNode> Directives, StringValueNode? Description, bool IsExtension)
    : TypeSystemNode(Directives);

public sealed record ScalarTypeDefinitionNode(
    NameNode Name, SyntaxList<DirectiveNode> Directives, StringValueNode? Description = null, bool IsExtension = false)
    : TypeDefinitionNode(Name, Directives, Description, IsExtension);

/// <summary>What objects and interfaces share: fields, and interfaces they implement.</summary>
public abstract record ComplexTypeDefinitionNode(
    NameNode Name,
    SyntaxList<NamedTypeNode> Interfaces,
    SyntaxList<DirectiveNode> Directives,
    SyntaxList<FieldDefinitionNode> Fields,
    StringValueNode? Description,
    bool IsExtension) : TypeDefinitionNode(Name, Directives, Description, IsExtension);

public sealed record ObjectTypeDefinitionNode(
    NameNode Name,
    SyntaxList<NamedTypeNode> Interfaces,
    SyntaxList<DirectiveNode> Directives,
    SyntaxList<FieldDefinitionNode> Fields,
    StringValueNode? Description = null,
    bool IsExtension = false) : ComplexTypeDefinitionNode(Name, Interfaces, Directives, Fields, Description, IsExtension);

public sealed record InterfaceTypeDefinitionNode(
    NameNode Name,
    SyntaxList<NamedTypeNode> Interfaces,
    SyntaxList<DirectiveNode> Directives,
    SyntaxList<FieldDefinitionNode> Fields,
    StringValueNode? Description = null,
    bool IsExtension = false) : ComplexTypeDefinitionNode(Name, Interfaces, Directives, Fields, Description, IsExtension);

public sealed record UnionTypeDefinitionNode(
    NameNode Name, SyntaxList<DirectiveNode> Directives, SyntaxList<NamedTypeNode> Types, StringValueNode? Description = null, bool IsExtension = false)
    : TypeDefinitionNode(Name, Directives, Description, IsExtension);

public sealed record EnumTypeDefinitionNode(
    NameNode Name, SyntaxList<DirectiveNode> Directives, SyntaxList<EnumValueDefinitionNode> Values, StringValueNode? Description = null, bool IsExtension = false)
    : TypeDefinitionNode(Name, Directives, Description, IsExtension);

public sealed record InputObjectTypeDefinitionNode(
    NameNode Name, SyntaxList<DirectiveNode> Directives, SyntaxList<InputValueDefinitionNode> Fields, StringValueNode? Description = null, bool IsExtension = false)
    : TypeDefinitionNode(Name, Directives, Description, IsExtension);

public sealed record FieldDefinitionNode(
    NameNode Name, SyntaxList<InputValueDefinitionNode> Arguments, TypeNode Type, SyntaxList<DirectiveNode> Directives, StringValueNode? Description = null)
    : SyntaxNode, IHasDirectives;

/// <summary>An argument of a field or directive, or a field of an input object.</summary>
public sealed record InputValueDefinitionNode(
    NameNode Name, TypeNode Type, ValueNode? DefaultValue, SyntaxList<DirectiveNode> Directives, StringValueNode? Description = null)
    : SyntaxNode, IHasDirectives;

public sealed record EnumValueDefinitionNode(NameNode Name, SyntaxList<DirectiveNode> Directives, StringValueNode? Description = null)
    : SyntaxNode, IHasDirectives;

/// <summary><c>directive @name(...) repeatable on FIELD | ...</c></summary>
public sealed record DirectiveDefinitionNode(
    NameNode Name,
    SyntaxList<InputValueDefinitionNode> Arguments,
    bool IsRepeatable,
    SyntaxList<NameNode> Locations,
    StringValueNode? Description = null) : DefinitionNode;
