using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.Import;
using CallCenter.Import.AnonymousBank;

namespace CallCenter.Api.CommandLine;

/// <summary>./run import: progress on standard error, the report on standard output, every judgement in a file.</summary>
internal static class ImportVerb
{
    private const int LinesShown = 5;

    public static async Task RunAsync(string path, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        var progress = new Progress<ImportProgress>(p => Console.Error.WriteLine($"{p.Rows:N0} rows, {p.RowsPerSecond:N0} rows/s"));
        var report = await new BankImport(center.Store, TimeProvider.System).RunAsync(path, progress, cancellationToken);
        await Console.Error.WriteLineAsync("Bringing the reports up to date ...");
        await center.Projections.StartAsync(cancellationToken);
        await center.Projections.WaitForAsync(report.LastPosition, cancellationToken);

        // No server need be running that would do it.
        await center.Sealer.SealAsync(cancellationToken);
        await TellAsync(report, path, knobs, cancellationToken);
    }

    private static async Task TellAsync(ImportReport report, string path, Knobs knobs, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{report.Rows} rows: {report.Imported} calls imported, {report.AlreadyThere} were there already, {report.NotPlaced} could not be placed in time; "
            + $"{report.Events} events in {report.Elapsed.TotalSeconds:F1} s ({report.Rows / report.Elapsed.TotalSeconds:N0} rows/s).");
        if (report.StoppedAt is { } stopped)
        {
            Console.WriteLine($"The file is not whole: stopped at {stopped}.");
        }

        if (report.Judgements.Count == 0)
        {
            return;
        }

        var folder = Directory.CreateDirectory(Path.Combine(knobs.DataFolder, "imports"));
        var all = Path.Combine(folder.FullName, $"{Path.GetFileName(path)}.judgements.tsv");
        await File.WriteAllLinesAsync(all, report.Judgements.Select(j => $"{j.Line}\t{j.Reason}\t{j.Detail}").Prepend("line\treason\tdetail"), cancellationToken);
        Console.WriteLine($"{report.Judgements.DistinctBy(j => j.Line).Count()} rows needed judgement (all of them, with what was done: {all}):");
        foreach (var group in report.Judgements.GroupBy(j => j.Reason, StringComparer.Ordinal).OrderByDescending(g => g.Count()))
        {
            var lines = string.Join(", ", group.Take(LinesShown).Select(j => j.Line));
            Console.WriteLine($"  {group.Count(),6} x {group.Key}: {(group.Count() > LinesShown ? $"lines {lines}, ..." : $"line {lines}")}");
        }
    }
}
