using System.Diagnostics;

namespace CallCenter.Fuzz;

/// <summary>Feeds a target with mutated inputs and looks at what it does: no exception, and no input that takes longer than any may.</summary>
/// <param name="target">Which parser.</param>
/// <param name="seed">Of the random numbers: the same seed makes the same inputs.</param>
internal sealed class Fuzzer(Target target, int seed)
{
    /// <summary>No input of the size of a datagram may take so long, however busy the machine: honest ones take microseconds.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    private byte[] _now = [];

    /// <summary>Inputs so far.</summary>
    public long Count { get; private set; }

    /// <summary>Takes the corpus as it is: what was found once shows again here.</summary>
    public Finding? Replay() => Corpus.Of(target).Select(Try).FirstOrDefault(finding => finding is not null);

    /// <summary>Runs for a time; gives the first finding.</summary>
    public Finding? Run(TimeSpan time)
    {
        using var watchdog = new Timer(_ => Environment.FailFast(Report(new Finding(target, _now, $"takes more than {Hang.TotalSeconds} s"))), state: null, Hang, Timeout.InfiniteTimeSpan);
        var random = new Random(seed);
        var mutator = new Mutator(random);
        var seeds = Corpus.Of(target);
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            watchdog.Change(Hang, Timeout.InfiniteTimeSpan);
            for (var i = 0; i < 100; i++)
            {
                if (Try(mutator.Mutate(seeds[random.Next(seeds.Count)], seeds[random.Next(seeds.Count)], target.LongestInput)) is { } finding)
                {
                    return finding;
                }
            }
        }

        return null;
    }

    /// <summary>Keeps what was found and tells it.</summary>
    public static string Report(Finding finding) => $"{finding.Target} {finding.What}; the input is {Corpus.Keep(finding)}";

    private Finding? Try(byte[] input)
    {
        _now = input;
        Count++;
        try
        {
            target.Take(input);
            return null;
        }
        catch (Exception thrown)
        {
            return new Finding(target, input, $"threw {thrown}");
        }
    }
}
