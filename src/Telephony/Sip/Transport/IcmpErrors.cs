using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// Which peers of an unconnected UDP socket the network calls unreachable. Linux tells this on the socket's error queue (IP_RECVERR, see ip(7)), which .NET does not read;
/// on other systems nothing is reported and Timer B or F finds out.
/// </summary>
internal static unsafe partial class IcmpErrors
{
    private const int SolIp = 0;
    private const int IpRecvErr = 11;
    private const int SolIpv6 = 41;
    private const int Ipv6RecvErr = 25;
    private const int MsgErrQueue = 0x2000;
    private const int MsgDontWait = 0x40;
    private const int AddressBytes = 28;

    public static void Enable(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.SetRawSocketOption(SolIpv6, Ipv6RecvErr, MemoryMarshal.AsBytes<int>([1]));
        }
        else
        {
            socket.SetRawSocketOption(SolIp, IpRecvErr, MemoryMarshal.AsBytes<int>([1]));
        }
    }

    /// <summary>Errors that speak of a peer, not of this socket.</summary>
    public static bool IsReport(SocketError error) =>
        error is SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.ConnectionReset or SocketError.ProtocolOption or SocketError.MessageSize;

    /// <summary>Empties the error queue; each entry names the peer that a datagram was sent to.</summary>
    public static List<IPEndPoint> Drain(Socket socket)
    {
        List<IPEndPoint> peers = [];
        if (!OperatingSystem.IsLinux())
        {
            return peers;
        }

        var address = stackalloc byte[AddressBytes];
        var control = stackalloc byte[512];
        byte payload = 0;
        while (true)
        {
            var vector = new IoVector { Base = &payload, Length = 1 };
            var header = new MessageHeader { Name = address, NameLength = AddressBytes, Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 512 };
            if (ReceiveMessage((int)socket.Handle, ref header, MsgErrQueue | MsgDontWait) < 0)
            {
                return peers;
            }

            if (Read(new ReadOnlySpan<byte>(address, (int)header.NameLength), socket.AddressFamily) is { } peer)
            {
                peers.Add(peer);
            }
        }
    }

    // sockaddr_in and sockaddr_in6: family, port (big-endian), then the address at offset 4 or 8.
    private static IPEndPoint? Read(ReadOnlySpan<byte> address, AddressFamily family) => (family, address.Length) switch
    {
        (AddressFamily.InterNetwork, >= 8) => new IPEndPoint(new IPAddress(address.Slice(4, 4)), (address[2] << 8) | address[3]),
        (AddressFamily.InterNetworkV6, >= 24) => new IPEndPoint(new IPAddress(address.Slice(8, 16)), (address[2] << 8) | address[3]),
        _ => null,
    };

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReceiveMessage(int socket, ref MessageHeader header, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
