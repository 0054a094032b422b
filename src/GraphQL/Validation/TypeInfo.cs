using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation;

/// <summary>The types at the node being visited. Null stands for "unknown, and some other rule says so".</summary>
internal sealed class TypeInfo(Schema schema)
{
    private readonly Stack<CompositeType?> _parentTypes = new();
    private readonly Stack<GraphQLType?> _types = new();
    private readonly Stack<ObjectField?> _fields = new();
    private readonly Stack<InputPosition?> _inputs = new();
    private readonly Stack<SyntaxNode> _ancestors = new();

    /// <summary>The node that directly holds the visited one.</summary>
    public SyntaxNode? Parent => _ancestors.TryPeek(out var parent) ? parent : null;

    /// <summary>The type whose selection set is being visited.</summary>
    public CompositeType? ParentType => Peek(_parentTypes);

    /// <summary>The output type of the field or fragment being visited.</summary>
    public GraphQLType? Type => Peek(_types);

    public ObjectField? Field => Peek(_fields);

    public DirectiveType? Directive { get; private set; }

    /// <summary>What the argument, input field or list item being visited takes.</summary>
    public InputPosition? Input => Peek(_inputs);

    public void Enter(SyntaxNode node)
    {
        switch (node)
        {
            case OperationDefinitionNode operation:
                _types.Push(schema.RootType(operation.Operation));
                break;
            case FragmentDefinitionNode fragment:
                _types.Push(Output(fragment.TypeCondition));
                break;
            case InlineFragmentNode fragment:
                _types.Push(fragment.TypeCondition is null ? Type?.Named : Output(fragment.TypeCondition));
                break;
            case SelectionSetNode:
                _parentTypes.Push(Type?.Named as CompositeType);
                break;
            case FieldNode field:
                var definition = ParentType is null ? null : schema.FindField(ParentType, field.Name.Value);
                _fields.Push(definition);
                _types.Push(definition?.Type);
                break;
            case DirectiveNode directive:
                Directive = schema.FindDirective(directive.Name.Value);
                break;
            case ArgumentNode argument:
                var found = Directive is not null || Parent is DirectiveNode
                    ? Directive?.Arguments.FirstOrDefault(candidate => candidate.Name == argument.Name.Value)
                    : Field?.FindArgument(argument.Name.Value);
                _inputs.Push(found is null ? null : new InputPosition(found.Type, found, Parent: null));
                break;
            case VariableDefinitionNode variable:
                _inputs.Push(schema.ResolveType(variable.Type) is { IsInput: true } type ? new InputPosition(type, Definition: null, Parent: null) : null);
                break;
            case ListValueNode:
                _inputs.Push(Input?.Type.Nullable is ListType list ? new InputPosition(list.ItemType, Definition: null, Parent: null) : Input);
                break;
            case ObjectFieldNode entry:
                var parent = Input?.Type.Named as InputObjectType;
                var inputField = parent?.Fields.GetValueOrDefault(entry.Name.Value);
                _inputs.Push(inputField is null ? null : new InputPosition(inputField.Type, inputField, parent));
                break;
        }
    }

    /// <summary>Makes the node the parent of those visited next.</summary>
    public void Descend(SyntaxNode node) => _ancestors.Push(node);

    public void Ascend() => _ancestors.Pop();

    public void Leave(SyntaxNode node)
    {
        switch (node)
        {
            case OperationDefinitionNode or FragmentDefinitionNode or InlineFragmentNode:
                _types.Pop();
                break;
            case SelectionSetNode:
                _parentTypes.Pop();
                break;
            case FieldNode:
                _fields.Pop();
                _types.Pop();
                break;
            case DirectiveNode:
                Directive = null;
                break;
            case ArgumentNode or VariableDefinitionNode or ListValueNode or ObjectFieldNode:
                _inputs.Pop();
                break;
        }
    }

    private GraphQLType? Output(NamedTypeNode name) => schema.FindType(name.Name) is { IsOutput: true } type ? type : null;

    private static T? Peek<T>(Stack<T?> stack)
        where T : class =>
        stack.TryPeek(out var top) ? top : null;
}

/// <summary>A position that takes an input value.</summary>
/// <param name="Type">The type it takes.</param>
/// <param name="Definition">The argument or input field it is; null for a list item or a variable's default.</param>
/// <param name="Parent">The input object the field belongs to.</param>
internal sealed record InputPosition(GraphQLType Type, InputField? Definition, InputObjectType? Parent);
