using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>How a server answered (RFC 1035 section 4.1.1).</summary>
internal enum DnsStatus
{
    Success = 0,
    NameError = 3,
}

/// <summary>An answer as it came from a server; queries are written by <see cref="TryWriteQuery"/>.</summary>
/// <param name="Id">Echoes the query's.</param>
/// <param name="IsTruncated">More did not fit: ask over TCP.</param>
/// <param name="Status">Success, no such name, or an error of the server.</param>
/// <param name="Name">The name asked for.</param>
/// <param name="Type">The type asked for.</param>
/// <param name="Answers">Records of known types; others are passed over.</param>
/// <param name="Authority">The same.</param>
internal sealed record DnsMessage(ushort Id, bool IsTruncated, DnsStatus Status, string Name, DnsType Type, IReadOnlyList<DnsRecord> Answers, IReadOnlyList<DnsRecord> Authority)
{
    /// <summary>Records of a section that are read at most.</summary>
    public const int MostRecords = 64;

    private const int HeaderBytes = 12;
    private const int InternetClass = 1;
    private const ushort IsResponse = 0x8000;
    private const ushort Truncated = 0x0200;
    private const ushort RecursionDesired = 0x0100;

    /// <summary>Writes a question; false when the name cannot be one (RFC 1035 section 2.3.4).</summary>
    public static bool TryWriteQuery(ushort id, string name, DnsType type, [NotNullWhen(true)] out byte[]? query)
    {
        query = null;
        var bytes = new byte[HeaderBytes + DnsName.LongestBytes + 4];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, id);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), 1);
        if (!DnsName.TryWrite(name, bytes.AsSpan(HeaderBytes, DnsName.LongestBytes), out var length))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(HeaderBytes + length), (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(HeaderBytes + length + 2), InternetClass);
        query = bytes[..(HeaderBytes + length + 4)];
        return true;
    }

    /// <summary>Reads an answer to one question; never throws, whatever the bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var at = HeaderBytes;
        if ((flags & IsResponse) == 0 || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != 1 || !DnsName.TryRead(bytes, ref at, out var name) || at + 4 > bytes.Length)
        {
            return false;
        }

        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        at += 4;
        if (!TryReadRecords(bytes, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), ref at, out var answers)
            || !TryReadRecords(bytes, BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]), ref at, out var authority))
        {
            // What was cut off cannot be read to its end, and need not.
            if ((flags & Truncated) == 0)
            {
                return false;
            }

            (answers, authority) = ([], []);
        }

        message = new DnsMessage(BinaryPrimitives.ReadUInt16BigEndian(bytes), (flags & Truncated) != 0, (DnsStatus)(flags & 0xf), name, type, answers, authority);
        return true;
    }

    private static bool TryReadRecords(ReadOnlySpan<byte> bytes, int count, ref int at, out List<DnsRecord> records)
    {
        records = [];
        if (count > MostRecords)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (!DnsName.TryRead(bytes, ref at, out var name) || at + 10 > bytes.Length)
            {
                return false;
            }

            var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            var isInternet = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]) == InternetClass;
            var seconds = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 8)..]);
            at += 10;
            if (at + length > bytes.Length)
            {
                return false;
            }

            // RFC 2181 section 8: with the top bit set it counts as 0.
            var timeToLive = TimeSpan.FromSeconds(seconds > int.MaxValue ? 0 : seconds);
            if (isInternet && !TryRead(bytes[..(at + length)], at, type, name, timeToLive, records))
            {
                return false;
            }

            at += length;
        }

        return true;
    }

    // The bytes end with the record; names in it may point back to what came before.
    private static bool TryRead(ReadOnlySpan<byte> bytes, int at, DnsType type, string name, TimeSpan timeToLive, List<DnsRecord> records)
    {
        var data = bytes[at..];
        DnsRecord? record = null;
        switch (type)
        {
            case DnsType.A when data.Length == 4:
            case DnsType.Aaaa when data.Length == 16:
                record = new AddressRecord(name, timeToLive, new IPAddress(data));
                break;
            case DnsType.Cname when DnsName.TryRead(bytes, ref at, out var alias):
                record = new AliasRecord(name, timeToLive, alias);
                break;
            case DnsType.Srv when data.Length > 6:
                at += 6;
                record = DnsName.TryRead(bytes, ref at, out var target)
                    ? new ServiceRecord(name, timeToLive, BinaryPrimitives.ReadUInt16BigEndian(data), BinaryPrimitives.ReadUInt16BigEndian(data[2..]), BinaryPrimitives.ReadUInt16BigEndian(data[4..]), target)
                    : null;
                break;
            case DnsType.Naptr when data.Length > 4:
                at += 4;
                record = TryReadText(bytes, ref at, out var flags) && TryReadText(bytes, ref at, out var services) && TryReadText(bytes, ref at, out _) && DnsName.TryRead(bytes, ref at, out var replacement)
                    ? new PointerRecord(name, timeToLive, BinaryPrimitives.ReadUInt16BigEndian(data), BinaryPrimitives.ReadUInt16BigEndian(data[2..]), flags, services, replacement)
                    : null;
                break;
            case DnsType.Soa when DnsName.TryRead(bytes, ref at, out _) && DnsName.TryRead(bytes, ref at, out _) && at + 20 <= bytes.Length:
                var minimum = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 16)..]);
                record = new ZoneRecord(name, timeToLive, TimeSpan.FromSeconds(minimum > int.MaxValue ? 0 : minimum));
                break;
            case DnsType.A or DnsType.Aaaa or DnsType.Cname or DnsType.Srv or DnsType.Naptr or DnsType.Soa:
                return false;
            default:
                return true;
        }

        if (record is not null)
        {
            records.Add(record);
        }

        return record is not null;
    }

    private static bool TryReadText(ReadOnlySpan<byte> bytes, ref int at, out string text)
    {
        text = "";
        if (at >= bytes.Length || at + 1 + bytes[at] > bytes.Length)
        {
            return false;
        }

        text = Encoding.Latin1.GetString(bytes.Slice(at + 1, bytes[at]));
        at += 1 + bytes[at];
        return true;
    }
}
