using System.Diagnostics;
using System.Globalization;

namespace CallCenter.Media.Bench;

/// <summary>Sends for all phones from one thread, spread evenly over each 20 ms, and knows its own CPU time.</summary>
internal sealed class Load(Phone[] phones) : IDisposable
{
    private const int Slices = 10;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public TimeSpan Cpu { get; private set; }

    public Task<long> RunAsync(TimeSpan duration)
    {
        var done = new TaskCompletionSource<long>();
        new Thread(() => done.SetResult(Run(duration))) { Name = "phones" }.Start();
        return done.Task;
    }

    public void Dispose() => _clock.Stop();

    private long Run(TimeSpan duration)
    {
        var start = _clock.Elapsed;
        var before = CpuOfThisThread();
        var sent = 0L;
        for (var slice = 0; slice * 20.0 / Slices < duration.TotalMilliseconds; slice++)
        {
            var due = start + TimeSpan.FromMilliseconds(slice * 20.0 / Slices);
            if (due - _clock.Elapsed is { TotalMilliseconds: > 0.5 } wait)
            {
                Thread.Sleep(wait);
            }

            for (var i = slice % Slices; i < phones.Length; i += Slices, sent++)
            {
                phones[i].Send();
            }
        }

        // What is still under way.
        Thread.Sleep(100);
        Cpu += CpuOfThisThread() - before;
        return sent;
    }

    /// <summary>User and system time, fields 14 and 15 of its stat file, in hundredths of a second.</summary>
    private static TimeSpan CpuOfThisThread()
    {
        var stat = File.ReadAllText("/proc/thread-self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)));
    }
}
