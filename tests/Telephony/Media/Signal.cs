using CallCenter.Telephony.Media;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>Makes and measures test tones.</summary>
internal static class Signal
{
    public static short[] Tone(double frequency, double seconds, double amplitude = 8000, int rate = 8000)
    {
        var samples = new short[(int)(seconds * rate)];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * frequency * i / rate));
        }

        return samples;
    }

    /// <summary>Root mean square.</summary>
    public static double Level(ReadOnlySpan<short> samples)
    {
        var power = 0.0;
        foreach (var sample in samples)
        {
            power += (double)sample * sample;
        }

        return Math.Sqrt(power / samples.Length);
    }

    /// <summary>Amplitude of one frequency (a single bin of the Fourier transform).</summary>
    public static double Amplitude(ReadOnlySpan<short> samples, double frequency, int rate = AudioClip.SampleRate)
    {
        double re = 0, im = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            var phase = 2 * Math.PI * frequency * i / rate;
            re += samples[i] * Math.Cos(phase);
            im += samples[i] * Math.Sin(phase);
        }

        return 2 * Math.Sqrt((re * re) + (im * im)) / samples.Length;
    }

    /// <summary>How far what is not the signal lies below it, in dB, at the gain that fits best.</summary>
    public static double SignalToNoise(ReadOnlySpan<short> signal, ReadOnlySpan<short> heard)
    {
        double both = 0, self = 0;
        for (var i = 0; i < signal.Length; i++)
        {
            both += (double)signal[i] * heard[i];
            self += (double)signal[i] * signal[i];
        }

        var gain = both / self;
        var noise = 0.0;
        for (var i = 0; i < signal.Length; i++)
        {
            noise += Math.Pow(heard[i] - (gain * signal[i]), 2);
        }

        return 10 * Math.Log10(gain * gain * self / noise);
    }

    /// <summary>Where in what was heard the signal begins: the lag of the highest correlation, and that correlation, 0 to 1.</summary>
    public static (int Lag, double Correlation) Find(ReadOnlySpan<short> signal, ReadOnlySpan<short> heard)
    {
        var best = (Lag: 0, Correlation: 0.0);
        for (var lag = 0; lag + signal.Length <= heard.Length; lag++)
        {
            double both = 0, a = 0, b = 0;
            for (var i = 0; i < signal.Length; i++)
            {
                double x = signal[i], y = heard[lag + i];
                both += x * y;
                a += x * x;
                b += y * y;
            }

            var correlation = a == 0 || b == 0 ? 0 : both / Math.Sqrt(a * b);
            if (correlation > best.Correlation)
            {
                best = (lag, correlation);
            }
        }

        return best;
    }
}
