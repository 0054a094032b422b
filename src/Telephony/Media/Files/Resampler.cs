using System.Numerics;

namespace CallCenter.Telephony.Media;

/// <summary>Changes the sample rate of speech, well enough for a telephone line: a windowed-sinc low-pass evaluated at each output instant.</summary>
internal static class Resampler
{
    /// <summary>Zero crossings of the sinc on each side. 24 put the stop band below -70 dB with a Blackman window.</summary>
    private const int Crossings = 24;

    /// <summary>Part of the lower Nyquist frequency that passes; the rest is the filter's slope. 3.6 kHz of 4 for an 8 kHz output.</summary>
    private const double PassBand = 0.9;

    /// <summary>The samples at another rate; the same array when the rates are equal.</summary>
    public static short[] Resample(short[] samples, int fromRate, int toRate) =>
        fromRate == toRate ? samples : Resample(samples, fromRate, toRate, 0, (int)((long)samples.Length * toRate / fromRate));

    /// <summary>Some of the samples at another rate: so that a long file can be taken piece by piece, each with some of its neighbours.</summary>
    /// <param name="samples">The first lies at the instant of output 0.</param>
    /// <param name="fromRate">Theirs, in Hz.</param>
    /// <param name="toRate">The output's, in Hz.</param>
    /// <param name="first">First output.</param>
    /// <param name="count">How many outputs.</param>
    public static short[] Resample(ReadOnlySpan<short> samples, int fromRate, int toRate, int first, int count)
    {
        // The output instants fall on a few places between input samples, again and again (160 places from 22,050 to 8,000 Hz): one set of
        // coefficients for each.
        var common = (int)BigInteger.GreatestCommonDivisor(fromRate, toRate);
        var step = fromRate / common;
        var phases = new double[toRate / common][];
        var filter = new Filter(PassBand * Math.Min(1.0, (double)toRate / fromRate));

        var output = new short[count];
        for (var i = 0; i < output.Length; i++)
        {
            var (whole, phase) = Math.DivRem((long)(first + i) * step, phases.Length);
            var taps = phases[phase] ??= filter.Taps((double)phase / phases.Length);
            var before = (int)whole - filter.HalfLength;
            var start = Math.Max(0, -before);
            var end = Math.Min(taps.Length, samples.Length - before);
            var sum = 0.0;
            for (var tap = start; tap < end; tap++)
            {
                sum += taps[tap] * samples[before + tap];
            }

            output[i] = (short)Math.Clamp(Math.Round(sum), short.MinValue, short.MaxValue);
        }

        return output;
    }

    /// <summary>A low-pass of the given cutoff, a part of the input's Nyquist frequency.</summary>
    private sealed class Filter(double cutoff)
    {
        /// <summary>Input samples on each side. The sinc's zero crossings are the wider apart the lower the cutoff is.</summary>
        public int HalfLength { get; } = (int)Math.Ceiling(Crossings / cutoff);

        /// <summary>Coefficients for an instant that lies this part of a sample after the middle one.</summary>
        public double[] Taps(double fraction)
        {
            var taps = new double[(2 * HalfLength) + 2];
            for (var i = 0; i < taps.Length; i++)
            {
                var distance = i - HalfLength - fraction;
                taps[i] = cutoff * Sinc(cutoff * distance) * Blackman(distance / (HalfLength + 1));
            }

            return taps;
        }
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-9 ? 1.0 : Math.Sin(Math.PI * x) / (Math.PI * x);

    /// <summary>1 in the middle, 0 at -1 and 1.</summary>
    private static double Blackman(double x) => 0.42 + (0.5 * Math.Cos(Math.PI * x)) + (0.08 * Math.Cos(2 * Math.PI * x));
}
