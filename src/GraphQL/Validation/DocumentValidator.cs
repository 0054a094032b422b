using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;
using CallCenter.GraphQL.Validation.Rules;

namespace CallCenter.GraphQL.Validation;

/// <summary>Validates executable documents (specification 5): one walk, all rules.</summary>
internal sealed class DocumentValidator
{
    private readonly ValidationContext _context;
    private readonly ValidationRule[] _rules;
    private ExecutableDefinitionNode? _definition;

    private DocumentValidator(ValidationContext context)
    {
        _context = context;
        _rules =
        [
            new ExecutableDefinitions(context),
            new OperationTypes(context),
            new UniqueNames(context),
            new LoneAnonymousOperation(context),
            new SingleRootField(context),
            new KnownTypeNames(context),
            new FragmentsOnCompositeTypes(context),
            new VariablesAreInputTypes(context),
            new LeafFieldSelections(context),
            new FieldsOnCorrectType(context),
            new KnownFragmentNames(context),
            new NoUnusedFragments(context),
            new PossibleFragmentSpreads(context),
            new NoFragmentCycles(context),
            new NoUndefinedVariables(context),
            new NoUnusedVariables(context),
            new KnownDirectives(context),
            new UniqueDirectivesPerLocation(context),
            new KnownArgumentNames(context),
            new ValuesOfCorrectType(context),
            new ProvidedRequiredArguments(context),
            new VariablesInAllowedPosition(context),
            new OverlappingFieldsCanBeMerged(context),
            new MaxOperationDepth(context),
            new MaxIntrospectionDepth(context),
        ];
    }

    /// <summary>All errors of a document, as far as the limits allow looking; none when it is valid.</summary>
    public static IReadOnlyList<GraphQLError> Validate(Schema schema, DocumentNode document, RequestExecutorOptions options)
    {
        var context = new ValidationContext(schema, document, options);
        new DocumentValidator(context).Visit(document);
        return context.IsFull
            ? [.. context.Errors, new GraphQLError("Too many validation errors, error limit reached. Validation aborted.", ErrorCodes.LimitExceeded)]
            : context.Errors;
    }

    private void Visit(SyntaxNode? node)
    {
        if (node is null || _context.IsFull)
        {
            return;
        }

        _definition = node as ExecutableDefinitionNode ?? _definition;
        NoteUsage(node);
        _context.Types.Enter(node);
        foreach (var rule in _rules)
        {
            rule.Enter(node);
        }

        _context.Types.Descend(node);
        VisitChildren(node);
        _context.Types.Ascend();
        if (!_context.IsFull)
        {
            foreach (var rule in _rules)
            {
                rule.Leave(node);
            }
        }

        _context.Types.Leave(node);
    }

    private void NoteUsage(SyntaxNode node)
    {
        switch (node)
        {
            case ExecutableDefinitionNode definition:
                _context.Usages.Start(definition);
                break;
            case VariableNode variable when _definition is not null && _context.Types.Parent is not VariableDefinitionNode:
                _context.Usages.Add(_definition, new VariableUsage(variable, _context.Types.Input));
                break;
            case FragmentSpreadNode spread when _definition is not null:
                _context.Usages.Add(_definition, spread);
                break;
        }
    }

    private void VisitChildren(SyntaxNode node)
    {
        switch (node)
        {
            case DocumentNode document:
                VisitAll(document.Definitions);
                break;
            case OperationDefinitionNode operation:
                VisitAll(operation.VariableDefinitions);
                VisitAll(operation.Directives);
                Visit(operation.SelectionSet);
                break;
            case FragmentDefinitionNode fragment:
                Visit(fragment.TypeCondition);
                VisitAll(fragment.Directives);
                Visit(fragment.SelectionSet);
                break;
            case VariableDefinitionNode variable:
                Visit(variable.Variable);
                Visit(variable.Type);
                Visit(variable.DefaultValue);
                VisitAll(variable.Directives);
                break;
            case SelectionSetNode selectionSet:
                VisitAll(selectionSet.Selections);
                break;
            case FieldNode field:
                VisitAll(field.Arguments);
                VisitAll(field.Directives);
                Visit(field.SelectionSet);
                break;
            case FragmentSpreadNode spread:
                VisitAll(spread.Directives);
                break;
            case InlineFragmentNode fragment:
                Visit(fragment.TypeCondition);
                VisitAll(fragment.Directives);
                Visit(fragment.SelectionSet);
                break;
            case DirectiveNode directive:
                VisitAll(directive.Arguments);
                break;
            case ArgumentNode argument:
                Visit(argument.Value);
                break;
            case ListTypeNode list:
                Visit(list.Type);
                break;
            case NonNullTypeNode nonNull:
                Visit(nonNull.Type);
                break;
            case ListValueNode list:
                VisitAll(list.Items);
                break;
            case ObjectValueNode record:
                VisitAll(record.Fields);
                break;
            case ObjectFieldNode field:
                Visit(field.Value);
                break;
        }
    }

    private void VisitAll<T>(SyntaxList<T> nodes)
        where T : SyntaxNode
    {
        foreach (var node in nodes)
        {
            Visit(node);
        }
    }
}
