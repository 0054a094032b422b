using System.CommandLine;
using System.Globalization;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.EventStore;

namespace CallCenter.Api.CommandLine;

/// <summary>./run export-trail: writes an excerpt of the trail that proves itself (./run verify --file).</summary>
internal static class ExportTrailVerb
{
    private const string Meaning = """
        Write events of the trail as JSON Lines with their seals, so that whoever gets the file can prove each event unaltered and signed: ./run verify --file FILE.
        Without a filter, or with --from and --to only, whole seals are written, some seconds' events around that time too, and the file proves that nothing between its first and last event is missing.
        With any other filter it cannot prove that nothing that matches was left out. Texts of callers and customers stay encrypted, as they are stored; what is not sealed yet is not in it.
        """;

    /// <param name="guard">Runs a verb on the center; the last is its exit code.</param>
    public static Command Create(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var from = Cli.Instant("--from", "Only what was recorded at or after this instant, as 2026-01-31T08:00:00Z");
        var to = Cli.Instant("--to", "Only what was recorded before this instant");
        var stream = new Option<Guid?>("--stream") { Description = "Only events of this stream: a call's id, an agent's" };
        var streamTypes = new Option<string[]>("--stream-type") { Description = "Only events of streams of this type, as call; may be given several times" };
        var types = new Option<string[]>("--type") { Description = "Only events of this type, as call_queued; may be given several times" };
        var user = new Option<string?>("--user") { Description = "Only what this user did" };
        var correlation = new Option<string?>("--correlation") { Description = "Only events of this correlation" };
        var causation = new Option<string?>("--causation") { Description = "Only events of this cause" };
        var file = new Option<FileInfo>("--output", "-o") { Description = "The file to write", Required = true };
        var export = new Command("export-trail", Meaning) { from, to, stream, streamTypes, types, user, correlation, causation, file };
        export.SetAction((result, cancellationToken) =>
        {
            var selection = new TrailFilter(
                result.GetValue(stream), Some(result.GetValue(streamTypes)), Some(result.GetValue(types)), result.GetValue(from), result.GetValue(to), result.GetValue(user),
                result.GetValue(correlation), result.GetValue(causation));
            return guard((knobs, loggers, ct) => RunAsync(selection, result.GetRequiredValue(file), knobs, loggers, ct), cancellationToken);
        });
        return export;
    }

    private static async Task<int> RunAsync(TrailFilter selection, FileInfo file, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        var unfinished = file.FullName + ".unfinished";
        await using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            var written = await center.Excerpts.WriteAsync(selection, stream, cancellationToken);
            Console.WriteLine(Tell(written, file));
        }

        File.Move(unfinished, file.FullName, overwrite: true);
        return 0;
    }

    private static string Tell(ExcerptSummary written, FileInfo file) => string.Create(CultureInfo.InvariantCulture, $"""
        {file.Name}: {written.Events:N0} events under {written.Seals:N0} seals; {written.UnsealedEvents:N0} events of the trail are not sealed yet and not in it.
        {(written.IsWhole ? "It proves that no event between its first and its last is missing." : "It proves each of its events, but not that no other event would have matched.")}
        It is signed with the key {written.KeyFingerprint} (SHA-256). Give verifying-key.pem of CALLCENTER_TRAIL to whoever shall verify it, by another way than the file.
        """);

    private static string[]? Some(string[]? values) => values is { Length: > 0 } ? values : null;
}
