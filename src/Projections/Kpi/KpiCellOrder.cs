namespace CallCenter.Projections.Kpi;

/// <summary>Rows in the order of their dimensions; what has none comes last.</summary>
internal sealed class KpiCellOrder(IReadOnlyList<KpiDimension> dimensions) : IComparer<KpiCell>
{
    public int Compare(KpiCell? x, KpiCell? y) => dimensions.Select(dimension => Compare(x!.Of(dimension), y!.Of(dimension))).FirstOrDefault(order => order != 0);

    private static int Compare(IComparable? a, IComparable? b) => (a, b) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        (string one, string other) => string.CompareOrdinal(one, other),
        _ => a.CompareTo(b),
    };
}
