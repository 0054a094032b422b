namespace CallCenter.GraphQL.Language;

/// <content>Definitions and extensions of the type system.</content>
public sealed partial class SyntaxPrinter
{
    private void WriteTypeSystem(SyntaxNode node)
    {
        switch (node)
        {
            case SchemaDefinitionNode schema:
                WriteDescription(schema.Description);
                _output.Append(schema.IsExtension ? "extend schema" : "schema");
                WriteDirectives(schema.Directives);
                WriteMembers(schema.OperationTypes);
                break;
            case OperationTypeDefinitionNode operation:
                _output.Append(operation.Operation.ToString().ToLowerInvariant()).Append(": ").Append(operation.Type.Name);
                break;
            case TypeDefinitionNode type:
                WriteTypeDefinition(type);
                break;
            case FieldDefinitionNode field:
                WriteDescription(field.Description);
                _output.Append(field.Name.Value);
                WriteDefinitions(field.Arguments, field.Arguments.Any(argument => argument.Description is not null));
                WriteTyped(field.Type, defaultValue: null, field.Directives);
                break;
            case InputValueDefinitionNode input:
                WriteDescription(input.Description);
                _output.Append(input.Name.Value);
                WriteTyped(input.Type, input.DefaultValue, input.Directives);
                break;
            case EnumValueDefinitionNode value:
                WriteDescription(value.Description);
                _output.Append(value.Name.Value);
                WriteDirectives(value.Directives);
                break;
            case DirectiveDefinitionNode directive:
                WriteDescription(directive.Description);
                _output.Append("directive @").Append(directive.Name.Value);
                WriteDefinitions(directive.Arguments, directive.Arguments.Any(argument => argument.Description is not null));
                _output.Append(directive.IsRepeatable ? " repeatable on " : " on ");
                Join(directive.Locations, " | ");
                break;
        }
    }

    private void WriteTypeDefinition(TypeDefinitionNode type)
    {
        WriteDescription(type.Description);
        _output.Append(type.IsExtension ? "extend " : "").Append(Keyword(type)).Append(' ').Append(type.Name.Value);
        if (type is ComplexTypeDefinitionNode { Interfaces.Count: > 0 } complex)
        {
            _output.Append(" implements ");
            Join(complex.Interfaces, " & ");
        }

        WriteDirectives(type.Directives);
        switch (type)
        {
            case ComplexTypeDefinitionNode { Fields: var fields }:
                WriteMembers(fields);
                break;
            case UnionTypeDefinitionNode { Types.Count: > 0 } union:
                _output.Append(" = ");
                Join(union.Types, " | ");
                break;
            case EnumTypeDefinitionNode { Values: var values }:
                WriteMembers(values);
                break;
            case InputObjectTypeDefinitionNode { Fields: var fields }:
                WriteMembers(fields);
                break;
        }
    }

    private static string Keyword(TypeDefinitionNode type) => type switch
    {
        ScalarTypeDefinitionNode => "scalar",
        ObjectTypeDefinitionNode => "type",
        InterfaceTypeDefinitionNode => "interface",
        UnionTypeDefinitionNode => "union",
        EnumTypeDefinitionNode => "enum",
        _ => "input",
    };
}
