using System.CommandLine;
using System.Globalization;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.Api.Reports;
using CallCenter.Projections;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Kpi.Proof;

namespace CallCenter.Api.CommandLine;

/// <summary>./run explain: figures as they are served and as they are counted again from the raw events, with what makes each.</summary>
internal static class ExplainVerb
{
    private const int UsualShares = 20;

    /// <param name="guard">Runs a verb, and tells what goes wrong as one line.</param>
    public static Command Create(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var options = new ReportOptions();
        var all = new Option<bool>("--all") { Description = $"Name every call, agent or ticket that makes a figure, not only {UsualShares} of each row" };
        var explain = new Command("explain", "Count figures again from the raw events, and print both with the calls that make them. Exit code 0: they are the same, 1: one is not") { all };
        options.AddTo(explain);
        explain.SetAction((result, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
            {
                await using var center = await Center.OpenAsync(knobs, loggers, ct);
                var names = await ReportNames.ReadAsync(center.Source, ct);
                var request = options.Read(result, names);
                return await RunAsync(center, request, names, result.GetValue(all) ? int.MaxValue : UsualShares, Console.Out, ct);
            },
            cancellationToken));
        return explain;
    }

    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(Center center, ReportRequest request, ReportNames names, int shares, TextWriter output, CancellationToken ct)
    {
        // One instant for both: an agent who is signed in works on meanwhile.
        var clock = new StoppedClock(TimeProvider.System.GetUtcNow());
        var kpis = new KpiQueries(center.Source, new CallQueries(center.Source, center.Personal), clock);
        var table = await KpiTable.ReadAsync(kpis, request.Query, request.Columns, ct);
        var evidence = await KpiEvidence.GatherAsync(center.Source, CenterEvents.Types(), request.Query.Filter, clock.GetUtcNow(), ct);
        var labels = new ReportTable(table, request.Zone, names);
        var (differ, count) = (0, 0);
        foreach (var proof in KpiProof.Of(table, evidence))
        {
            count++;
            differ += proof.Agrees ? 0 : 1;
            var row = proof.Cell is null ? "all" : string.Join(", ", labels.Labels(proof.Cell).Select(label => label ?? "none"));
            await output.WriteLineAsync(
                $"{proof.Column.Name} of {row}: served {Text(proof.Served)}, counted from the events {Text(proof.Recounted)}: {(proof.Agrees ? "the same" : "DIFFERENT")}");
            foreach (var share in proof.Shares.Take(shares))
            {
                await output.WriteLineAsync($"    {(proof.Column.IsOfAgents && names.Of(share.Id) is { } agent && agent != share.Id.ToString() ? $"{share.Id} {agent}" : share.Id.ToString())}  {Brings(proof.Column, share)}");
            }

            if (proof.Shares.Count > shares)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"    and {proof.Shares.Count - shares} more; --all names them"));
            }
        }

        await output.WriteLineAsync(differ == 0
            ? string.Create(CultureInfo.InvariantCulture, $"All {count} figures are what the events give.")
            : string.Create(CultureInfo.InvariantCulture, $"{differ} of {count} figures are not what the events give: has a read model fallen behind, or was it changed? ./run projections tells, ./run rebuild calls builds it anew."));
        return differ == 0 ? 0 : 1;
    }

    private static string Brings(KpiColumn column, KpiShare share) => column switch
    {
        { Figure: KpiFigure.UniqueCustomers } => string.Create(CultureInfo.InvariantCulture, $"customer {share.Part}"),
        { IsCount: true } => "1",
        { IsOfAgents: true } when share.Of == 0 => "1 contact",
        { IsOfAgents: true } => string.Create(CultureInfo.InvariantCulture, $"{share.Part / 1000:0.###} s of {share.Of / 1000:0.###} s"),
        { IsInSeconds: true } => string.Create(CultureInfo.InvariantCulture, $"{share.Part / 1000:0.###} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{share.Part:0.###} of {share.Of:0.###}"),
    };

    private static string Text(double? value) => value is { } figure ? figure.ToString("0.#########", CultureInfo.InvariantCulture) : "nothing";

    private sealed class StoppedClock(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }
}
