using System.CommandLine;
using System.Text;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.Api.Reports;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Kpi;

namespace CallCenter.Api.CommandLine;

/// <summary>./run report: figures as a table, or as CSV; and the calls and visits themselves.</summary>
internal static class ReportVerb
{
    private const string Kpis = "kpis";

    /// <param name="guard">Runs a verb, and tells what goes wrong as one line.</param>
    public static Command Create(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task>, CancellationToken, Task<int>> guard)
    {
        var options = new ReportOptions();
        var csv = new Option<string?>("--csv") { Description = "Write CSV: of the figures, or with a word, calls (one line a call) or visits (one line a visit to a queue)", Arity = ArgumentArity.ZeroOrOne, HelpName = "kpis|calls|visits" };
        csv.AcceptOnlyFromAmong(Kpis, "calls", "visits");
        var personal = new Option<bool>("--personal") { Description = "With callers' numbers, customer numbers and notes among the columns of calls" };
        var report = new Command("report", "Print KPI figures of a period, or the calls and visits behind them") { csv, personal };
        options.AddTo(report);
        report.SetAction((result, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
            {
                await using var center = await Center.OpenAsync(knobs, loggers, ct);
                var names = await ReportNames.ReadAsync(center.Source, ct);
                var request = options.Read(result, names);
                await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
                var calls = new CallQueries(center.Source, center.Personal);
                var format = result.GetResult(csv) is null ? null : result.GetValue(csv) ?? Kpis;
                if (format is "calls" or "visits")
                {
                    var (export, list) = (request.ToCalls(result.GetValue(personal)), new CallCsv(calls, center.Personal.RevealAsync, names));
                    await (format == "calls" ? list.WriteCallsAsync(export, output, ct) : list.WriteVisitsAsync(export, output, ct));
                    return;
                }

                var table = new ReportTable(await KpiTable.ReadAsync(new KpiQueries(center.Source, calls, TimeProvider.System), request.Query, request.Columns, ct), request.Zone, names);
                await (format is null ? output.WriteAsync(ReportText.Plain($"{ReportInstants.Write(request.Query.Filter.From, request.Zone)} to {ReportInstants.Write(request.Query.Filter.To, request.Zone)}", table)) : KpiCsv.WriteAsync(table, output));
            },
            cancellationToken));
        return report;
    }
}
