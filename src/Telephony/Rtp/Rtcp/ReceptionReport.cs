using System.Buffers.Binary;

namespace CallCenter.Telephony.Rtp;

/// <summary>How one source is received, as an RTCP report block tells it (RFC 3550 section 6.4.1).</summary>
/// <param name="Ssrc">Whose packets.</param>
/// <param name="FractionLost">Since the former report, in 256ths.</param>
/// <param name="Lost">In all, 24 bits; negative when packets came twice.</param>
/// <param name="HighestSequence">Extended by the count of wraps.</param>
/// <param name="Jitter">In units of the payload's clock.</param>
/// <param name="LastSenderReport">The middle 32 bits of the NTP time of the last SR; 0 for none.</param>
/// <param name="DelaySinceLastSenderReport">In 1/65536 s.</param>
internal readonly record struct ReceptionReport(
    uint Ssrc, byte FractionLost, int Lost, uint HighestSequence, uint Jitter, uint LastSenderReport = 0, uint DelaySinceLastSenderReport = 0)
{
    public const int Length = 24;

    public static ReceptionReport Read(ReadOnlySpan<byte> block) => new(
        BinaryPrimitives.ReadUInt32BigEndian(block),
        block[4],

        // 24 bits with a sign.
        (BinaryPrimitives.ReadInt32BigEndian(block[4..]) << 8) >> 8,
        BinaryPrimitives.ReadUInt32BigEndian(block[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[20..]));

    public void Write(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32BigEndian(block[20..], DelaySinceLastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(block, Ssrc);
        BinaryPrimitives.WriteInt32BigEndian(block[4..], Lost);
        block[4] = FractionLost;
        BinaryPrimitives.WriteUInt32BigEndian(block[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(block[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(block[16..], LastSenderReport);
    }
}
