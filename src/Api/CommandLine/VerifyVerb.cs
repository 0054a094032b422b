using System.CommandLine;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.EventStore;

namespace CallCenter.Api.CommandLine;

/// <summary>./run verify: the verdict in one line, and below it what is wrong; of the database's trail, or of an excerpt alone.</summary>
internal static class VerifyVerb
{
    /// <param name="guard">Runs a verb on the center; the last is its exit code.</param>
    public static Command Create(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var from = Cli.Instant("--from", "Only events recorded at or after this instant, as 2026-01-31T08:00:00Z");
        var to = Cli.Instant("--to", "Only events recorded before this instant");
        var accept = new Option<bool>("--accept-head")
        {
            Description = "First take the database's last seal for the head, as after a backup was restored on purpose; the head file of before is kept",
        };
        var file = new Option<FileInfo?>("--file") { Description = "Verify this excerpt (./run export-trail) by itself instead: no database and no configuration is looked at" };
        var key = new Option<FileInfo?>("--key") { Description = "With --file: the center's verifying-key.pem, come by another way than the excerpt. Without it the file's own key is taken, which does not prove whose it is" };
        var verify = new Command("verify", "Prove that the event trail, or an excerpt of it, is what was sealed, or say what is not. Exit code 0: intact, 1: damaged") { from, to, accept, file, key };
        verify.Validators.Add(result =>
        {
            if (result.GetValue(file) is null ? result.GetValue(key) is not null : result.GetValue(from) is not null || result.GetValue(to) is not null || result.GetValue(accept))
            {
                result.AddError("--file and --key are about an excerpt, --from, --to and --accept-head about the database: say the ones or the others, and --key only with --file.");
            }
        });
        verify.SetAction((result, cancellationToken) => result.GetValue(file) is { } excerpt
            ? RunAsync(excerpt, result.GetValue(key), cancellationToken)
            : guard((knobs, loggers, ct) => RunAsync(result.GetValue(from), result.GetValue(to), result.GetValue(accept), knobs, loggers, ct), cancellationToken));
        return verify;
    }

    private static async Task<int> RunAsync(DateTimeOffset? from, DateTimeOffset? to, bool acceptHead, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        if (acceptHead)
        {
            Console.WriteLine($"The head is now seal {await center.Sealer.AcceptHeadAsync(cancellationToken)}.");
        }

        var report = await center.Verifier.VerifyAsync(from, to, cancellationToken);
        Console.WriteLine(report.Verdict);
        if (report.Detail is { } detail)
        {
            Console.WriteLine(detail);
        }

        return report.Intact ? 0 : 1;
    }

    private static async Task<int> RunAsync(FileInfo excerpt, FileInfo? key, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new FileStream(excerpt.FullName, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
            var report = await ExcerptVerifier.VerifyAsync(stream, key is null ? null : await File.ReadAllTextAsync(key.FullName, cancellationToken), cancellationToken);
            Console.WriteLine(report.Text);
            return report.Holds ? 0 : 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EventStoreException)
        {
            await Console.Error.WriteLineAsync($"CallCenter: {e.Message}");
            return 1;
        }
    }
}
