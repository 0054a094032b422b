using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.EventStore;
using CallCenter.Import;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Queues;

namespace CallCenter.Api.CommandLine;

/// <summary>Imports one file: progress on standard error, the report on standard output, every judgement and every wrong row in files.</summary>
internal static class ImportFile
{
    private const int LinesShown = 5;

    /// <returns>The exit code: 1 when rows are wrong, so that nothing was imported.</returns>
    public static async Task<int> RunAsync(ImportOrder order, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
            var progress = new Progress<ImportProgress>(p => Console.Error.WriteLine($"{p.Rows:N0} rows, {p.RowsPerSecond:N0} rows/s"));
            var known = order.CheckOnly ? KnownNames.None : await KnownAsync(center, loggers, cancellationToken);
            var report = await new ImportRunner(center.Store, center.Source, TimeProvider.System).RunAsync(order with { Known = known }, progress, cancellationToken);
            if (!order.CheckOnly)
            {
                await ShowAsync(center, report.LastPosition, cancellationToken);
            }

            await TellAsync(report, order, knobs, cancellationToken);
            return report.Faults.Count > 0 && order.CheckOnly ? 1 : 0;
        }
        catch (ImportFaultsException e)
        {
            await Console.Error.WriteLineAsync($"CallCenter: {e.Message}");
            foreach (var fault in e.Faults.Skip(1).Take(LinesShown - 1))
            {
                await Console.Error.WriteLineAsync($"  {fault}");
            }

            await Console.Error.WriteLineAsync($"All of them: {await WriteFaultsAsync(e.Faults, order, knobs, cancellationToken)}. --skip-bad imports the others.");
            return 1;
        }
    }

    /// <summary>Waits until the read models show what was written, and seals it: no server need be running that would.</summary>
    public static async Task ShowAsync(Center center, long position, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync("Bringing the reports up to date ...");
        await center.Projections.StartAsync(cancellationToken);
        await center.Projections.WaitForAsync(position, cancellationToken);
        await center.Sealer.SealAsync(cancellationToken);
    }

    // Only these two read models are brought up to date before: the others would take the import's time.
    private static async Task<KnownNames> KnownAsync(Center center, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var names = new ProjectionRuntime(
            center.Store, center.Source, [new QueuesProjection(), new AgentsProjection()], TimeProvider.System, loggers.CreateLogger<ProjectionRuntime>());
        await names.StartAsync(cancellationToken);
        await names.WaitForAsync(await center.Store.HighWaterMarkAsync(cancellationToken), cancellationToken);
        var queues = await new QueueQueries(center.Source, TimeProvider.System).SettingsAsync(cancellationToken);
        var agents = await new AgentQueries(center.Source).StatesAsync(cancellationToken);
        return new KnownNames(ByName(queues.Select(q => (q.Settings.Name, q.Id))), ByName(agents.Select(a => (a.State.Name, a.State.Id))));

        static Dictionary<string, Guid> ByName(IEnumerable<(string Name, Guid Id)> all) =>
            all.GroupBy(one => one.Name, StringComparer.Ordinal).Where(same => same.Count() == 1).ToDictionary(same => same.Key, same => same.Single().Id, StringComparer.Ordinal);
    }

    private static async Task TellAsync(ImportReport report, ImportOrder order, Knobs knobs, CancellationToken cancellationToken)
    {
        Console.WriteLine(order.CheckOnly
            ? $"{report.Rows} rows: {report.LeftOut} are wrong; nothing was written."
            : $"{report.Rows} rows: {report.Imported} calls imported, {report.AlreadyThere} were there already, {report.LeftOut} rows left out; "
                + $"{report.Events} events in {report.Elapsed.TotalSeconds:F1} s ({report.Rows / report.Elapsed.TotalSeconds:N0} rows/s).");
        if (report.Generation > 0)
        {
            Console.WriteLine($"They are batch {report.Batch}, generation {report.Generation}{(report.Shifts > 0 ? $", with {report.Shifts} shifts of agents" : "")}.");
        }

        if (report.OfOtherBatches > 0)
        {
            Console.WriteLine($"{report.OfOtherBatches} of those that were there already belong to other batches and go with those.");
        }

        if (report.ToldOtherwise > 0)
        {
            Console.WriteLine($"{report.ToldOtherwise} of what was there already are told longer or shorter by this file. They stay as they are; revert their batch and import again to take this file's word.");
        }

        if (report.StoppedAt is { } stopped)
        {
            Console.WriteLine($"The file is not whole: stopped at {stopped}.");
        }

        if (report.Faults.Count > 0)
        {
            Console.WriteLine($"Wrong rows: {await WriteFaultsAsync(report.Faults, order, knobs, cancellationToken)}");
            foreach (var fault in report.Faults.Take(LinesShown))
            {
                Console.WriteLine($"  {fault}");
            }
        }

        if (report.Judgements.Count > 0)
        {
            await TellJudgementsAsync(report, order, knobs, cancellationToken);
        }
    }

    private static async Task TellJudgementsAsync(ImportReport report, ImportOrder order, Knobs knobs, CancellationToken cancellationToken)
    {
        var all = Listing(order, knobs, "judgements");
        await File.WriteAllLinesAsync(all, report.Judgements.Select(j => $"{j.Line}\t{j.Reason}\t{j.Detail}").Prepend("line\treason\tdetail"), cancellationToken);
        Console.WriteLine($"{report.Judgements.DistinctBy(j => j.Line).Count()} rows needed judgement (all of them, with what was done: {all}):");
        foreach (var group in report.Judgements.GroupBy(j => j.Reason, StringComparer.Ordinal).OrderByDescending(g => g.Count()))
        {
            var lines = string.Join(", ", group.Take(LinesShown).Select(j => j.Line));
            Console.WriteLine($"  {group.Count(),6} x {group.Key}: {(group.Count() > LinesShown ? $"lines {lines}, ..." : $"line {lines}")}");
        }
    }

    private static async Task<string> WriteFaultsAsync(IReadOnlyList<ImportFault> faults, ImportOrder order, Knobs knobs, CancellationToken cancellationToken)
    {
        var all = Listing(order, knobs, "bad");
        await File.WriteAllLinesAsync(all, faults.Select(f => $"{f.Line}\t{f.Column}\t{f.Value}\t{f.Message}").Prepend("line\tcolumn\tvalue\twhat is wrong"), cancellationToken);
        return all;
    }

    private static string Listing(ImportOrder order, Knobs knobs, string what) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(knobs.DataFolder, "imports")).FullName, $"{Path.GetFileName(order.Path)}.{what}.tsv");
}
