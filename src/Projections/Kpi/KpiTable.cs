namespace CallCenter.Projections.Kpi;

/// <summary>A report whose columns are named by whoever asks: files, mails and proofs are made of it. Counts over nothing are 0, rates and means null.</summary>
/// <param name="Rows">One for each combination of the query's dimensions to which any of the columns has something, in their order; none without dimensions.</param>
public sealed record KpiTable(KpiQuery Query, IReadOnlyList<KpiColumn> Columns, IReadOnlyList<double?> Total, IReadOnlyList<(KpiCell Cell, IReadOnlyList<double?> Values)> Rows, KpiReport Report)
{
    /// <exception cref="BadKpiQueryException">The report cannot be made as asked.</exception>
    public static async Task<KpiTable> ReadAsync(KpiQueries kpis, KpiQuery query, IReadOnlyList<KpiColumn> columns, CancellationToken cancellationToken)
    {
        var report = await kpis.ReportAsync(query, cancellationToken);
        var total = await KpiValues.ReadAsync(kpis, query with { Dimensions = [] }, [report.Total], columns, cancellationToken);
        var rows = query.Dimensions.Count == 0 ? null : await KpiValues.ReadAsync(kpis, query, report.Rows, columns, cancellationToken);
        return new KpiTable(query, columns, ValuesOf(total, new KpiCell()), rows is null ? [] : [.. rows.Cells.Select(cell => (cell, ValuesOf(rows, cell)))], report);

        IReadOnlyList<double?> ValuesOf(KpiValues values, KpiCell cell) => [.. columns.Select(column => values.Of(cell, column))];
    }
}
