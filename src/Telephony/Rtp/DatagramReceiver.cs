using System.Net;
using System.Net.Sockets;

namespace CallCenter.Telephony.Rtp;

/// <summary>Takes one datagram.</summary>
/// <param name="datagram">Valid, and free to be altered, until the handler returns.</param>
/// <param name="source">Valid until the handler returns.</param>
internal delegate void DatagramHandler(Span<byte> datagram, SocketAddress source);

/// <summary>Receives on a socket until it is closed, with one buffer and no allocation per datagram.</summary>
internal static class DatagramReceiver
{
    /// <summary>More than an Ethernet frame holds; longer datagrams arrive cut off, and are no telephony.</summary>
    public const int BufferSize = 2048;

    /// <summary>Calls the handler for one datagram after the other. Ends when the socket is disposed.</summary>
    public static async Task RunAsync(Socket socket, DatagramHandler handler)
    {
        var buffer = new byte[BufferSize];
        var source = new SocketAddress(socket.AddressFamily);
        while (true)
        {
            int length;
            try
            {
                length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, source);
            }
            catch (SocketException e) when (IsOfOneDatagram(e.SocketErrorCode))
            {
                continue;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            handler(buffer.AsSpan(0, length), source);
        }
    }

    /// <summary>An ICMP error about something sent earlier, or a datagram too long: the socket itself is well.</summary>
    private static bool IsOfOneDatagram(SocketError error) => error is SocketError.ConnectionRefused
        or SocketError.ConnectionReset
        or SocketError.HostUnreachable
        or SocketError.NetworkUnreachable
        or SocketError.NetworkReset
        or SocketError.MessageSize;
}
