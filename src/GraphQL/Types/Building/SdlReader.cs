using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Types.Building;

/// <summary>Reads type system definitions and extensions into a <see cref="SchemaConfiguration"/>.</summary>
internal sealed class SdlReader(SchemaConfiguration configuration)
{
    public void Read(DocumentNode document)
    {
        foreach (var definition in document.Definitions)
        {
            switch (definition)
            {
                case SchemaDefinitionNode schema:
                    ReadSchema(schema);
                    break;
                case DirectiveDefinitionNode directive:
                    configuration.Directives.RemoveAll(existing => existing.Name == directive.Name.Value && BuiltInDirectives.IsBuiltIn(existing.Name));
                    configuration.Directives.Add(DirectiveConfiguration.From(directive));
                    break;
                case TypeDefinitionNode type:
                    var read = Read(type);
                    read.Description = type.Description?.Value;
                    (type.IsExtension ? configuration.Extensions : configuration.Types).Add(read);
                    AddConventionalRoot(type);
                    break;
                default:
                    throw new SchemaException([$"A schema document holds definitions and extensions only; found an operation or fragment at {definition.Location}."]);
            }
        }
    }

    private void ReadSchema(SchemaDefinitionNode schema)
    {
        if (!schema.IsExtension)
        {
            // A schema definition names all roots: the conventional names mean nothing beside it.
            configuration.RootTypes.Clear();
            configuration.Description = schema.Description?.Value;
            configuration.HasSchemaDefinition = true;
        }

        foreach (var operation in schema.OperationTypes)
        {
            if (!configuration.RootTypes.TryAdd(operation.Operation, operation.Type.Name))
            {
                throw new SchemaException([$"There can be only one {operation.Operation.ToString().ToLowerInvariant()} type in schema."]);
            }
        }
    }

    private void AddConventionalRoot(TypeDefinitionNode type)
    {
        if (!configuration.HasSchemaDefinition && type is ObjectTypeDefinitionNode && Enum.TryParse<OperationType>(type.Name.Value, out var operation))
        {
            configuration.RootTypes.TryAdd(operation, type.Name.Value);
        }
    }

    private static TypeConfiguration Read(TypeDefinitionNode definition)
    {
        var name = definition.Name.Value;
        switch (definition)
        {
            case ScalarTypeDefinitionNode:
                return new ScalarConfiguration(new JsonType(name, definition.Description?.Value, BuiltInDirectives.SpecifiedByUrl(definition.Directives)));
            case ComplexTypeDefinitionNode complex:
                var type = new ComplexTypeConfiguration(name, runtimeType: null, complex is InterfaceTypeDefinitionNode) { ResolveType = TypeNameEntry };
                type.Interfaces.AddRange(complex.Interfaces.Select(implemented => implemented.Name));
                type.Fields.AddRange(complex.Fields.Select(ReadField));
                return type;
            case UnionTypeDefinitionNode union:
                var unionType = new UnionConfiguration(name, runtimeType: null) { ResolveType = TypeNameEntry };
                unionType.Types.AddRange(union.Types.Select(member => member.Name));
                return unionType;
            case EnumTypeDefinitionNode enumeration:
                var enumType = new EnumConfiguration(name, runtimeType: null);
                enumType.Values.AddRange(enumeration.Values.Select(ReadValue));
                return enumType;
            case InputObjectTypeDefinitionNode input:
                var inputType = new InputObjectConfiguration(name, runtimeType: null) { IsOneOf = BuiltInDirectives.IsOneOf(input.Directives) };
                inputType.Fields.AddRange(input.Fields.Select(InputConfiguration.From));
                return inputType;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static FieldConfiguration ReadField(FieldDefinitionNode definition)
    {
        var field = FieldConfiguration.From(definition);
        field.PureResolver = parent => (parent as IReadOnlyDictionary<string, object?>)?.GetValueOrDefault(field.Name);
        return field;
    }

    private static EnumValue ReadValue(EnumValueDefinitionNode value) =>
        new(value.Name.Value, value.Name.Value, value.Description?.Value, BuiltInDirectives.DeprecationReason(value.Directives));

    private static string? TypeNameEntry(object value) => (value as IReadOnlyDictionary<string, object?>)?.GetValueOrDefault("__typename") as string;
}
