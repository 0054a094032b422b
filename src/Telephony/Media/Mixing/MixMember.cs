using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>A leg in a conference: what it says, and what it is to hear. Frames belong to the player's thread.</summary>
internal sealed class MixMember(MediaLeg leg, TimeProvider time) : IPacedSource
{
    /// <summary>Half a second: the player comes every 20 ms.</summary>
    private const int QueueBytes = 8 * 1024;

    private readonly PacketQueue _queue = new(time, QueueBytes);
    private readonly JitterBuffer _jitter = new(patience: Player.FrameSamples / 2);
    private readonly SpeechEncoder _encoder = new();
    private readonly short[] _said = new short[Player.FrameSamples];
    private readonly short[] _heard = new short[Player.FrameSamples];
    private volatile MixMember? _confidant;
    private volatile bool _speaksToAll = true;

    public MediaLeg Leg { get; } = leg;

    /// <summary>Heard by every other member.</summary>
    public bool SpeaksToAll => _speaksToAll;

    /// <summary>The member that a supervisor supervises: the only one to hear a whisper.</summary>
    public MediaLeg? Supervises { get; private set; }

    /// <summary>There was something to hear in the present 20 ms.</summary>
    public bool Speaks { get; private set; }

    public ReadOnlySpan<short> Said => _said;

    bool IPacedSource.Ended => false;

    /// <summary>Whom this member is heard by from the next 20 ms on.</summary>
    public void Supervise(MixMember target, SupervisionMode mode)
    {
        Supervises = target.Leg;
        _confidant = mode == SupervisionMode.Whisper ? target : null;
        _speaksToAll = mode == SupervisionMode.Barge;
    }

    /// <summary>No supervisor any more: a member like all others.</summary>
    public void SpeakToAll()
    {
        Supervises = null;
        _confidant = null;
        _speaksToAll = true;
    }

    public bool WhispersTo(MixMember other) => ReferenceEquals(_confidant, other);

    public void Open() => Leg.AddTap(_queue);

    public void Close() => Leg.RemoveTap(_queue);

    /// <summary>Takes up what the leg says in the present 20 ms.</summary>
    public void Listen()
    {
        while (_queue.TryPeek(out var packet, out var payload))
        {
            if (SpeechDecoder.Knows(packet.Encoding))
            {
                _jitter.Put(packet, payload);
            }

            _queue.Advance();
        }

        // The music on hold of one member's own exchange would fill the room.
        Speaks = _jitter.Read(_said) && !Leg.RemoteHolds;
    }

    /// <summary>Sends what the leg is to hear in the present 20 ms.</summary>
    /// <param name="sum">All that was said in the room.</param>
    /// <param name="afterSkip">Ticks were left out before.</param>
    public void Hear(ReadOnlySpan<int> sum, bool afterSkip)
    {
        for (var i = 0; i < _heard.Length; i++)
        {
            _heard[i] = (short)Math.Clamp(sum[i], short.MinValue, short.MaxValue);
        }

        Leg.Sender.SendMixed(this, afterSkip);
    }

    void IPacedSource.Read(AudioEncoding encoding, Span<byte> codes) => _encoder.Encode(encoding, _heard.AsSpan(0, codes.Length), codes);

    void IPacedSource.ReportFinished()
    {
    }
}
