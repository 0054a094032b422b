using System.Net;
using System.Net.Sockets;

namespace CallCenter.Telephony.Sdp;

/// <summary>An address in a c= or o= line (RFC 8866 section 5.7), kept as it was written: it may be a name or carry a multicast scope.</summary>
/// <param name="AddressType">"IP4" or "IP6".</param>
/// <param name="Address">The address or name, not empty, without spaces.</param>
internal sealed record SdpConnection(string AddressType, string Address)
{
    public static SdpConnection Of(IPAddress address) =>
        new(address.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4", address.ToString());

    /// <summary>The unicast address; false for a name, a multicast scope, or an address that is not of its type.</summary>
    public bool TryGetAddress(out IPAddress address)
    {
        // IPAddress takes more than the grammar does: "1" and "0x7f.1" for IPv4, "[::1]" and "fe80::1%eth0" for IPv6.
        var looksRight = string.Equals(AddressType, "IP6", StringComparison.Ordinal)
            ? Address.AsSpan().IndexOfAnyExcept(Ip6Characters) < 0 && Address.Contains(':', StringComparison.Ordinal)
            : Address.AsSpan().Count('.') == 3 && Address.AsSpan().IndexOfAnyExcept(Ip4Characters) < 0;
        if (looksRight && IPAddress.TryParse(Address, out var parsed))
        {
            address = parsed;
            return true;
        }

        address = IPAddress.None;
        return false;
    }

    public override string ToString() => $"{AddressType} {Address}";

    private static readonly System.Buffers.SearchValues<char> Ip4Characters = System.Buffers.SearchValues.Create("0123456789.");
    private static readonly System.Buffers.SearchValues<char> Ip6Characters = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF:.");
}
