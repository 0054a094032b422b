namespace CallCenter.Telephony.Media;

/// <summary>Makes steady tones.</summary>
internal static class ToneGenerator
{
    /// <summary>Rise and fall, so that a tone does not begin and end with a click.</summary>
    private const int Ramp = AudioClip.SampleRate / 500;

    /// <summary>The sum of sines.</summary>
    /// <param name="duration">Rise and fall of 2 ms included.</param>
    /// <param name="sines">Hz, and amplitude of 32,767.</param>
    public static AudioClip Tone(TimeSpan duration, params ReadOnlySpan<(double Frequency, double Amplitude)> sines)
    {
        var samples = new short[(int)(duration.TotalSeconds * AudioClip.SampleRate)];
        for (var i = 0; i < samples.Length; i++)
        {
            var sum = 0.0;
            foreach (var (frequency, amplitude) in sines)
            {
                sum += amplitude * Math.Sin(2 * Math.PI * frequency * i / AudioClip.SampleRate);
            }

            var envelope = Math.Min(1, Math.Min(i, samples.Length - 1 - i) / (double)Ramp);
            samples[i] = (short)Math.Clamp(Math.Round(sum * envelope), short.MinValue, short.MaxValue);
        }

        return new AudioClip(samples);
    }
}
