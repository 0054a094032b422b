using System.Buffers.Binary;

namespace CallCenter.Telephony.Rtp;

/// <summary>Protects the one RTP stream that a leg sends (RFC 3711 section 3.3). Not safe for concurrent use.</summary>
internal sealed class SrtpSender(SrtpSuite suite, SrtpKey key) : IDisposable
{
    [ThreadStatic]
    private static byte[]? t_packet;

    private readonly SrtpContext _context = new(key, isControl: false);
    private readonly int _tagLength = SrtpContext.TagLength(suite);
    private RolloverCounter _rollover;

    public bool Uses(SrtpKeys keys) => keys.Suite == suite && keys.Local.Equals(key);

    /// <summary>The protected packet, valid until the thread's next call; empty when it is too long to be sent.</summary>
    /// <param name="packet">A whole RTP packet without CSRC list and extension.</param>
    public ReadOnlySpan<byte> Protect(ReadOnlySpan<byte> packet)
    {
        var wire = (t_packet ??= new byte[DatagramLoop.BufferSize]).AsSpan();
        var length = packet.Length;
        if (length + _tagLength > wire.Length)
        {
            return [];
        }

        packet.CopyTo(wire);
        var index = _rollover.Estimate(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        _rollover.Take(index);
        _context.Cipher(wire[RtpHeader.FixedLength..length], BinaryPrimitives.ReadUInt32BigEndian(packet[8..]), index);

        Span<byte> rollover = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(rollover, (uint)(index >> 16));
        _context.Authenticate(wire[..length], rollover, wire.Slice(length, _tagLength));
        return wire[..(length + _tagLength)];
    }

    public void Dispose() => _context.Dispose();
}
