using CallCenter.GraphQL.Language;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>
/// Operations (specification 5.2.2), fragments (5.5.1.1), variables of an operation (5.8.1), arguments (5.4.2) and fields of an input object (5.6.3)
/// must have names of their own.
/// </summary>
internal sealed class UniqueNames(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        switch (node)
        {
            case DocumentNode document:
                ReportPairs(document.Definitions.OfType<OperationDefinitionNode>().Select(operation => operation.Name).OfType<NameNode>(), "operation");
                ReportPairs(document.Definitions.OfType<FragmentDefinitionNode>().Select(fragment => fragment.Name), "fragment");
                break;
            case OperationDefinitionNode operation:
                foreach (var group in Repeated(operation.VariableDefinitions, definition => definition.Variable.Name))
                {
                    Context.Report($"There can be only one variable named \"${group.Key}\".", group.Select(NameOf));
                }

                break;
            case FieldNode field:
                ReportArguments(field.Arguments);
                break;
            case DirectiveNode directive:
                ReportArguments(directive.Arguments);
                break;
            case ObjectValueNode record:
                ReportPairs(record.Fields.Select(field => field.Name), "input field");
                break;
        }
    }

    /// <summary>The name behind the dollar sign.</summary>
    private static NameNode NameOf(VariableDefinitionNode definition)
    {
        var dollar = definition.Variable.Location;
        return new NameNode(definition.Variable.Name) { Location = dollar with { Column = dollar.Column + 1 } };
    }

    private void ReportArguments(SyntaxList<ArgumentNode> arguments)
    {
        foreach (var group in Repeated(arguments, argument => argument.Name.Value))
        {
            Context.Report($"There can be only one argument named \"{group.Key}\".", group.Select(argument => argument.Name));
        }
    }

    /// <summary>Reports each repetition beside the first of its name.</summary>
    private void ReportPairs(IEnumerable<NameNode> names, string what)
    {
        foreach (var group in Repeated(names, name => name.Value))
        {
            foreach (var again in group.Skip(1))
            {
                Context.Report($"There can be only one {what} named \"{group.Key}\".", group.First(), again);
            }
        }
    }

    private static IEnumerable<IGrouping<string, T>> Repeated<T>(IEnumerable<T> items, Func<T, string> name) =>
        items.GroupBy(name, StringComparer.Ordinal).Where(group => group.Count() > 1);
}
