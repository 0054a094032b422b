using System.Text;

namespace CallCenter.GraphQL.Language;

/// <summary>Writes nodes as GraphQL text, indented by two spaces; parsing the text gives an equal node.</summary>
public sealed partial class SyntaxPrinter
{
    private readonly StringBuilder _output = new();
    private int _indentation;

    private SyntaxPrinter()
    {
    }

    /// <summary>The text of a node, with no newline at its end.</summary>
    public static string Print(SyntaxNode node)
    {
        var printer = new SyntaxPrinter();
        printer.Write(node);
        return printer._output.ToString();
    }

    private void Write(SyntaxNode node)
    {
        switch (node)
        {
            case DocumentNode document:
                Join(document.Definitions, "\n\n");
                break;
            case OperationDefinitionNode operation:
                WriteOperation(operation);
                break;
            case FragmentDefinitionNode fragment:
                WriteDescription(fragment.Description);
                _output.Append("fragment ").Append(fragment.Name.Value).Append(" on ").Append(fragment.TypeCondition.Name);
                WriteDirectives(fragment.Directives);
                WriteSelectionSet(fragment.SelectionSet);
                break;
            case VariableDefinitionNode variable:
                WriteDescription(variable.Description);
                Write(variable.Variable);
                WriteTyped(variable.Type, variable.DefaultValue, variable.Directives);
                break;
            case SelectionSetNode selectionSet:
                WriteBlock(selectionSet.Selections);
                break;
            case FieldNode field:
                WriteField(field);
                break;
            case FragmentSpreadNode spread:
                _output.Append("...").Append(spread.Name.Value);
                WriteDirectives(spread.Directives);
                break;
            case InlineFragmentNode fragment:
                _output.Append(fragment.TypeCondition is { } condition ? $"... on {condition.Name}" : "...");
                WriteDirectives(fragment.Directives);
                WriteSelectionSet(fragment.SelectionSet);
                break;
            case NameNode name:
                _output.Append(name.Value);
                break;
            case ArgumentNode argument:
                WritePair(argument.Name, argument.Value);
                break;
            case DirectiveNode directive:
                _output.Append('@').Append(directive.Name.Value);
                WriteList("(", directive.Arguments, ")");
                break;
            case TypeNode type:
                WriteType(type);
                break;
            case ValueNode or ObjectFieldNode:
                WriteValue(node);
                break;
            default:
                WriteTypeSystem(node);
                break;
        }
    }

    private void WriteOperation(OperationDefinitionNode operation)
    {
        WriteDescription(operation.Description);
        var isShorthand = operation is { Operation: OperationType.Query, Name: null, Description: null, VariableDefinitions.Count: 0, Directives.Count: 0 };
        if (!isShorthand)
        {
            _output.Append(operation.Operation.ToString().ToLowerInvariant());
            _output.Append(operation.Name is null ? "" : $" {operation.Name.Value}");
            WriteDefinitions(operation.VariableDefinitions, operation.VariableDefinitions.Any(variable => variable.Description is not null));
            WriteDirectives(operation.Directives);
            _output.Append(' ');
        }

        Write(operation.SelectionSet);
    }

    private void WriteField(FieldNode field)
    {
        _output.Append(field.Alias is null ? "" : $"{field.Alias.Value}: ").Append(field.Name.Value);
        WriteList("(", field.Arguments, ")");
        WriteDirectives(field.Directives);
        if (field.SelectionSet is not null)
        {
            WriteSelectionSet(field.SelectionSet);
        }
    }

    private void WriteSelectionSet(SelectionSetNode selectionSet)
    {
        _output.Append(' ');
        Write(selectionSet);
    }

    private void WriteType(TypeNode type)
    {
        switch (type)
        {
            case NamedTypeNode named:
                _output.Append(named.Name);
                break;
            case ListTypeNode list:
                _output.Append('[');
                WriteType(list.Type);
                _output.Append(']');
                break;
            case NonNullTypeNode nonNull:
                WriteType(nonNull.Type);
                _output.Append('!');
                break;
        }
    }

    private void WriteValue(SyntaxNode value)
    {
        switch (value)
        {
            case VariableNode variable:
                _output.Append('$').Append(variable.Name);
                break;
            case IntValueNode integer:
                _output.Append(integer.Value);
                break;
            case FloatValueNode number:
                _output.Append(number.Value);
                break;
            case StringValueNode { IsBlock: true } text when BlockString.CanWrite(text.Value):
                BlockString.Write(_output, text.Value, _indentation);
                break;
            case StringValueNode text:
                StringLiteral.Write(_output, text.Value);
                break;
            case BooleanValueNode boolean:
                _output.Append(boolean.Value ? "true" : "false");
                break;
            case NullValueNode:
                _output.Append("null");
                break;
            case EnumValueNode name:
                _output.Append(name.Value);
                break;
            case ListValueNode list:
                _output.Append('[');
                Join(list.Items, ", ");
                _output.Append(']');
                break;
            case ObjectValueNode { Fields.Count: 0 }:
                _output.Append("{}");
                break;
            case ObjectValueNode record:
                WriteList("{ ", record.Fields, " }");
                break;
            case ObjectFieldNode field:
                WritePair(field.Name, field.Value);
                break;
        }
    }

    private void WriteTyped(TypeNode type, ValueNode? defaultValue, SyntaxList<DirectiveNode> directives)
    {
        _output.Append(": ");
        WriteType(type);
        if (defaultValue is not null)
        {
            _output.Append(" = ");
            WriteValue(defaultValue);
        }

        WriteDirectives(directives);
    }

    private void WritePair(NameNode name, ValueNode value)
    {
        _output.Append(name.Value).Append(": ");
        WriteValue(value);
    }

    private void WriteDescription(StringValueNode? description)
    {
        if (description is not null)
        {
            WriteValue(description);
            NewLine();
        }
    }

    private void WriteDirectives(SyntaxList<DirectiveNode> directives)
    {
        foreach (var directive in directives)
        {
            _output.Append(' ');
            Write(directive);
        }
    }

    private void WriteDefinitions<T>(SyntaxList<T> definitions, bool onePerLine)
        where T : SyntaxNode
    {
        if (!onePerLine)
        {
            WriteList("(", definitions, ")");
            return;
        }

        _output.Append('(');
        WriteIndented(definitions);
        _output.Append(')');
    }

    private void WriteMembers<T>(SyntaxList<T> members)
        where T : SyntaxNode
    {
        if (members.Count > 0)
        {
            _output.Append(' ');
            WriteBlock(members);
        }
    }

    private void WriteBlock<T>(SyntaxList<T> members)
        where T : SyntaxNode
    {
        _output.Append('{');
        WriteIndented(members);
        _output.Append('}');
    }

    private void WriteIndented<T>(SyntaxList<T> nodes)
        where T : SyntaxNode
    {
        _indentation += 2;
        foreach (var node in nodes)
        {
            NewLine();
            Write(node);
        }

        _indentation -= 2;
        NewLine();
    }

    private void WriteList<T>(string open, SyntaxList<T> nodes, string close)
        where T : SyntaxNode
    {
        if (nodes.Count > 0)
        {
            _output.Append(open);
            Join(nodes, ", ");
            _output.Append(close);
        }
    }

    private void Join<T>(SyntaxList<T> nodes, string separator)
        where T : SyntaxNode
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            _output.Append(i == 0 ? "" : separator);
            Write(nodes[i]);
        }
    }

    private void NewLine() => _output.Append('\n').Append(' ', _indentation);
}
