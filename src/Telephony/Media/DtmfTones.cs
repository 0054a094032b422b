namespace CallCenter.Telephony.Media;

/// <summary>The pairs of tones of a telephone's keys (ITU-T Q.23), made when first used and shared by all legs.</summary>
internal static class DtmfTones
{
    /// <summary>After which a clip may begin again without a seam: all tones are whole numbers of Hz.</summary>
    private const double Seconds = 1;

    // Of full scale: -12 dB and -10 dB. The upper tone is sent a little louder, since lines lose more of it (Q.23 section 5).
    private const double LowAmplitude = 0.25;
    private const double HighAmplitude = 0.32;

    private const string Keypad = "123A456B789C*0#D";

    private static readonly double[] Low = [697, 770, 852, 941];
    private static readonly double[] High = [1209, 1336, 1477, 1633];
    private static readonly Lazy<AudioClip>[] Clips = [.. Keypad.Select((_, place) => new Lazy<AudioClip>(() => Compose(Low[place / 4], High[place % 4])))];

    /// <summary>20 ms of nothing.</summary>
    public static AudioClip Silence { get; } = AudioClip.Silence(Player.PacketTime);

    /// <summary>A key, to be repeated for as long as it is pressed; silence for the hook flash, which has no tones.</summary>
    public static AudioClip Of(char digit) => Keypad.IndexOf(digit, StringComparison.Ordinal) is >= 0 and var place ? Clips[place].Value : Silence;

    private static AudioClip Compose(double low, double high)
    {
        var samples = new short[(int)(Seconds * AudioClip.SampleRate)];
        for (var i = 0; i < samples.Length; i++)
        {
            var phase = 2 * Math.PI * i / AudioClip.SampleRate;
            samples[i] = (short)(short.MaxValue * ((LowAmplitude * Math.Sin(low * phase)) + (HighAmplitude * Math.Sin(high * phase))));
        }

        return new AudioClip(samples);
    }
}
