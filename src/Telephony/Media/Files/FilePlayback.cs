using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>A file of any length, played to one leg while it is read. Reading is done ahead, on the thread pool; the player's thread never waits for a disk.</summary>
/// <remarks>The file is opened anew for each few seconds: so there is nothing to close when a playback is replaced, stopped or hung up on.</remarks>
internal sealed class FilePlayback : IPacedSource, IThreadPoolWorkItem
{
    /// <summary>Read at once.</summary>
    private const int SecondsOfPart = 2;

    private const int Part = SecondsOfPart * AudioClip.SampleRate;

    private readonly string _path;
    private readonly Action<string?> _finished;
    private readonly SpeechEncoder _encoder = new();
    private readonly short[] _frame = new short[Player.FrameSamples];

    // Two parts in turn: one is heard while the other is read. Each position is written by one side alone.
    private readonly short[] _samples = new short[2 * Part];
    private long _read;
    private long _heard;
    private long _nextSecond;
    private int _reading;
    private volatile bool _atEnd;
    private volatile string? _failure;

    private FilePlayback(string path, Action<string?> finished)
    {
        _path = path;
        _finished = finished;
    }

    public bool Ended => _atEnd && _heard == Volatile.Read(ref _read);

    /// <summary>Reads the first seconds.</summary>
    /// <param name="path">A WAV file, as <see cref="AudioClip.FromWav"/> reads.</param>
    /// <param name="finished">Called once on the thread pool at the end, with what went wrong, or null.</param>
    /// <exception cref="InvalidDataException">It is no such file; the message says what and where.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static FilePlayback Open(string path, Action<string?> finished)
    {
        var playback = new FilePlayback(path, finished);
        playback.ReadPart();
        return playback;
    }

    public void Read(AudioEncoding encoding, Span<byte> codes)
    {
        while (!codes.IsEmpty)
        {
            var part = Math.Min(codes.Length, _frame.Length);
            Take(_frame.AsSpan(0, part));
            _encoder.Encode(encoding, _frame.AsSpan(0, part), codes[..part]);
            codes = codes[part..];
        }
    }

    public void ReportFinished() => ThreadPool.UnsafeQueueUserWorkItem(static p => p._finished(p._failure), this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            ReadPart();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _failure = e.Message;
            _atEnd = true;
        }

        Volatile.Write(ref _reading, 0);
    }

    /// <summary>The next samples; silence where the disk is too slow, and after the end.</summary>
    private void Take(Span<short> frame)
    {
        var there = (int)Math.Min(frame.Length, Volatile.Read(ref _read) - _heard);
        for (var i = 0; i < there; i++)
        {
            frame[i] = _samples[(_heard + i) % _samples.Length];
        }

        frame[there..].Clear();
        Volatile.Write(ref _heard, _heard + there);
        if (!_atEnd && Volatile.Read(ref _read) - _heard <= Part && Interlocked.Exchange(ref _reading, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void ReadPart()
    {
        if (Volatile.Read(ref _read) - Volatile.Read(ref _heard) > Part)
        {
            return;
        }

        // With a second on each side, which the resampler's filter reaches into. Whole seconds are whole samples at every rate.
        var before = _nextSecond == 0 ? 0 : 1;
        using var file = File.OpenRead(_path);
        var (samples, rate) = WavFile.ReadPart(file, _nextSecond - before, before + SecondsOfPart + 1);
        var first = before * AudioClip.SampleRate;
        var count = Math.Clamp((int)((long)samples.Length * AudioClip.SampleRate / rate) - first, 0, Part);
        var part = rate == AudioClip.SampleRate ? samples.AsSpan(first, count) : Resampler.Resample(samples, rate, AudioClip.SampleRate, first, count);
        for (var i = 0; i < count; i++)
        {
            _samples[(_read + i) % _samples.Length] = part[i];
        }

        _nextSecond += SecondsOfPart;
        Volatile.Write(ref _read, _read + count);
        _atEnd = count < Part;
    }
}
