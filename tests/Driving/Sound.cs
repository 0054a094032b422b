namespace CallCenter.Driving;

/// <summary>What can be measured on 16-bit samples, 8000 a second.</summary>
internal static class Sound
{
    public const int SampleRate = 8_000;

    /// <summary>Root mean square, of full scale.</summary>
    public static double Level(ReadOnlySpan<short> samples) => Math.Sqrt(Power(samples)) / short.MaxValue;

    /// <summary>The share of the power that lies at a frequency, by Goertzel's algorithm: near 1 for a pure tone, near 0 for anything else.</summary>
    /// <param name="samples">As many as the tone's frequency divides, or many.</param>
    /// <param name="frequency">In Hz.</param>
    public static double ShareOf(ReadOnlySpan<short> samples, double frequency)
    {
        var coefficient = 2 * Math.Cos(2 * Math.PI * frequency / SampleRate);
        var (last, beforeLast) = (0.0, 0.0);
        foreach (var sample in samples)
        {
            (last, beforeLast) = (sample + (coefficient * last) - beforeLast, last);
        }

        var power = (last * last) + (beforeLast * beforeLast) - (coefficient * last * beforeLast);
        var whole = Power(samples) * samples.Length * samples.Length / 2;
        return whole == 0 ? 0 : power / whole;
    }

    /// <summary>How alike two stretches of equal length are, whatever their loudness: 1 for the same sound, near 0 for another.</summary>
    public static double Likeness(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        var (product, powerA, powerB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            powerA += (double)a[i] * a[i];
            powerB += (double)b[i] * b[i];
        }

        return powerA == 0 || powerB == 0 ? 0 : product / Math.Sqrt(powerA * powerB);
    }

    /// <summary>The greatest share of a tone in any fifth of a second that is not silent.</summary>
    /// <param name="heard">Any stretch.</param>
    /// <param name="frequency">In Hz.</param>
    public static double LoudestShare(short[] heard, double frequency)
    {
        const int Window = SampleRate / 5;
        const int Step = SampleRate / 50;
        return Enumerable.Range(0, Math.Max(0, (heard.Length - Window) / Step)).Max(i => heard.AsSpan(i * Step, Window) is var part && Level(part) > 0.02 ? ShareOf(part, frequency) : (double?)0) ?? 0;
    }

    private static double Power(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += (double)sample * sample;
        }

        return samples.IsEmpty ? 0 : sum / samples.Length;
    }
}
