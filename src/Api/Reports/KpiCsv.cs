namespace CallCenter.Api.Reports;

/// <summary>A report as CSV: a line of names, then a line for each row.</summary>
internal static class KpiCsv
{
    public static async Task WriteAsync(ReportTable table, TextWriter to)
    {
        var csv = new CsvWriter(to);
        foreach (var name in table.Header)
        {
            csv.Plain(name);
        }

        await csv.EndLineAsync();
        foreach (var (labels, values) in table.Rows)
        {
            foreach (var label in labels)
            {
                csv.Text(label);
            }

            foreach (var value in values)
            {
                csv.Number(value);
            }

            await csv.EndLineAsync();
        }
    }
}
