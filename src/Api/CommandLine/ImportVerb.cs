using System.CommandLine;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.Import;
using CallCenter.Import.AnonymousBank;
using CallCenter.Import.Csv;
using CallCenter.Import.QueueLog;
using CallCenter.Projections.Imports;

namespace CallCenter.Api.CommandLine;

/// <summary>./run import: takes over another system's records as batches, lists the batches and reverts them.</summary>
internal static class ImportVerb
{
    private const string Bank = "anonymous-bank";
    private const string QueueLog = "queue_log";

    /// <param name="guard">Runs a verb; the last is its exit code.</param>
    public static Command Create(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var format = new Option<string>("--format") { Description = $"Format of the file: {QueueLog} (Asterisk's, of any version) or {Bank}", Required = true };
        format.AcceptOnlyFromAmong(QueueLog, Bank);
        var zone = new Option<string?>("--time-zone") { Description = "IANA zone of a queue_log's times that name none, as databases write them; seconds since 1970 need none" };
        var file = new Argument<FileInfo>("FILE") { Description = "The file, plain or .gz" };
        var options = new ImportOptions();
        var import = new Command(
            "import",
            "Append another system's records as historical events, as one batch. Run again it goes on where it was interrupted, and adds nothing that is there already; rows that are wrong keep the whole file away")
        {
            format, file, zone, Csv(guard), List(guard), Revert(guard),
        };
        options.AddTo(import);
        import.SetAction((result, cancellationToken) => guard(
            (knobs, loggers, ct) => ImportFile.RunAsync(options.Order(result, result.GetRequiredValue(file), result.GetRequiredValue(format) == Bank ? new BankFormat() : new QueueLogFormat(result.GetValue(zone))), knobs, loggers, ct), cancellationToken));
        return import;
    }

    private static Command Csv(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file, plain or .gz" };
        var mapping = new Option<FileInfo>("--mapping") { Description = "What the columns are, as YAML; ./run import csv schema prints its JSON Schema", Required = true };
        var options = new ImportOptions();
        var schema = new Command("schema", "Print the JSON Schema of mappings, for editors");
        schema.SetAction(_ => Console.Out.Write(CsvMappingSchema.Text));
        var csv = new Command("csv", "Append any CSV as historical calls, by a mapping that says which column is what") { file, mapping, schema };
        options.AddTo(csv);
        csv.SetAction((result, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
                await ImportFile.RunAsync(options.Order(result, result.GetRequiredValue(file), new CsvFormat(await CsvMapping.ReadAsync(result.GetRequiredValue(mapping).FullName, ct))), knobs, loggers, ct),
            cancellationToken));
        return csv;
    }

    private static Command List(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var list = new Command("list", "List the batches, the one that changed last first");
        list.SetAction((_, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
            {
                await using var center = await Center.OpenAsync(knobs, loggers, ct);
                await center.Projections.StartAsync(ct);
                await center.CatchUpAsync(ct);
                Console.WriteLine("batch\tgeneration\tstate\tcalls\tshifts\tleft out\tformat\tlast file\tchanged");
                foreach (var b in await new ImportQueries(center.Source).GetAsync(ct))
                {
                    Console.WriteLine($"{b.Name}\t{b.Generation}\t{b.Phase.ToString().ToLowerInvariant()}\t{b.Calls}\t{b.Shifts}\t{b.LeftOut}\t{b.Format}\t{b.File}\t{b.ChangedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
                }

                return 0;
            },
            cancellationToken));
        return list;
    }

    private static Command Revert(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var name = new Argument<string>("BATCH") { Description = "The batch's name; ./run import list names all" };
        var revert = new Command(
            "revert",
            "Take a batch back: its calls count in no list and no figure any more, the trail tells of coming and going, and it may be imported again. Queues and agents made for it stay. Run again it goes on where it was interrupted")
        {
            name,
        };
        revert.SetAction((result, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
            {
                await using var center = await Center.OpenAsync(knobs, loggers, ct);
                var batch = result.GetRequiredValue(name);
                var progress = new Progress<int>(count => Console.Error.WriteLine($"{count:N0} withdrawn"));
                var report = await new ImportReversal(center.Store, center.Source, TimeProvider.System).RunAsync(batch, progress, ct);
                await ImportFile.ShowAsync(center, report.LastPosition, ct);
                Console.WriteLine($"Batch {batch}, generation {report.Generation}, is reverted: {report.Calls} calls and {report.Shifts} shifts are withdrawn.");
                return 0;
            },
            cancellationToken));
        return revert;
    }
}
