using System.Buffers.Binary;

namespace CallCenter.Telephony.Rtp;

/// <summary>The fixed header of an RTP packet and where its payload lies (RFC 3550 section 5.1).</summary>
internal readonly record struct RtpHeader
{
    /// <summary>Length of a header without CSRC list and extension, in bytes.</summary>
    public const int FixedLength = 12;

    private const byte Version2 = 0x80;
    private const byte PaddingBit = 0x20;
    private const byte ExtensionBit = 0x10;
    private const byte MarkerBit = 0x80;

    public required bool Marker { get; init; }

    /// <summary>0 to 127.</summary>
    public required byte PayloadType { get; init; }

    public required ushort SequenceNumber { get; init; }

    /// <summary>In units of the payload's clock (8 kHz for G.711), from a random start.</summary>
    public required uint Timestamp { get; init; }

    public required uint Ssrc { get; init; }

    /// <summary>First byte of the payload, after fixed header, CSRC list and extension.</summary>
    public int PayloadOffset { get; init; }

    /// <summary>Bytes of payload, padding not counted.</summary>
    public int PayloadLength { get; init; }

    /// <summary>Reads a packet; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpHeader header, out RtpParseError error)
    {
        header = default;
        if (packet.Length < FixedLength)
        {
            error = RtpParseError.TooShort;
            return false;
        }

        if ((packet[0] & 0xC0) != Version2)
        {
            error = RtpParseError.WrongVersion;
            return false;
        }

        // Types 64 to 95 are RTCP's 192 to 223 with the first bit taken for the marker (RFC 5761 section 4).
        var payloadType = (byte)(packet[1] & 0x7F);
        if (payloadType is >= 64 and <= 95)
        {
            error = RtpParseError.IsRtcp;
            return false;
        }

        if (!TryFindPayload(packet, out var offset))
        {
            error = RtpParseError.HeaderTruncated;
            return false;
        }

        var payloadLength = packet.Length - offset;
        if ((packet[0] & PaddingBit) != 0)
        {
            int padding = payloadLength == 0 ? 0 : packet[^1];
            if (padding == 0 || padding > payloadLength)
            {
                error = RtpParseError.WrongPadding;
                return false;
            }

            payloadLength -= padding;
        }

        header = new RtpHeader
        {
            Marker = (packet[1] & MarkerBit) != 0,
            PayloadType = payloadType,
            SequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            Timestamp = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            Ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]),
            PayloadOffset = offset,
            PayloadLength = payloadLength,
        };
        error = RtpParseError.None;
        return true;
    }

    /// <summary>Where the payload begins, without a look into it: for a packet that is still encrypted, padding and all.</summary>
    public static bool TryFindPayload(ReadOnlySpan<byte> packet, out int offset)
    {
        offset = FixedLength;
        if (packet.Length < FixedLength || (packet[0] & 0xC0) != Version2)
        {
            return false;
        }

        offset += (packet[0] & 0x0F) * sizeof(uint);
        if ((packet[0] & ExtensionBit) != 0)
        {
            if (packet.Length < offset + 4)
            {
                return false;
            }

            offset += 4 + (BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]) * sizeof(uint));
        }

        return packet.Length >= offset;
    }

    /// <summary>Writes the fixed header, without CSRC list, extension and padding, into the first <see cref="FixedLength"/> bytes.</summary>
    public void Write(Span<byte> packet)
    {
        // The last byte first: one bounds check for all, and nothing half written when the span is too short.
        BinaryPrimitives.WriteUInt32BigEndian(packet.Slice(8, 4), Ssrc);
        packet[0] = Version2;
        packet[1] = (byte)((Marker ? MarkerBit : 0) | (PayloadType & 0x7F));
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], Timestamp);
    }
}

/// <summary>Why bytes are no RTP packet.</summary>
internal enum RtpParseError
{
    None,
    TooShort,
    WrongVersion,
    IsRtcp,
    HeaderTruncated,
    WrongPadding,
}
