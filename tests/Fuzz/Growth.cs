using System.Diagnostics;

namespace CallCenter.Fuzz;

/// <summary>
/// Whether a target's cost grows no faster than its input: each part of each seed is repeated until the input is as long as can be, and the cost of that is held against
/// the cost of a quarter of it. Twice the size at four times the cost would be 16 times in two doublings; linear cost is 4 times.
/// </summary>
internal static class Growth
{
    private const int Runs = 5;
    private const double MostTimes = 11;

    // Below this the clock and the machine's other work say more than the parser.
    private static readonly TimeSpan WorthALook = TimeSpan.FromMilliseconds(2);

    /// <summary>The first input whose cost is out of proportion; null when there is none.</summary>
    /// <param name="target">Which parser.</param>
    /// <param name="parts">What is repeated.</param>
    public static Finding? Check(Target target, IEnumerable<(byte[] Before, byte[] Part, byte[] After)> parts)
    {
        foreach (var (before, part, after) in parts)
        {
            var most = (target.LongestInput - before.Length - after.Length) / part.Length;
            if (most < 8)
            {
                continue;
            }

            // Measured again when it looks bad: another process may have had the processor.
            for (var attempt = 1; ; attempt++)
            {
                var (quarter, whole) = (Cost(target, Input(most / 4)), Cost(target, Input(most)));
                if (whole < WorthALook || whole < quarter * MostTimes)
                {
                    break;
                }

                if (attempt == 4)
                {
                    return new Finding(target, Input(most), $"takes {whole.TotalMilliseconds:F1} ms for {most} repetitions and {quarter.TotalMilliseconds:F1} ms for a quarter of them");
                }
            }

            byte[] Input(int times) => [.. before, .. Enumerable.Repeat(part, times).SelectMany(bytes => bytes), .. after];
        }

        return null;
    }

    /// <summary>Each line of a text, and each separator with what stands before it, repeated where it stands.</summary>
    public static IEnumerable<(byte[] Before, byte[] Part, byte[] After)> PartsOf(byte[] seed)
    {
        foreach (var separators in (byte[][])[[(byte)'\n'], [.. " ;,:=<>\"\\@%-./\r\n"u8]])
        {
            var start = 0;
            for (var i = 0; i < seed.Length; i++)
            {
                if (separators.Contains(seed[i]))
                {
                    yield return (seed[..start], seed[start..(i + 1)], seed[(i + 1)..]);
                    start = i + 1;
                }
            }
        }
    }

    private static TimeSpan Cost(Target target, byte[] input)
    {
        var least = TimeSpan.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var began = Stopwatch.GetTimestamp();
            target.Take(input);
            var took = Stopwatch.GetElapsedTime(began);
            least = took < least ? took : least;
        }

        return least;
    }
}
