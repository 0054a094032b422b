namespace CallCenter.Telephony.Media;

/// <summary>Immutable audio: 8 kHz, mono, 16 bit. Its G.711 encodings are made once and shared by all legs that play it.</summary>
public sealed class AudioClip
{
    /// <summary>Copies the samples (8 kHz, mono).</summary>
    public AudioClip(ReadOnlySpan<short> samples) => throw new NotSupportedException();

    /// <summary>Length at normal speed.</summary>
    public TimeSpan Duration => throw new NotSupportedException();

    /// <summary>Reads a RIFF/WAVE stream: PCM, 16 bit, 1 or 2 channels, 8 to 96 kHz (resampled to 8 kHz).</summary>
    /// <exception cref="InvalidDataException">The stream is no such file; the message says what and where.</exception>
    public static AudioClip FromWav(Stream wav) => throw new NotSupportedException();

    /// <summary>The clips one after the other, as one.</summary>
    public static AudioClip Concat(params ReadOnlySpan<AudioClip> clips) => throw new NotSupportedException();

    /// <summary>Nothing but silence.</summary>
    public static AudioClip Silence(TimeSpan duration) => throw new NotSupportedException();
}
