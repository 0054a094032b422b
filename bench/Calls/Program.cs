using System.Globalization;
using System.Runtime.InteropServices;

using CallCenter.Calls.Bench;

// Queue calls against the real process: SIPp callers at constant rates, SIPp agents who answer at once, 1 s of talk, no wrap-up, no RTP from the phones.
// Arguments: the repository's root, then the rates (default 50, then 100 to 800). A round ends with the first rate at which 1 % of the calls or more fail.
const int Rounds = 3;
const int Seconds = 8;
const int Agents = 1000;

// Until then most of the CPU time is the just-in-time compiler's, and no figure means anything.
const int WarmUpRate = 200;
const int WarmUpSeconds = 30;

var root = args[0];
int[] rates = args.Length > 1 ? [.. args[1..].Select(rate => int.Parse(rate, CultureInfo.InvariantCulture))] : [50, 100, 200, 300, 400, 500, 600, 700, 800];
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var results = new List<List<StepResult>>();
try
{
    for (var round = 1; round <= Rounds; round++)
    {
        Console.WriteLine($"round {round}: a new database and a new server, warmed up by {WarmUpRate * WarmUpSeconds:N0} calls; {Agents} agents");
        results.Add(await RoundAsync());
    }
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}

Console.WriteLine($"medians of {Rounds}, spread in brackets");
foreach (var steps in rates.Select(rate => results.SelectMany(round => round).Where(step => step.Rate == rate).ToList()).Where(steps => steps.Count == Rounds))
{
    Console.WriteLine($"{steps[0].Rate,4} calls/s: failed {Median(steps, s => s.FailedPercent, "F2")} %, INVITE to answer p50 {Median(steps, s => s.P50, "F0")} ms, "
        + $"p99 {Median(steps, s => s.P99, "F0")} ms, CPU s per 1,000 calls: server {Median(steps, s => s.ServerCpu, "F2")}, PostgreSQL {Median(steps, s => s.DatabaseCpu, "F2")}");
}

Console.WriteLine($"highest rate with under 1 % failed: {Median(results, round => round.Where(step => step.Good).Select(step => step.Rate).DefaultIfEmpty(0).Max(), "F0")} calls/s");
return 0;

async Task<List<StepResult>> RoundAsync()
{
    var folder = Directory.CreateTempSubdirectory("callcenter-bench-").FullName;
    try
    {
        await using var center = await BenchCenter.CreateAsync(Path.Combine(folder, "data"), Agents, stop.Token);
        var phones = Path.Combine(folder, "phones.csv");
        await center.WritePhonesAsync(phones, stop.Token);
        await using var server = await ServerProcess.StartAsync(root, Path.Combine(folder, "data"), stop.Token);
        await using var sipp = new Sipp(server.SipPort, folder);
        sipp.StartAgents();
        await sipp.RegisterAsync(phones, Agents, stop.Token);
        var step = new Step(center, server, sipp, await PostgresAsync(center));
        await step.RunAsync(WarmUpRate, WarmUpSeconds, stop.Token);
        var steps = new List<StepResult>();
        foreach (var rate in rates)
        {
            steps.Add(await step.RunAsync(rate, Seconds, stop.Token));
            Tell(steps[^1]);
            if (!steps[^1].Good)
            {
                break;
            }
        }

        return steps;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

// The server process of a session is a child of the one that began it all.
async Task<int> PostgresAsync(BenchCenter center)
{
    await using var command = center.Source.CreateCommand("select pg_backend_pid()");
    return Proc.ParentOf((int)(await command.ExecuteScalarAsync(stop.Token))!);
}

static void Tell(StepResult s) => Console.WriteLine(
    $"{s.Rate,4} calls/s: {s.FailedPercent:F2} % failed, INVITE to answer p50 {s.P50:F0} ms p99 {s.P99:F0} ms, CPU s per 1,000 calls: server {s.ServerCpu:F2}, "
    + $"PostgreSQL {s.DatabaseCpu:F2}; memory: server {s.ServerMegabytes:F0} MB, PostgreSQL {s.DatabaseMegabytes:F0} MB; {s.Retransmissions} retransmissions by callers");

static string Median<T>(IEnumerable<T> all, Func<T, double> figure, string format)
{
    var sorted = all.Select(figure).Order().ToList();
    return $"{sorted[sorted.Count / 2].ToString(format, CultureInfo.InvariantCulture)} [{sorted[0].ToString(format, CultureInfo.InvariantCulture)} to {sorted[^1].ToString(format, CultureInfo.InvariantCulture)}]";
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
