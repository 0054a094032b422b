using System.Diagnostics;

namespace CallCenter.Projections.Kpi;

/// <summary>Rows in the order of their dimensions; what has none comes last.</summary>
internal sealed class KpiCellOrder(IReadOnlyList<KpiDimension> dimensions) : IComparer<KpiCell>
{
    public int Compare(KpiCell? x, KpiCell? y) => dimensions.Select(dimension => Compare(ValueOf(x!, dimension), ValueOf(y!, dimension))).FirstOrDefault(order => order != 0);

    private static IComparable? ValueOf(KpiCell cell, KpiDimension dimension) => dimension switch
    {
        KpiDimension.Interval => cell.IntervalStart,
        KpiDimension.HourOfDay => cell.HourOfDay,
        KpiDimension.Weekday => cell.Weekday,
        KpiDimension.Queue => cell.QueueId,
        KpiDimension.Agent => cell.AgentId,
        KpiDimension.Team => cell.Team,
        KpiDimension.Topic => cell.Topic,
        KpiDimension.Segment => cell.Segment,
        KpiDimension.Channel => cell.Channel,
        _ => throw new UnreachableException($"Dimension {dimension} has no value."),
    };

    private static int Compare(IComparable? a, IComparable? b) => (a, b) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        (string one, string other) => string.CompareOrdinal(one, other),
        _ => a.CompareTo(b),
    };
}
