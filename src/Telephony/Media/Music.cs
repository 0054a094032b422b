namespace CallCenter.Telephony.Media;

/// <summary>Music for waiting callers: of one's own, or made in code, without a file or a licence.</summary>
public static class Music
{
    private const double SecondsPerChord = 4;

    /// <summary>How long a note takes to fade after its chord has ended, overlapping the next one.</summary>
    private const double Release = 1.5;

    private const double Attack = 0.6;

    /// <summary>Root mean square of the whole, of full scale: -24 dB, a level that neither startles nor is lost in G.711's noise.</summary>
    private const double Loudness = 0.063;

    /// <summary>C major 7, A minor 7, F major 7, G suspended, in Hz: in the middle of the telephone band, with a bass that its lower edge passes.</summary>
    private static readonly double[][] Chords =
    [
        [261.63, 329.63, 392.00, 493.88],
        [220.00, 329.63, 392.00, 523.25],
        [349.23, 440.00, 523.25, 659.26],
        [293.66, 392.00, 440.00, 587.33],
    ];

    private static readonly Lazy<AudioClip> Loop = new(Compose);

    /// <summary>A soft chord progression of 16 s that repeats without a seam. The same clip for all.</summary>
    public static AudioClip Waiting => Loop.Value;

    /// <summary>The WAV files of a folder, in the order of their names, to be played one after the other for ever. Each is kept in memory once for all callers.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read, or there is none; the message names it.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IReadOnlyList<AudioClip> FromFolder(string folder)
    {
        var clips = Directory.EnumerateFiles(folder, "*.wav").Order(StringComparer.Ordinal).Select(AudioClip.FromFile).ToArray();
        return clips.Length > 0 ? clips : throw new InvalidDataException($"{folder} has no .wav file.");
    }

    private static AudioClip Compose()
    {
        var mix = new double[(int)(Chords.Length * SecondsPerChord * AudioClip.SampleRate)];
        for (var chord = 0; chord < Chords.Length; chord++)
        {
            for (var voice = 0; voice < Chords[chord].Length; voice++)
            {
                // The voices of a chord enter one after the other, like a slow arpeggio.
                AddNote(mix, Chords[chord][voice], (chord * SecondsPerChord) + (0.35 * voice));
            }
        }

        var power = mix.Sum(s => s * s) / mix.Length;
        var gain = Loudness * short.MaxValue / Math.Sqrt(power);
        return new AudioClip(Array.ConvertAll(mix, s => (short)Math.Clamp(Math.Round(s * gain), short.MinValue, short.MaxValue)));
    }

    private static void AddNote(double[] mix, double frequency, double start)
    {
        var first = (int)(start * AudioClip.SampleRate);
        var length = (int)((SecondsPerChord + Release) * AudioClip.SampleRate);
        for (var i = 0; i < length; i++)
        {
            var t = (double)i / AudioClip.SampleRate;
            var phase = 2 * Math.PI * frequency * t;
            var tone = Math.Sin(phase) + (0.25 * Math.Sin(2 * phase)) + (0.08 * Math.Sin(3 * phase));
            var tremolo = 1 + (0.12 * Math.Sin(2 * Math.PI * 4.5 * t));

            // Round the end to the beginning: what still sounds there goes on into the next turn of the loop.
            mix[(first + i) % mix.Length] += tone * tremolo * Envelope(t);
        }
    }

    private static double Envelope(double t)
    {
        const double End = SecondsPerChord + Release;
        var rise = Math.Min(1, t / Attack);
        var fall = Math.Min(1, (End - t) / (Release * 2));
        return rise * rise * fall * fall;
    }
}
