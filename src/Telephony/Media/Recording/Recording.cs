using System.Buffers.Binary;

namespace CallCenter.Telephony.Media;

/// <summary>One recording in the making. Belongs to the recorder's thread.</summary>
/// <remarks>
/// Its clock is the time of arrival: the frame of each 20 ms is put together from what had come by then, so channels stay aligned whatever the phones' own clocks
/// say, and a second of the file is a second of the call. Paused time is silence, for the same reason.
/// </remarks>
internal sealed class Recording
{
    /// <summary>Most frames that are written at once: 1 s.</summary>
    private const int BlockFrames = 50;

    private const int Frame = Player.FrameSamples;

    /// <summary>Root mean square of full scale that a frame of speech is above, and the noise of a quiet room over a telephone below (-40 dBFS).</summary>
    private const double SpeechLevel = 0.01;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly List<RecordingSpeaker>[] _channels;
    private readonly RecordingFile? _file;
    private readonly RecordingLimits _limits;
    private readonly short[] _frame = new short[Frame];
    private long _frames;
    private long _heardFrames;
    private bool _paused;
    private bool _hadLegs;
    private bool _broken;

    /// <summary>Opens the file. When that fails, <see cref="Failure"/> says so.</summary>
    public Recording(RecordingId id, string path, IReadOnlyList<List<RecordingSpeaker>> channels, RecordingLimits limits, TimeProvider time, long start, Func<string, RecordingFile> open)
    {
        Id = id;
        Path = path;
        _limits = limits;
        _time = time;
        _start = start;
        _channels = [.. channels];
        try
        {
            _file = open(path);
        }
        catch (Exception e)
        {
            // No such place, no right to it, a path that is none: whatever it is, it is this recording's alone.
            Failure = e.Message;
        }
    }

    public RecordingId Id { get; }

    public string Path { get; }

    /// <summary>Why it has to end, or what is missing in it; null when all is well.</summary>
    public string? Failure { get; private set; }

    /// <summary>It could not be written on, a limit has come, or nobody is left to be heard.</summary>
    public bool IsOver => _broken || HasReachedLimit || _file is null || (_hadLegs && Array.TrueForAll(_channels, channel => channel.TrueForAll(speaker => speaker.Leg.IsDisposed)));

    private bool HasReachedLimit =>
        (_limits.Longest is { } longest && Player.PacketTime * _frames >= longest) || (_limits.Silence is { } silence && Player.PacketTime * (_frames - _heardFrames) >= silence);

    public void Pause(bool paused) => _paused = paused;

    /// <summary>Lets these, and nobody else, speak in a channel; one that does not exist is left alone.</summary>
    public void Set(int channel, IReadOnlyList<RecordingSpeaker> speakers)
    {
        var present = channel < 0 || channel >= _channels.Length ? null : _channels[channel];
        foreach (var speaker in speakers)
        {
            // Who speaks there already goes on as it does: a new ear would begin with a gap.
            if (present is null || present.Exists(other => other.Leg == speaker.Leg))
            {
                speaker.Close();
            }
            else
            {
                present.Add(speaker);
            }
        }

        foreach (var former in present?.FindAll(other => !speakers.Any(speaker => speaker.Leg == other.Leg)) ?? [])
        {
            Leave(former);
            present!.Remove(former);
        }
    }

    /// <summary>Writes what was heard until then.</summary>
    /// <param name="until">By the clock's <see cref="TimeProvider.GetTimestamp"/>; earlier than what is written already changes nothing.</param>
    /// <param name="block">Space for work, used by one recording after the other.</param>
    public void Advance(long until, byte[] block)
    {
        var due = (long)(_time.GetElapsedTime(_start, until) / Player.PacketTime);
        while (_frames < due && !_broken && _file is not null && !HasReachedLimit)
        {
            try
            {
                _file.Append(ReadBlock((int)Math.Min(BlockFrames, due - _frames), block));
            }
            catch (Exception e)
            {
                // The disk's error, or a defect of ours: either ends this recording, and neither the others nor the calls.
                _broken = true;
                Failure = e.Message;
            }
        }
    }

    /// <summary>Room for one block of a recording of so many channels.</summary>
    public static int BlockBytes(int channels) => BlockFrames * BytesOfFrame(channels);

    /// <summary>Ends it.</summary>
    public RecordingFinished Finish()
    {
        foreach (var speaker in _channels.SelectMany(channel => channel))
        {
            Leave(speaker);
        }

        string? hash = null;
        try
        {
            hash = _file?.Seal();
        }
        catch (Exception e)
        {
            Failure ??= e.Message;
        }

        var bytes = _file?.Length ?? 0;
        _file?.Dispose();
        return new RecordingFinished(Id, Path, Player.PacketTime * _frames, hash, bytes, Failure) { HeardUntil = Player.PacketTime * _heardFrames };
    }

    private static int BytesOfFrame(int channels) => Frame * channels * sizeof(short);

    private ReadOnlySpan<byte> ReadBlock(int frames, byte[] block)
    {
        var size = BytesOfFrame(_channels.Length);
        for (var i = 0; i < frames; i++)
        {
            ReadFrame(block.AsSpan(i * size, size));
        }

        return block.AsSpan(0, frames * size);
    }

    private void ReadFrame(Span<byte> interleaved)
    {
        _frames++;
        var until = _start + (long)(_frames * Player.PacketTime.TotalSeconds * _time.TimestampFrequency);
        interleaved.Clear();
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            foreach (var speaker in _channels[channel])
            {
                _hadLegs = true;
                speaker.Read(until, _frame);
                if (IsSpeech(_frame))
                {
                    _heardFrames = _frames;
                }

                for (var i = 0; i < Frame && !_paused; i++)
                {
                    var place = interleaved[(((i * _channels.Length) + channel) * sizeof(short))..];
                    BinaryPrimitives.WriteInt16LittleEndian(place, (short)Math.Clamp(BinaryPrimitives.ReadInt16LittleEndian(place) + _frame[i], short.MinValue, short.MaxValue));
                }
            }
        }
    }

    private static bool IsSpeech(ReadOnlySpan<short> frame)
    {
        var sum = 0.0;
        foreach (var sample in frame)
        {
            sum += (double)sample * sample;
        }

        return sum > Frame * SpeechLevel * SpeechLevel * short.MaxValue * short.MaxValue;
    }

    private void Leave(RecordingSpeaker speaker)
    {
        speaker.Close();
        Failure ??= speaker.Missing;
    }
}
