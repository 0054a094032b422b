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
}
