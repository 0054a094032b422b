using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Variables fit where they are used (specification 5.8.5).</summary>
internal sealed class VariablesInAllowedPosition(ValidationContext context) : ValidationRule(context)
{
    public override void Leave(SyntaxNode node)
    {
        if (node is not DocumentNode document)
        {
            return;
        }

        foreach (var operation in document.Definitions.OfType<OperationDefinitionNode>())
        {
            var definitions = operation.VariableDefinitions
                .DistinctBy(definition => definition.Variable.Name, StringComparer.Ordinal)
                .ToDictionary(definition => definition.Variable.Name, StringComparer.Ordinal);
            foreach (var usage in Context.Usages.Variables(operation, Context.Fragments))
            {
                if (usage.Position is { } position
                    && definitions.TryGetValue(usage.Node.Name, out var definition)
                    && Context.Schema.ResolveType(definition.Type) is { } type)
                {
                    Check(definition, type, usage.Node, position);
                }
            }
        }
    }

    private void Check(VariableDefinitionNode definition, GraphQLType type, VariableNode usage, InputPosition position)
    {
        if (!IsAllowed(definition, type, position))
        {
            Context.Report($"Variable \"${usage.Name}\" of type \"{type}\" used in position expecting type \"{position.Type}\".", definition, usage);
        }

        if (position.Parent is { IsOneOf: true } oneOf && !type.IsNonNull)
        {
            Context.Report($"Variable \"${usage.Name}\" is of type \"{type}\" but must be non-nullable to be used for OneOf Input Object \"{oneOf}\".", definition, usage);
        }
    }

    private bool IsAllowed(VariableDefinitionNode definition, GraphQLType type, InputPosition position)
    {
        // A default, of the variable or of its place, stands in for a missing value; a null given at run time is then caught at run time.
        var isNullFilled = position.Type.IsNonNull && !type.IsNonNull
            && (definition.DefaultValue is not (null or NullValueNode) || position.Definition?.DefaultValue is not null);
        return Context.Schema.IsSubtype(type, isNullFilled ? position.Type.Nullable : position.Type);
    }
}
