using System.Diagnostics;

namespace CallCenter.Scale.Bench;

/// <summary>How long questions take.</summary>
internal static class Times
{
    /// <summary>Asks one question after another, after a few to warm up, and prints median, 95th percentile and the longest.</summary>
    public static async Task PrintAsync(string what, int times, Func<int, Task> ask)
    {
        const int Warm = 5;
        var took = new List<double>();
        for (var i = -Warm; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await ask(i + Warm);
            if (i >= 0)
            {
                took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        took.Sort();
        Console.WriteLine(FormattableString.Invariant($"{what}: p50 {took[took.Count / 2]:F1} ms, p95 {took[took.Count * 95 / 100]:F1} ms, longest {took[^1]:F1} ms of {took.Count}"));
    }
}
