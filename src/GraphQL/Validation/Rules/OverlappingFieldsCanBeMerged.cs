using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Validation.Rules;

/// <summary>
/// Selections of one response name can be merged (specification 5.3.2): same field, same arguments, same shape. Every pair of fragments and every
/// pair of fields and fragment is compared once, and all comparing together may cost no more than the options allow.
/// </summary>
internal sealed class OverlappingFieldsCanBeMerged(ValidationContext context) : ValidationRule(context)
{
    private readonly Dictionary<SelectionSetNode, FieldSelections> _selections = new(ReferenceEqualityComparer.Instance);

    // The value says whether the pair was compared as mutually exclusive only, which asks less than a full comparison.
    private readonly Dictionary<(string, string), bool> _comparedFragments = [];
    private readonly Dictionary<(FieldSelections, string), bool> _comparedFieldsAndFragments = [];
    private int _cost;

    private bool IsExhausted => _cost > Context.Options.MaxFieldMergeCost;

    public override void Enter(SyntaxNode node)
    {
        // The fields of an inline fragment are looked at with those around it.
        if (node is not SelectionSetNode selectionSet || Context.Types.Parent is InlineFragmentNode || IsExhausted)
        {
            return;
        }

        var conflicts = new List<Conflict>();
        FindWithin(conflicts, Selections(selectionSet, Context.Types.ParentType));
        foreach (var conflict in conflicts)
        {
            Context.Report(
                $"Fields \"{conflict.ResponseName}\" conflict because {conflict.Reason}. Use different aliases on the fields to fetch both if this was intentional.",
                conflict.Nodes1.Concat(conflict.Nodes2));
        }

        if (IsExhausted)
        {
            Context.Report("Checking whether the document's fields can be merged takes too much work.", ErrorCodes.LimitExceeded, selectionSet);
        }
    }

    private void FindWithin(List<Conflict> conflicts, FieldSelections selections)
    {
        foreach (var (responseName, fields) in selections.Fields)
        {
            for (var i = 0; i < fields.Count; i++)
            {
                for (var j = i + 1; j < fields.Count; j++)
                {
                    Compare(conflicts, responseName, fields[i], fields[j], areExclusive: false);
                }
            }
        }

        for (var i = 0; i < selections.Spreads.Count; i++)
        {
            FindBetweenFieldsAndFragment(conflicts, selections, selections.Spreads[i], areExclusive: false);
            for (var j = i + 1; j < selections.Spreads.Count; j++)
            {
                FindBetweenFragments(conflicts, selections.Spreads[i], selections.Spreads[j], areExclusive: false);
            }
        }
    }

    private void FindBetweenFieldsAndFragment(List<Conflict> conflicts, FieldSelections selections, string fragmentName, bool areExclusive)
    {
        if (IsExhausted || !IsNew(_comparedFieldsAndFragments, (selections, fragmentName), areExclusive) || FragmentSelections(fragmentName) is not { } fragment
            || selections == fragment)
        {
            return;
        }

        FindBetween(conflicts, selections, fragment, areExclusive);
        foreach (var next in fragment.Spreads)
        {
            FindBetweenFieldsAndFragment(conflicts, selections, next, areExclusive);
        }
    }

    private void FindBetweenFragments(List<Conflict> conflicts, string name1, string name2, bool areExclusive)
    {
        var key = string.CompareOrdinal(name1, name2) < 0 ? (name1, name2) : (name2, name1);
        if (IsExhausted || name1 == name2 || !IsNew(_comparedFragments, key, areExclusive)
            || FragmentSelections(name1) is not { } fragment1 || FragmentSelections(name2) is not { } fragment2)
        {
            return;
        }

        FindBetween(conflicts, fragment1, fragment2, areExclusive);
        foreach (var next in fragment2.Spreads)
        {
            FindBetweenFragments(conflicts, name1, next, areExclusive);
        }

        foreach (var next in fragment1.Spreads)
        {
            FindBetweenFragments(conflicts, next, name2, areExclusive);
        }
    }

    private void FindBetween(List<Conflict> conflicts, FieldSelections selections1, FieldSelections selections2, bool areExclusive)
    {
        foreach (var (responseName, fields1) in selections1.Fields)
        {
            _cost++;
            if (!selections2.Fields.TryGetValue(responseName, out var fields2))
            {
                continue;
            }

            foreach (var field1 in fields1)
            {
                foreach (var field2 in fields2)
                {
                    Compare(conflicts, responseName, field1, field2, areExclusive);
                }
            }
        }
    }

    private void Compare(List<Conflict> conflicts, string responseName, SelectedFieldNode field1, SelectedFieldNode field2, bool areExclusive)
    {
        _cost++;
        if (IsExhausted)
        {
            return;
        }

        // Fields on two different object types never meet in one response; they only must have the same shape.
        areExclusive |= field1.ParentType != field2.ParentType && field1.ParentType is ObjectType && field2.ParentType is ObjectType;
        var (node1, node2) = (field1.Node, field2.Node);
        if (!areExclusive && node1.Name.Value != node2.Name.Value)
        {
            conflicts.Add(new Conflict(responseName, $"\"{node1.Name.Value}\" and \"{node2.Name.Value}\" are different fields", [node1], [node2]));
            return;
        }

        if (!areExclusive && !HaveSameArguments(node1, node2))
        {
            conflicts.Add(new Conflict(responseName, "they have differing arguments", [node1], [node2]));
            return;
        }

        var (type1, type2) = (field1.Definition?.Type, field2.Definition?.Type);
        if (type1 is not null && type2 is not null && HaveDifferentShape(type1, type2))
        {
            conflicts.Add(new Conflict(responseName, $"they return conflicting types \"{type1}\" and \"{type2}\"", [node1], [node2]));
            return;
        }

        if (node1.SelectionSet is { } selectionSet1 && node2.SelectionSet is { } selectionSet2)
        {
            CompareBelow(conflicts, responseName, (node1, Selections(selectionSet1, type1?.Named as CompositeType)), (node2, Selections(selectionSet2, type2?.Named as CompositeType)), areExclusive);
        }
    }

    private void CompareBelow(
        List<Conflict> conflicts, string responseName, (FieldNode Node, FieldSelections Selections) field1, (FieldNode Node, FieldSelections Selections) field2, bool areExclusive)
    {
        var below = new List<Conflict>();
        FindBetween(below, field1.Selections, field2.Selections, areExclusive);
        foreach (var spread in field2.Selections.Spreads)
        {
            FindBetweenFieldsAndFragment(below, field1.Selections, spread, areExclusive);
        }

        foreach (var spread in field1.Selections.Spreads)
        {
            FindBetweenFieldsAndFragment(below, field2.Selections, spread, areExclusive);
        }

        foreach (var spread1 in field1.Selections.Spreads)
        {
            foreach (var spread2 in field2.Selections.Spreads)
            {
                FindBetweenFragments(below, spread1, spread2, areExclusive);
            }
        }

        if (below.Count > 0)
        {
            conflicts.Add(new Conflict(
                responseName,
                string.Join(" and ", below.Select(conflict => $"subfields \"{conflict.ResponseName}\" conflict because {conflict.Reason}")),
                [field1.Node, .. below.SelectMany(conflict => conflict.Nodes1)],
                [field2.Node, .. below.SelectMany(conflict => conflict.Nodes2)]));
        }
    }

    private FieldSelections Selections(SelectionSetNode selectionSet, CompositeType? parentType)
    {
        if (!_selections.TryGetValue(selectionSet, out var selections))
        {
            _selections[selectionSet] = selections = FieldSelections.Of(Context.Schema, selectionSet, parentType);
        }

        return selections;
    }

    private FieldSelections? FragmentSelections(string name) => Context.Fragments.TryGetValue(name, out var fragment)
        ? Selections(fragment.SelectionSet, Context.Schema.FindType(fragment.TypeCondition.Name) as CompositeType)
        : null;

    private bool IsNew<TKey>(Dictionary<TKey, bool> compared, TKey key, bool areExclusive)
        where TKey : notnull
    {
        _cost++;
        if (compared.TryGetValue(key, out var wereExclusive) && (areExclusive || !wereExclusive))
        {
            return false;
        }

        compared[key] = areExclusive;
        return true;
    }

    private static bool HaveSameArguments(FieldNode field1, FieldNode field2) =>
        field1.Arguments.Count == field2.Arguments.Count
        && field1.Arguments.All(argument => field2.Arguments.FirstOrDefault(other => other.Name.Value == argument.Name.Value) is { } other && AreEqual(argument.Value, other.Value));

    private static bool AreEqual(ValueNode value1, ValueNode value2) => (value1, value2) switch
    {
        (ObjectValueNode record1, ObjectValueNode record2) => record1.Fields.Count == record2.Fields.Count
            && record1.Fields.All(field => record2.Fields.FirstOrDefault(other => other.Name.Value == field.Name.Value) is { } other && AreEqual(field.Value, other.Value)),
        (ListValueNode list1, ListValueNode list2) => list1.Items.Count == list2.Items.Count && list1.Items.Zip(list2.Items).All(pair => AreEqual(pair.First, pair.Second)),
        (StringValueNode text1, StringValueNode text2) => text1.Value == text2.Value,
        _ => value1.Equals(value2),
    };

    private static bool HaveDifferentShape(GraphQLType type1, GraphQLType type2) => (type1, type2) switch
    {
        (NonNullType nonNull1, NonNullType nonNull2) => HaveDifferentShape(nonNull1.Type, nonNull2.Type),
        (NonNullType, _) or (_, NonNullType) => true,
        (ListType list1, ListType list2) => HaveDifferentShape(list1.ItemType, list2.ItemType),
        (ListType, _) or (_, ListType) => true,
        (CompositeType, CompositeType) => false,
        _ => type1 != type2,
    };

    private sealed record Conflict(string ResponseName, string Reason, IReadOnlyList<FieldNode> Nodes1, IReadOnlyList<FieldNode> Nodes2);
}
