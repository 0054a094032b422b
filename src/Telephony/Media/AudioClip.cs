using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Immutable audio: 8 kHz, mono, 16 bit. Its encodings are made once and shared by all legs that play it.</summary>
public sealed class AudioClip
{
    /// <summary>Samples per second of every clip.</summary>
    public const int SampleRate = AudioFormat.ClockRate;

    private readonly short[] _samples;
    private readonly Lazy<byte[]> _pcmu;
    private readonly Lazy<byte[]> _pcma;
    private readonly Lazy<byte[]> _g722;

    /// <summary>Copies the samples (8 kHz, mono).</summary>
    public AudioClip(ReadOnlySpan<short> samples)
        : this(samples.ToArray())
    {
    }

    private AudioClip(short[] samples)
    {
        _samples = samples;
        _pcmu = new Lazy<byte[]>(() => Encode(AudioEncoding.Pcmu));
        _pcma = new Lazy<byte[]>(() => Encode(AudioEncoding.Pcma));
        _g722 = new Lazy<byte[]>(() => Encode(AudioEncoding.G722));
    }

    /// <summary>Length at normal speed.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)_samples.Length / SampleRate);

    /// <summary>The audio itself.</summary>
    public ReadOnlySpan<short> Samples => _samples;

    /// <summary>Reads a RIFF/WAVE stream: PCM of 8 to 32 bit or G.711, 1 or 2 channels (averaged), 8 to 96 kHz (resampled to 8 kHz).</summary>
    /// <exception cref="InvalidDataException">The stream is no such file; the message says what and where.</exception>
    public static AudioClip FromWav(Stream wav)
    {
        var (samples, rate) = WavFile.Read(wav);
        return new AudioClip(Resampler.Resample(samples, rate, SampleRate));
    }

    /// <summary>Reads a WAV file as <see cref="FromWav"/> does.</summary>
    /// <exception cref="InvalidDataException">It is no such file; the message names it, and says what and where.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static AudioClip FromFile(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            return FromWav(file);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Writes a RIFF/WAVE file: PCM, 16 bit, mono, 8 kHz.</summary>
    public void WriteWav(Stream wav) => WavFile.Write(wav, _samples, SampleRate);

    /// <summary>The clips one after the other, as one.</summary>
    public static AudioClip Concat(params ReadOnlySpan<AudioClip> clips)
    {
        var length = 0;
        foreach (var clip in clips)
        {
            length += clip._samples.Length;
        }

        var samples = new short[length];
        var position = 0;
        foreach (var clip in clips)
        {
            clip._samples.CopyTo(samples, position);
            position += clip._samples.Length;
        }

        return new AudioClip(samples);
    }

    /// <summary>Nothing but silence.</summary>
    public static AudioClip Silence(TimeSpan duration) => new(new short[(int)(duration.TotalSeconds * SampleRate)]);

    /// <summary>The audio in an encoding that <see cref="SpeechDecoder"/> knows, one byte a sample.</summary>
    internal ReadOnlySpan<byte> Encoded(AudioEncoding encoding) => encoding switch
    {
        AudioEncoding.Pcma => _pcma.Value,
        AudioEncoding.G722 => _g722.Value,
        _ => _pcmu.Value,
    };

    private byte[] Encode(AudioEncoding encoding)
    {
        // G.722 has a memory. Begun in the state that the clip's end leaves, it loops without a click; a clip that is played once ends in silence, and begins as well.
        var codes = new byte[_samples.Length];
        var encoder = new SpeechEncoder();
        var end = _samples.AsSpan(Math.Max(0, _samples.Length - (SampleRate / 2)));
        encoder.Encode(encoding, end, codes.AsSpan(0, end.Length));
        encoder.Encode(encoding, _samples, codes);
        return codes;
    }
}
