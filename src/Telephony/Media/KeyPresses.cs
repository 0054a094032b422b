using System.Buffers.Binary;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Keys that we press for a leg, one after the other, as telephone events (RFC 4733) or as the tones themselves (ITU-T Q.23). Used under the sender's lock.</summary>
internal sealed class KeyPresses : IPacedSource
{
    /// <summary>Of an event's payload, in bytes.</summary>
    public const int EventLength = 4;

    /// <summary>The last packet is sent three times, 20 ms apart, so that a short loss does not take them all (section 2.5.1.4).</summary>
    private const int Ends = 3;

    private const byte EndBit = 0x80;

    /// <summary>-10 dBm0, in the middle of what exchanges send.</summary>
    private const byte Volume = 10;

    private static readonly int SamplesPerTick = (int)(Player.PacketTime.TotalSeconds * AudioFormat.ClockRate);

    private readonly Queue<char> _digits;
    private readonly int _pressed;
    private readonly int _pause;
    private int _elapsed;

    /// <param name="digits">Each of <see cref="DtmfDigit.Digits"/>, at least one.</param>
    /// <param name="duration">How long each is pressed; rounded up to 20 ms, at most 5 s.</param>
    /// <param name="gap">The pause after each; at least 60 ms, in which an event's end is repeated.</param>
    /// <param name="asTones">As tones even where events would do.</param>
    public KeyPresses(string digits, TimeSpan duration, TimeSpan gap, bool asTones)
    {
        _digits = new Queue<char>(digits);
        _pressed = SamplesPerTick * (int)Math.Ceiling(Math.Min(duration.TotalSeconds, 5) / Player.PacketTime.TotalSeconds);
        _pause = SamplesPerTick * Math.Max(Ends, (int)Math.Ceiling(Math.Min(gap.TotalSeconds, 5) / Player.PacketTime.TotalSeconds));
        AsTones = asTones;
    }

    public bool AsTones { get; set; }

    public bool Ended => _digits.Count == 0;

    /// <summary>Presses these afterwards, in the way and at the pace of those before.</summary>
    public void Follow(KeyPresses later)
    {
        foreach (var digit in later._digits)
        {
            _digits.Enqueue(digit);
        }
    }

    /// <summary>The next packet of the event, one for each tick.</summary>
    /// <param name="payload"><see cref="EventLength"/> bytes.</param>
    /// <param name="begins">It is the event's first.</param>
    /// <returns>False for a tick without one, between two keys.</returns>
    public bool TryNextPacket(Span<byte> payload, out bool begins)
    {
        begins = _elapsed == 0;
        var digit = _digits.Peek();
        _elapsed += SamplesPerTick;
        var ends = _elapsed >= _pressed;
        payload[0] = (byte)DtmfDigit.Digits.IndexOf(digit, StringComparison.Ordinal);
        payload[1] = (byte)(Volume | (ends ? EndBit : 0));
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)Math.Min(_elapsed, _pressed));
        var isPacket = _elapsed < _pressed + (Ends * SamplesPerTick);
        AdvanceAfterPause();
        return isPacket;
    }

    /// <summary>The next samples of the tones.</summary>
    public void Read(AudioEncoding encoding, Span<byte> codes)
    {
        if (Ended)
        {
            DtmfTones.Silence.Encoded(encoding)[..codes.Length].CopyTo(codes);
            return;
        }

        var tone = _elapsed < _pressed ? DtmfTones.Of(_digits.Peek()) : DtmfTones.Silence;
        var clip = tone.Encoded(encoding);
        clip.Slice(_elapsed % clip.Length, codes.Length).CopyTo(codes);
        _elapsed += codes.Length;
        AdvanceAfterPause();
    }

    public void ReportFinished()
    {
        // Nobody waits for it.
    }

    private void AdvanceAfterPause()
    {
        if (_elapsed >= _pressed + _pause)
        {
            _elapsed = 0;
            _digits.Dequeue();
        }
    }
}
