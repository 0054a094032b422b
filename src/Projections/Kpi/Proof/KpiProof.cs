namespace CallCenter.Projections.Kpi.Proof;

/// <summary>A figure as it is served and as the events give it.</summary>
/// <param name="Cell">Null for the total.</param>
/// <param name="Shares">What makes the recounted figure; durations in ms.</param>
public sealed record KpiProof(KpiCell? Cell, KpiColumn Column, double? Served, double? Recounted, IReadOnlyList<KpiShare> Shares)
{
    // What a division of whole numbers loses, and no more.
    private const double Tolerance = 1e-9;

    public bool Agrees => (Served, Recounted) switch
    {
        ({ } served, { } recounted) => Math.Abs(served - recounted) <= Tolerance * Math.Max(1, Math.Abs(recounted)),
        var (served, recounted) => served == recounted,
    };

    /// <summary>Every figure of a report, the total first, then the rows; also those of rows that the report lacks.</summary>
    public static IEnumerable<KpiProof> Of(KpiTable report, KpiEvidence evidence)
    {
        for (var i = 0; i < report.Columns.Count; i++)
        {
            var column = report.Columns[i];
            var whole = KpiRecount.Of(evidence, report.Query with { Dimensions = [] }, column);
            yield return Compare(null, column, report.Total[i], whole, new KpiCell());
            if (report.Query.Dimensions.Count == 0)
            {
                continue;
            }

            var recounted = KpiRecount.Of(evidence, report.Query, column);
            var served = report.Rows.ToDictionary(row => row.Cell, row => row.Values[i]);
            foreach (var cell in served.Keys.Union(recounted.Keys))
            {
                yield return Compare(cell, column, served.TryGetValue(cell, out var value) ? value : column.OverNothing, recounted, cell);
            }
        }
    }

    private static KpiProof Compare(KpiCell? row, KpiColumn column, double? served, IReadOnlyDictionary<KpiCell, (double? Value, IReadOnlyList<KpiShare> Shares)> recounted, KpiCell cell) =>
        recounted.TryGetValue(cell, out var found) ? new KpiProof(row, column, served, found.Value, found.Shares) : new KpiProof(row, column, served, column.OverNothing, []);
}
