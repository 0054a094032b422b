namespace CallCenter.Telephony.Media;

/// <summary>Changes the sample rate of speech, well enough for a telephone line: a windowed-sinc low-pass evaluated at each output instant.</summary>
internal static class Resampler
{
    /// <summary>Zero crossings of the sinc on each side. 24 put the stop band below -70 dB with a Blackman window.</summary>
    private const int Crossings = 24;

    /// <summary>Part of the lower Nyquist frequency that passes; the rest is the filter's slope. 3.6 kHz of 4 for an 8 kHz output.</summary>
    private const double PassBand = 0.9;

    /// <summary>The samples at another rate; the same array when the rates are equal.</summary>
    public static short[] Resample(short[] samples, int fromRate, int toRate)
    {
        if (fromRate == toRate)
        {
            return samples;
        }

        // In input samples: the sinc's zero crossings are wider apart when the output's Nyquist frequency is the lower one.
        var cutoff = PassBand * Math.Min(1.0, (double)toRate / fromRate);
        var halfWidth = Crossings / cutoff;
        var output = new short[(int)((long)samples.Length * toRate / fromRate)];
        for (var i = 0; i < output.Length; i++)
        {
            var center = (double)i * fromRate / toRate;
            var first = Math.Max(0, (int)Math.Ceiling(center - halfWidth));
            var last = Math.Min(samples.Length - 1, (int)Math.Floor(center + halfWidth));
            var sum = 0.0;
            for (var k = first; k <= last; k++)
            {
                var distance = k - center;
                sum += samples[k] * Sinc(cutoff * distance) * Blackman(distance / halfWidth);
            }

            output[i] = (short)Math.Clamp(Math.Round(sum * cutoff), short.MinValue, short.MaxValue);
        }

        return output;
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-9 ? 1.0 : Math.Sin(Math.PI * x) / (Math.PI * x);

    /// <summary>1 in the middle, 0 at -1 and 1.</summary>
    private static double Blackman(double x) => 0.42 + (0.5 * Math.Cos(Math.PI * x)) + (0.08 * Math.Cos(2 * Math.PI * x));
}
