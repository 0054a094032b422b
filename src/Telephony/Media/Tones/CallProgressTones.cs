namespace CallCenter.Telephony.Media;

/// <summary>What a caller hears of a call's progress, one cadence long: to be played in a loop.</summary>
/// <param name="Ringback">The called phone rings.</param>
/// <param name="Busy">The called party is busy.</param>
/// <param name="Congestion">No way to the called party is free; in North America, reorder.</param>
/// <param name="SpecialInformation">Three rising tones before a spoken reason why the call fails.</param>
public sealed record CallProgressTones(AudioClip Ringback, AudioClip Busy, AudioClip Congestion, AudioClip SpecialInformation)
{
    /// <summary>Of the sum: -13 dBm0, in the middle of what E.180 section 9 allows.</summary>
    private const double Level = 5_200;

    /// <summary>330 ms each, then a pause of 1 s (E.180 section 7); the same in the whole world.</summary>
    private static readonly AudioClip Sit = AudioClip.Concat(
        On(0.33, 950), On(0.33, 1400), On(0.33, 1800), Off(1));

    /// <summary>425 Hz, as ITU-T E.180 recommends and most countries have it.</summary>
    public static CallProgressTones Itu { get; } = new(
        AudioClip.Concat(On(1, 425), Off(4)),
        AudioClip.Concat(On(0.5, 425), Off(0.5)),
        AudioClip.Concat(On(0.25, 425), Off(0.25)),
        Sit);

    /// <summary>North America's precise tone plan.</summary>
    public static CallProgressTones NorthAmerica { get; } = new(
        AudioClip.Concat(On(2, 440, 480), Off(4)),
        AudioClip.Concat(On(0.5, 480, 620), Off(0.5)),
        AudioClip.Concat(On(0.25, 480, 620), Off(0.25)),
        Sit);

    /// <summary>One burst of 440 Hz for an agent in a talk whom somebody else calls; to be repeated every 10 s (the precise tone plan's; E.180 section 10 leaves it to the country).</summary>
    public static AudioClip CallWaiting { get; } = On(0.3, 440);

    private static AudioClip On(double seconds, params double[] frequencies) =>
        ToneGenerator.Tone(TimeSpan.FromSeconds(seconds), Array.ConvertAll(frequencies, f => (f, Level * Math.Sqrt(1.0 / frequencies.Length))));

    private static AudioClip Off(double seconds) => AudioClip.Silence(TimeSpan.FromSeconds(seconds));
}
