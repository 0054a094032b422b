using System.Buffers.Binary;

namespace CallCenter.Telephony.Sip;

/// <summary>Datagrams that only keep an address translation open: no SIP, and no fault of their sender's. They are dropped before anything is made of them.</summary>
internal static class UdpKeepAlive
{
    private const uint StunCookie = 0x2112_A442;
    private const int StunHeaderBytes = 20;

    /// <summary>True for nothing at all, for line breaks, spaces and zero bytes only, and for STUN (RFC 5626 section 4.4.2, RFC 8489 section 5).</summary>
    public static bool Is(ReadOnlySpan<byte> datagram) =>
        !datagram.ContainsAnyExcept("\r\n\0 "u8)
        || (datagram.Length >= StunHeaderBytes && (datagram[0] & 0xc0) == 0 && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == StunCookie);
}
