using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Who speaks in a channel of a recording: what one leg says, on the recording's own clock. Belongs to the recorder's thread, but for its tap.</summary>
internal sealed class RecordingSpeaker
{
    /// <summary>3 s of G.711: so long may the disk keep the recorder waiting before audio is lost.</summary>
    private const int QueueBytes = 32 * 1024;

    /// <summary>Nobody waits for it: frames are left out only where a phone's clock is too fast.</summary>
    private readonly JitterBuffer _jitter = new(patience: 6 * Player.FrameSamples);
    private readonly PacketQueue _queue;
    private bool _unknownEncoding;

    /// <summary>Listens from now on.</summary>
    public RecordingSpeaker(MediaLeg leg, TimeProvider time)
    {
        Leg = leg;
        _queue = new PacketQueue(time, QueueBytes);
        leg.AddTap(_queue);
    }

    public MediaLeg Leg { get; }

    /// <summary>What is missing of it; null when nothing is.</summary>
    public string? Missing =>
        _unknownEncoding ? "a leg's audio is in an encoding that cannot be decoded here"
        : _queue.Dropped > 0 ? $"{_queue.Dropped} packets were lost because the disk did not keep up"
        : null;

    /// <summary>Listens no more. What came before can still be read.</summary>
    public void Close() => Leg.RemoveTap(_queue);

    /// <summary>The 20 ms that end at a moment of the past.</summary>
    /// <param name="until">By the clock's <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="frame">Silence where nothing came.</param>
    public void Read(long until, Span<short> frame)
    {
        while (_queue.TryPeek(out var packet, out var payload) && packet.Arrival <= until)
        {
            if (SpeechDecoder.Knows(packet.Encoding))
            {
                _jitter.Put(packet, payload);
            }
            else if (packet.Encoding != AudioEncoding.TelephoneEvent)
            {
                _unknownEncoding = true;
            }

            _queue.Advance();
        }

        _jitter.Read(frame);
    }
}
