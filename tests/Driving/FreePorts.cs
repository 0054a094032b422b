using System.Net;
using System.Net.Sockets;

namespace CallCenter.Driving;

/// <summary>Finds ports that nobody uses, below those that the system gives out by itself (from 32768 on). One run gives no port to two who use it at once.</summary>
internal static class FreePorts
{
    private const int MostTries = 100_000;

    // Single ports are never given back. Strewn over all, they would leave no room for many in a row.
    private const int First = 10_000;
    private const int FirstInRow = 16_000;
    private const int End = 32_000;

    private static readonly HashSet<int> Given = [];
    private static readonly Lock Gate = new();

    public static int Udp() => Find(1, ProtocolType.Udp);

    public static int Tcp() => Find(1, ProtocolType.Tcp);

    /// <summary>A port that is free for UDP and TCP, with the next one free for TLS.</summary>
    public static int Sip()
    {
        while (true)
        {
            var port = Find(2, ProtocolType.Udp);
            if (IsFree(port, ProtocolType.Tcp) && IsFree(port + 1, ProtocolType.Tcp))
            {
                return port;
            }
        }
    }

    /// <summary>The first of <paramref name="count"/> UDP ports in a row; it is even.</summary>
    public static int UdpRange(int count) => Find(count, ProtocolType.Udp);

    /// <summary>Gives back ports that <see cref="UdpRange"/> gave: a long run would use them all up.</summary>
    public static void Return(int first, int count)
    {
        lock (Gate)
        {
            Given.ExceptWith(Enumerable.Range(first, count));
        }
    }

    private static int Find(int count, ProtocolType protocol)
    {
        lock (Gate)
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                var first = 2 * (count <= 2 ? Random.Shared.Next(First / 2, FirstInRow / 2) : Random.Shared.Next(FirstInRow / 2, (End - count) / 2));
                var ports = Enumerable.Range(first, count).ToList();
                if (ports.TrueForAll(port => !Given.Contains(port) && IsFree(port, protocol)))
                {
                    Given.UnionWith(ports);
                    return first;
                }
            }
        }

        throw new InvalidOperationException($"There are no {count} free {protocol} ports in a row; {Given.Count} are in use by this run.");
    }

    private static bool IsFree(int port, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
