using System.Buffers.Binary;

namespace CallCenter.Telephony.Rtp;

/// <summary>The compound packet that a leg sends: a sender or receiver report, its CNAME, and a BYE when it leaves (RFC 3550 section 6).</summary>
internal readonly record struct RtcpReport
{
    /// <summary>More than any report of ours takes, protection not counted.</summary>
    public const int MaxLength = 128;

    private const byte Version2 = 0x80;
    private const byte CanonicalName = 1;

    /// <summary>Of the stream that we send.</summary>
    public required uint Ssrc { get; init; }

    /// <summary>ASCII, 32 characters at most.</summary>
    public required string Name { get; init; }

    /// <summary>Null when nothing was sent since the last report but one.</summary>
    public SenderInfo? Sent { get; init; }

    /// <summary>Null when nothing has been received yet.</summary>
    public ReceptionReport? Received { get; init; }

    public bool IsGoodbye { get; init; }

    /// <summary>Writes it into at least <see cref="MaxLength"/> bytes.</summary>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> buffer)
    {
        var length = 8;
        if (Sent is { } sent)
        {
            sent.Write(buffer[length..]);
            length += SenderInfo.Length;
        }

        if (Received is { } received)
        {
            received.Write(buffer[length..]);
            length += ReceptionReport.Length;
        }

        Begin(buffer, Received is null ? 0 : 1, Sent is null ? RtcpCompound.ReceiverReport : RtcpCompound.SenderReport, length);

        // One chunk: the SSRC, the item, and its end; at least one zero byte, up to the next word.
        var description = buffer[length..];
        var itemLength = 2 + Name.Length;
        var descriptionLength = 8 + ((itemLength / 4) + 1) * 4;
        description[8..descriptionLength].Clear();
        Begin(description, 1, RtcpCompound.SourceDescription, descriptionLength);
        description[8] = CanonicalName;
        description[9] = (byte)Name.Length;
        System.Text.Encoding.ASCII.GetBytes(Name, description[10..]);
        length += descriptionLength;
        if (IsGoodbye)
        {
            Begin(buffer[length..], 1, RtcpCompound.Goodbye, 8);
            length += 8;
        }

        return length;
    }

    private void Begin(Span<byte> packet, int count, byte type, int length)
    {
        packet[0] = (byte)(Version2 | count);
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((length / 4) - 1));
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], Ssrc);
    }
}

/// <summary>What a sender says of its stream (RFC 3550 section 6.4.1).</summary>
/// <param name="Time">NTP time of the report: seconds since 1900 in the upper half, 1/2^32 s in the lower.</param>
/// <param name="Timestamp">The same instant on the clock of the stream's timestamps.</param>
/// <param name="Packets">Sent so far; wraps.</param>
/// <param name="Bytes">Of payload, sent so far; wraps.</param>
internal readonly record struct SenderInfo(ulong Time, uint Timestamp, uint Packets, uint Bytes)
{
    public const int Length = 20;

    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static ulong NtpTime(DateTimeOffset time)
    {
        var ticks = (UInt128)(time - Epoch).Ticks;
        return (ulong)((ticks << 32) / TimeSpan.TicksPerSecond);
    }

    public void Write(Span<byte> buffer)
    {
        BinaryPrimitives.WriteUInt64BigEndian(buffer, Time);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[12..], Packets);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[16..], Bytes);
    }
}
