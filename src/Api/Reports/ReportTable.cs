using System.Diagnostics;
using System.Globalization;

using CallCenter.Projections.Kpi;

using NodaTime;

namespace CallCenter.Api.Reports;

/// <summary>A report as people read it: what divides it by name, figures as they are.</summary>
internal sealed class ReportTable(KpiTable table, DateTimeZone zone, ReportNames names)
{
    public KpiTable Figures => table;

    /// <summary>Names of the columns: what divides the report, then the figures.</summary>
    public IEnumerable<string> Header => [.. table.Query.Dimensions.Select(dimension => Snake(dimension.ToString())), .. table.Columns.Select(column => column.Name)];

    /// <summary>Undivided, the total is the one row.</summary>
    public IEnumerable<(IReadOnlyList<string?> Labels, IReadOnlyList<double?> Values)> Rows =>
        table.Query.Dimensions.Count == 0 ? [([], table.Total)] : table.Rows.Select(row => (Labels(row.Cell), row.Values));

    /// <summary>What a row is about, in the order of the dimensions; null for what has none.</summary>
    public IReadOnlyList<string?> Labels(KpiCell cell) => [.. table.Query.Dimensions.Select(dimension => dimension switch
    {
        KpiDimension.Interval => ReportInstants.Write(cell.IntervalStart, zone),
        KpiDimension.HourOfDay => cell.HourOfDay?.ToString(CultureInfo.InvariantCulture),
        KpiDimension.Weekday => cell.Weekday?.ToString(CultureInfo.InvariantCulture),
        KpiDimension.Queue => names.Of(cell.QueueId),
        KpiDimension.Agent => names.Of(cell.AgentId),
        KpiDimension.Team => cell.Team,
        KpiDimension.Topic => cell.Topic,
        KpiDimension.Segment => cell.Segment,
        KpiDimension.Channel => cell.Channel,
        _ => throw new UnreachableException($"Dimension {dimension} has no label."),
    })];

    /// <summary><c>HourOfDay</c> as <c>hour_of_day</c>.</summary>
    public static string Snake(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "_" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
