using System.Globalization;
using System.Net;
using System.Text;

namespace CallCenter.Api.Reports;

/// <summary>A report as people read it in a mail or a terminal: a line for each row, the total last.</summary>
internal static class ReportText
{
    private const string MayChange = "Figures may still change: the period is not over, or contacts of it have not ended.";

    /// <summary>In columns of one width.</summary>
    public static string Table(ReportTable table)
    {
        var (rows, labels) = (Rows(table), table.Figures.Query.Dimensions.Count);
        var widths = Enumerable.Range(0, rows[0].Count).Select(i => rows.Max(row => row[i].Length)).ToList();
        return string.Concat(rows.Select(row => $"{string.Join("  ", row.Select((text, i) => i < labels ? text.PadRight(widths[i]) : text.PadLeft(widths[i]))).TrimEnd()}\n"));
    }

    public static string Plain(string title, ReportTable table) => $"{title}\n\n{Table(table)}{(table.Figures.Report.Provisional ? $"\n{MayChange}\n" : "")}";

    public static string Html(string title, ReportTable table)
    {
        var (rows, labels) = (Rows(table), table.Figures.Query.Dimensions.Count);
        var html = new StringBuilder($"<!DOCTYPE html><html><body><p>{WebUtility.HtmlEncode(title)}</p><table border=\"1\" cellpadding=\"4\" style=\"border-collapse:collapse\">\n");
        foreach (var (line, row) in rows.Index())
        {
            html.Append("<tr>");
            foreach (var (i, text) in row.Index())
            {
                html.Append(CultureInfo.InvariantCulture, $"<{(line == 0 ? "th" : "td")}{(i < labels ? "" : " align=\"right\"")}>{WebUtility.HtmlEncode(text)}</{(line == 0 ? "th" : "td")}>");
            }

            html.Append("</tr>\n");
        }

        return html.Append("</table>").Append(table.Figures.Report.Provisional ? $"<p>{MayChange}</p>" : "").Append("</body></html>\n").ToString();
    }

    /// <summary>A figure for people: to the thousandth.</summary>
    private static string Text(double? value) => value is { } figure ? figure.ToString("0.###", CultureInfo.InvariantCulture) : "-";

    private static List<List<string>> Rows(ReportTable table)
    {
        List<List<string>> rows = [[.. table.Header], .. table.Rows.Select(row => row.Labels.Select(label => label ?? "-").Concat(row.Values.Select(Text)).ToList())];
        if (table.Figures.Query.Dimensions.Count > 0)
        {
            rows.Add([.. table.Figures.Query.Dimensions.Select((_, i) => i == 0 ? "all" : ""), .. table.Figures.Total.Select(Text)]);
        }

        return rows;
    }
}
