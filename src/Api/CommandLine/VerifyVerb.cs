using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;

namespace CallCenter.Api.CommandLine;

/// <summary>./run verify: the verdict in one line, and below it what is wrong.</summary>
internal static class VerifyVerb
{
    /// <returns>The exit code: 0 intact, 1 damaged.</returns>
    public static async Task<int> RunAsync(DateTimeOffset? from, DateTimeOffset? to, bool acceptHead, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
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
}
