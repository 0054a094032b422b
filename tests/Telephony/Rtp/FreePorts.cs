using System.Net;
using System.Net.Sockets;

namespace CallCenter.Telephony.Tests.Rtp;

/// <summary>Finds ports that nobody uses, below those that the system gives out by itself (from 32768 on), so that no other test meets them by chance.</summary>
internal static class FreePorts
{
    /// <summary>A range of free UDP ports that begins with an even one.</summary>
    public static PortRange Range(int count)
    {
        while (true)
        {
            var first = 2 * Random.Shared.Next(10_000 / 2, (32_000 - count) / 2);
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return new PortRange(first, first + count - 1);
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
