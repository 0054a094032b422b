using System.Buffers.Binary;

namespace CallCenter.Telephony.Rtp;

/// <summary>Opens the RTP that the remote party protects, of up to four sources at a time (RFC 3711 section 3.3). Not safe for concurrent use.</summary>
internal sealed class SrtpReceiver(SrtpSuite suite, SrtpKey key) : IDisposable
{
    private readonly SrtpContext _context = new(key, isControl: false);
    private readonly int _tagLength = SrtpContext.TagLength(suite);

    // A former source is remembered, so that its packets cannot be played back once another one speaks.
    private readonly Source[] _sources = new Source[4];
    private int _next;

    public bool Uses(SrtpKeys keys) => keys.Suite == suite && keys.Remote.Equals(key);

    /// <summary>The count of wraps goes on when keys change in mid-stream (section 3.3.1); but not every sender keeps it, so both are tried until one fits.</summary>
    public void TakeRolloverFrom(SrtpReceiver former)
    {
        for (var i = 0; i < _sources.Length; i++)
        {
            _sources[i] = new Source { Ssrc = former._sources[i].Ssrc, Inherited = former._sources[i].Window.Highest };
        }
    }

    /// <summary>Opens a packet in place.</summary>
    /// <param name="packet">The datagram; afterwards the plain RTP packet.</param>
    /// <returns>False for what is not genuine, was seen before, or is no RTP at all.</returns>
    public bool TryOpen(ref Span<byte> packet)
    {
        var length = packet.Length - _tagLength;
        if (length < RtpHeader.FixedLength || !RtpHeader.TryFindPayload(packet[..length], out var offset))
        {
            return false;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        var place = Find(ssrc);
        var source = place < 0 ? new Source { Ssrc = ssrc } : _sources[place];
        if (!TryAuthenticate(packet, length, ref source, out var index))
        {
            return false;
        }

        source.Rollover.Take(index);
        source.Window.Take(index);
        source.Inherited = null;
        if (place < 0)
        {
            place = _next;
            _next = (_next + 1) % _sources.Length;
        }

        _sources[place] = source;
        _context.Cipher(packet[offset..length], ssrc, index);
        packet = packet[..length];
        return true;
    }

    public void Dispose() => _context.Dispose();

    private bool TryAuthenticate(ReadOnlySpan<byte> packet, int length, ref Source source, out ulong index)
    {
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (source.Inherited is { } inherited)
        {
            index = RolloverCounter.At(inherited).Estimate(sequence);
            if (IsGenuine(packet, length, index))
            {
                return true;
            }
        }

        index = source.Rollover.Estimate(sequence);
        return source.Window.IsNew(index) && IsGenuine(packet, length, index);
    }

    private bool IsGenuine(ReadOnlySpan<byte> packet, int length, ulong index)
    {
        Span<byte> rollover = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(rollover, (uint)(index >> 16));
        return _context.Verify(packet[..length], rollover, packet[length..]);
    }

    private int Find(uint ssrc)
    {
        for (var i = 0; i < _sources.Length; i++)
        {
            if (_sources[i].Ssrc == ssrc)
            {
                return i;
            }
        }

        return -1;
    }

    private struct Source
    {
        public uint? Ssrc;
        public RolloverCounter Rollover;
        public ReplayWindow Window;

        /// <summary>The highest index under the former keys, until a packet under these has come.</summary>
        public ulong? Inherited;
    }
}
