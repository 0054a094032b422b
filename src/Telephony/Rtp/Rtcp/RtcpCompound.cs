using System.Buffers.Binary;

namespace CallCenter.Telephony.Rtp;

/// <summary>What a compound RTCP packet (RFC 3550 section 6.1) says that matters to one leg; all else in it is checked for its form and passed over.</summary>
internal readonly record struct RtcpCompound
{
    public const byte SenderReport = 200;
    public const byte ReceiverReport = 201;
    public const byte SourceDescription = 202;
    public const byte Goodbye = 203;

    private const byte Version2 = 0x80;
    private const byte PaddingBit = 0x20;
    private const int SenderInfoLength = 20;
    private const int ReportLength = 24;

    /// <summary>Who sent it.</summary>
    public required uint Sender { get; init; }

    /// <summary>The middle 32 bits of the sender report's NTP time; null when it is a receiver report.</summary>
    public uint? SenderTime { get; init; }

    /// <summary>How the sender receives our stream; null when it says nothing of it.</summary>
    public ReceptionReport? OurReception { get; init; }

    /// <summary>The sender leaves.</summary>
    public bool IsGoodbye { get; init; }

    /// <summary>Reads a packet; never throws.</summary>
    /// <param name="packet">The datagram.</param>
    /// <param name="ours">The SSRC of the stream that we send.</param>
    /// <param name="compound">What it says.</param>
    /// <returns>False for what breaks the rules of RFC 3550 appendix A.2: each packet of version 2, a report first, padding in the last only, lengths that add up.</returns>
    public static bool TryParse(ReadOnlySpan<byte> packet, uint ours, out RtcpCompound compound)
    {
        compound = default;
        if (packet.Length < 8 || packet[1] is not (SenderReport or ReceiverReport) || (packet[0] & PaddingBit) != 0)
        {
            return false;
        }

        var parsed = new RtcpCompound { Sender = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]) };
        while (!packet.IsEmpty)
        {
            if (packet.Length < 4 || (packet[0] & 0xC0) != Version2)
            {
                return false;
            }

            var length = sizeof(uint) * (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) + 1);
            var isLast = length == packet.Length;
            if (length > packet.Length || ((packet[0] & PaddingBit) != 0 && (!isLast || !IsPadding(packet))) || !TryRead(packet[..length], ours, ref parsed))
            {
                return false;
            }

            packet = packet[length..];
        }

        compound = parsed;
        return true;
    }

    private static bool IsPadding(ReadOnlySpan<byte> packet) => packet[^1] is > 0 and var count && count % 4 == 0 && count <= packet.Length - 4;

    private static bool TryRead(ReadOnlySpan<byte> packet, uint ours, ref RtcpCompound parsed)
    {
        var count = packet[0] & 0x1F;
        switch (packet[1])
        {
            case SenderReport:
                if (packet.Length < 8 + SenderInfoLength + (count * ReportLength))
                {
                    return false;
                }

                parsed = parsed with { SenderTime = BinaryPrimitives.ReadUInt32BigEndian(packet[10..]) };
                ReadReports(packet[(8 + SenderInfoLength)..], count, ours, ref parsed);
                return true;
            case ReceiverReport:
                if (packet.Length < 8 + (count * ReportLength))
                {
                    return false;
                }

                ReadReports(packet[8..], count, ours, ref parsed);
                return true;
            case Goodbye:
                parsed = parsed with { IsGoodbye = parsed.IsGoodbye || Names(packet[4..], count, parsed.Sender) };
                return true;
            default:
                return true;
        }
    }

    private static void ReadReports(ReadOnlySpan<byte> blocks, int count, uint ours, ref RtcpCompound parsed)
    {
        for (var i = 0; i < count; i++)
        {
            var block = blocks.Slice(i * ReportLength, ReportLength);
            if (BinaryPrimitives.ReadUInt32BigEndian(block) == ours)
            {
                parsed = parsed with { OurReception = ReceptionReport.Read(block) };
            }
        }
    }

    private static bool Names(ReadOnlySpan<byte> sources, int count, uint source)
    {
        for (var i = 0; i < count && sources.Length >= 4; i++)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(sources) == source)
            {
                return true;
            }

            sources = sources[4..];
        }

        return false;
    }
}
