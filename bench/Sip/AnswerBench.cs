using System.Diagnostics;
using System.Globalization;

using CallCenter.Calls.Bench;

namespace CallCenter.Sip.Bench;

/// <summary>Plain answered calls (INVITE with SDP, 200, ACK, 1 s, BYE) by SIPp, to a bare switch in a process of its own.</summary>
internal sealed class AnswerBench : IAsyncDisposable
{
    private const int Rounds = 3;
    private const int Seconds = 8;
    private const int Held = 2000;

    private readonly string _folder = Directory.CreateTempSubdirectory("callcenter-bench-").FullName;
    private readonly Process _switch;
    private readonly Sipp _sipp;

    private AnswerBench(Process process, int port)
    {
        _switch = process;
        _sipp = new Sipp(port, _folder);
    }

    public static async Task<AnswerBench> StartAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(AnswerBench).Assembly.Location);
        start.ArgumentList.Add("serve");
        var process = Process.Start(start)!;
        return new AnswerBench(process, int.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
    }

    /// <summary>Rates in turn, each three times; ends after the first at which 1 % fail.</summary>
    public async Task RatesAsync(int[] rates, CancellationToken ct)
    {
        await _sipp.CallAsync(500, 20, ct);
        foreach (var rate in rates)
        {
            var (failed, cpu) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                var before = Proc.CpuSeconds(_switch.Id);
                var counts = await _sipp.CallAsync(rate, Seconds, ct);
                cpu.Add((Proc.CpuSeconds(_switch.Id) - before) / counts.Created * 1000);
                failed.Add(100.0 * ((rate * Seconds) - counts.Successful) / (rate * Seconds));
            }

            Console.WriteLine($"answered calls at {rate}/s: failed {Median(failed)} %, CPU s per 1,000 calls {Median(cpu)}; {Proc.ResidentMegabytes(_switch.Id):F0} MB resident");
            if (failed.Order().ElementAt(Rounds / 2) >= 1)
            {
                return;
            }
        }
    }

    /// <summary>What a call that is up costs in memory: of live objects, and of the process as the system sees it.</summary>
    public async Task MemoryAsync(CancellationToken ct)
    {
        await _sipp.CallAsync(500, 10, ct);
        await Task.Delay(TimeSpan.FromSeconds(40), ct); // Until finished transactions have gone (64*T1).
        var (objects, resident) = (await LiveBytesAsync(), Proc.ResidentMegabytes(_switch.Id));
        var calls = _sipp.CallAsync(Held / 8, 8, ct, talkSeconds: 60);
        await Task.Delay(TimeSpan.FromSeconds(50), ct);
        Console.WriteLine($"memory of a call that is up, {Held} at once: {(await LiveBytesAsync() - objects) / 1024.0 / Held:F1} kB of live objects, {(Proc.ResidentMegabytes(_switch.Id) - resident) * 1024 / Held:F1} kB resident");
        await calls;
    }

    public async ValueTask DisposeAsync()
    {
        await _sipp.DisposeAsync();
        _switch.StandardInput.Close();
        await _switch.WaitForExitAsync();
        _switch.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<long> LiveBytesAsync()
    {
        await _switch.StandardInput.WriteLineAsync();
        return long.Parse((await _switch.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }

    private static string Median(List<double> values)
    {
        values.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"{values[values.Count / 2]:F2} [{values[0]:F2} to {values[^1]:F2}]");
    }
}
