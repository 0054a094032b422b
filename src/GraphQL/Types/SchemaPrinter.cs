using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types.Building;

namespace CallCenter.GraphQL.Types;

/// <summary>Turns a schema back into definitions.</summary>
internal sealed class SchemaPrinter
{
    private static readonly string[] SpecifiedScalars = ["Int", "Float", "String", "Boolean", "ID"];

    private readonly bool _isSorted;

    private SchemaPrinter(bool isSorted) => _isSorted = isSorted;

    public static DocumentNode ToDocument(Schema schema, bool isSorted)
    {
        var printer = new SchemaPrinter(isSorted);
        IEnumerable<DefinitionNode> definitions = [
            .. RootDefinition(schema),
            .. printer.Order(schema.Directives.Where(directive => !BuiltInDirectives.IsBuiltIn(directive.Name)), directive => directive.Name).Select(printer.Definition),
            .. printer.Order(schema.Types.Where(type => !type.IsIntrospection && !SpecifiedScalars.Contains(type.Name)), type => type.Name).Select(printer.Definition),
        ];
        return new DocumentNode(SyntaxList.From(definitions.ToList()));
    }

    /// <summary>The schema definition, where root types have other names than the usual ones or the schema is described.</summary>
    private static IEnumerable<SchemaDefinitionNode> RootDefinition(Schema schema)
    {
        (OperationType Operation, ObjectType? Type)[] roots =
            [(OperationType.Query, schema.QueryType), (OperationType.Mutation, schema.MutationType), (OperationType.Subscription, schema.SubscriptionType)];
        var isConventional = schema.Description is null && Array.TrueForAll(
            roots, root => root.Type is null ? schema.FindType(root.Operation.ToString()) is not ObjectType : root.Type.Name == root.Operation.ToString());
        if (!isConventional)
        {
            var operations = roots.Where(root => root.Type is not null).Select(root => new OperationTypeDefinitionNode(root.Operation, new NamedTypeNode(root.Type!.Name)));
            yield return new SchemaDefinitionNode([], SyntaxList.From(operations.ToList()), Description(schema.Description));
        }
    }

    private DefinitionNode Definition(NamedType type)
    {
        var name = new NameNode(type.Name);
        var description = Description(type.Description);
        return type switch
        {
            ScalarType scalar => new ScalarTypeDefinitionNode(name, scalar.SpecifiedByUrl is { } url ? [Directive("specifiedBy", "url", url)] : [], description),
            ObjectType complex => new ObjectTypeDefinitionNode(name, Interfaces(complex), [], Fields(complex), description),
            InterfaceType complex => new InterfaceTypeDefinitionNode(name, Interfaces(complex), [], Fields(complex), description),
            UnionType union => new UnionTypeDefinitionNode(name, [], List(Order(union.Types, member => member.Name), member => new NamedTypeNode(member.Name)), description),
            EnumType enumeration => new EnumTypeDefinitionNode(name, [], List(Order(enumeration.Values, value => value.Name), Definition), description),
            InputObjectType input => new InputObjectTypeDefinitionNode(
                name, input.IsOneOf ? [new DirectiveNode(new NameNode("oneOf"), [])] : [], Inputs(input.Fields.Values), description),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private DirectiveDefinitionNode Definition(DirectiveType directive) => new(
        new NameNode(directive.Name),
        Inputs(directive.Arguments),
        directive.IsRepeatable,
        List(directive.Locations, location => new NameNode(DirectiveLocations.ToName(location))),
        Description(directive.Description));

    private SyntaxList<NamedTypeNode> Interfaces(ComplexType type) => List(Order(type.Interfaces, implemented => implemented.Name), implemented => new NamedTypeNode(implemented.Name));

    private SyntaxList<FieldDefinitionNode> Fields(ComplexType type) => List(Order(type.Fields.Values, field => field.Name), field => new FieldDefinitionNode(
        new NameNode(field.Name), Inputs(field.Arguments), field.Type.ToSyntax(), Deprecated(field.DeprecationReason), Description(field.Description)));

    private SyntaxList<InputValueDefinitionNode> Inputs(IEnumerable<InputField> inputs) => List(Order(inputs, input => input.Name), input => new InputValueDefinitionNode(
        new NameNode(input.Name), input.Type.ToSyntax(), input.DefaultValue, Deprecated(input.DeprecationReason), Description(input.Description)));

    private static EnumValueDefinitionNode Definition(EnumValue value) => new(new NameNode(value.Name), Deprecated(value.DeprecationReason), Description(value.Description));

    private static SyntaxList<DirectiveNode> Deprecated(string? reason) => reason switch
    {
        null => [],
        BuiltInDirectives.DefaultDeprecationReason => [new DirectiveNode(new NameNode("deprecated"), [])],
        _ => [Directive("deprecated", "reason", reason)],
    };

    private static DirectiveNode Directive(string name, string argument, string value) =>
        new(new NameNode(name), [new ArgumentNode(new NameNode(argument), new StringValueNode(value))]);

    private static StringValueNode? Description(string? text) => text is null ? null : new StringValueNode(text, IsBlock: true);

    private IEnumerable<T> Order<T>(IEnumerable<T> items, Func<T, string> name) => _isSorted ? items.OrderBy(name, StringComparer.Ordinal) : items;

    private static SyntaxList<TNode> List<T, TNode>(IEnumerable<T> items, Func<T, TNode> node) => SyntaxList.From(items.Select(node).ToList());
}
