using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CallCenter.Telephony.Sip;

/// <summary>Whom limits and blocks are counted for: an IPv4 address, or the /64 network of an IPv6 address, of which every attacker has 2^64 to choose from.</summary>
internal readonly record struct SourceKey
{
    private const string NetworkSuffix = "/64";

    private SourceKey(bool isIPv6, ulong prefix) => (IsIPv6, Prefix) = (isIPv6, prefix);

    private bool IsIPv6 { get; }

    private ulong Prefix { get; }

    public static SourceKey Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork ? new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : address.IsIPv4MappedToIPv6 ? new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : new(true, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>Reads an address, or what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, out SourceKey key)
    {
        var isNetwork = text.EndsWith(NetworkSuffix, StringComparison.Ordinal);
        var valid = IPAddress.TryParse(isNetwork ? text[..^NetworkSuffix.Length] : text, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || (!isNetwork && text.Count('.') == 3));
        key = valid ? Of(address!) : default;
        return valid;
    }

    /// <summary>The first address of those that the key stands for.</summary>
    public IPAddress FirstAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (IsIPv6)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, Prefix);
            return new IPAddress(bytes);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Prefix);
        return new IPAddress(bytes[..4]);
    }

    /// <summary><c>192.0.2.1</c> or <c>2001:db8::/64</c>.</summary>
    public override string ToString() => IsIPv6 ? FirstAddress() + NetworkSuffix : FirstAddress().ToString();
}
