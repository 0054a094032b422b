using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>Selected fields exist on their type (specification 5.3.1).</summary>
internal sealed class FieldsOnCorrectType(ValidationContext context) : ValidationRule(context)
{
    public override void Enter(SyntaxNode node)
    {
        if (node is FieldNode field && Context.Types is { ParentType: { } type, Field: null })
        {
            var name = field.Name.Value;
            var types = TypesWithField(type, name);
            var suggestion = types.Count > 0
                ? Suggestions.DidYouMean(types, "to use an inline fragment on")
                : Suggestions.DidYouMean(Suggestions.Rank(name, (type as ComplexType)?.Fields.Keys ?? Enumerable.Empty<string>()));
            Context.Report($"Cannot query field \"{name}\" on type \"{type}\".{suggestion}", node);
        }
    }

    /// <summary>Where the field is to be found below an abstract type: the types that most possible types share first, interfaces before their objects.</summary>
    private List<string> TypesWithField(CompositeType type, string field)
    {
        if (type is ObjectType)
        {
            return [];
        }

        var usage = new Dictionary<ComplexType, int>();
        foreach (var possible in Context.Schema.GetPossibleTypes(type).Where(possible => possible.Fields.ContainsKey(field)))
        {
            usage[possible] = 1;
            foreach (var implemented in possible.Interfaces.Where(implemented => implemented.Fields.ContainsKey(field)))
            {
                usage[implemented] = usage.GetValueOrDefault(implemented) + 1;
            }
        }

        return [.. usage
            .OrderByDescending(entry => entry.Value)
            .ThenByDescending(entry => usage.Keys.Count(other => other != entry.Key && Context.Schema.IsSubtype(other, entry.Key)))
            .ThenBy(entry => entry.Key.Name, StringComparer.Ordinal)
            .Select(entry => entry.Key.Name),];
    }
}
