namespace CallCenter.Telephony.Media;

/// <summary>After this tone the caller speaks.</summary>
public static class RecordingTone
{
    /// <summary>400 ms of 1,000 Hz, and a little silence.</summary>
    public static AudioClip Beep { get; } = AudioClip.Concat(ToneGenerator.Tone(TimeSpan.FromMilliseconds(400), (1_000, 10_000)), AudioClip.Silence(TimeSpan.FromMilliseconds(100)));
}
