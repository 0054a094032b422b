using System.Net;
using System.Net.Sockets;

namespace CallCenter.Telephony.Rtp;

/// <summary>An even port's socket for RTP and the following odd port's for RTCP (RFC 3550 section 11).</summary>
internal sealed record RtpPortPair(int RtpPort, Socket Rtp, Socket Rtcp);

/// <summary>Binds port pairs out of a range.</summary>
/// <remarks>
/// Binding itself is the reservation, so two processes may share one range. The search starts at a random place and goes round, so a port rests
/// as long as possible before it is used again: late packets of an ended call do not meet a new one.
/// </remarks>
internal sealed class RtpPortAllocator
{
    private readonly Lock _gate = new();
    private readonly IPAddress _address;
    private readonly int _firstPort;
    private readonly bool[] _taken;
    private int _next;

    /// <exception cref="ArgumentOutOfRangeException">The range is no part of 1 to 65535, or has no even port followed by an odd one.</exception>
    public RtpPortAllocator(IPAddress address, PortRange ports)
    {
        if (ports.First < 1 || ports.Last > IPEndPoint.MaxPort)
        {
            throw new ArgumentOutOfRangeException(nameof(ports), ports, "RTP ports must lie in 1 to 65535.");
        }

        _address = address;
        _firstPort = ports.First + (ports.First & 1);
        var pairs = (ports.Last - _firstPort + 1) / 2;
        if (pairs < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(ports), ports, "The RTP port range must hold at least an even port and the odd one after it.");
        }

        _taken = new bool[pairs];
        _next = Random.Shared.Next(pairs);
    }

    /// <summary>Binds the next free pair; null when none is left.</summary>
    /// <exception cref="SocketException">The address cannot be bound at all.</exception>
    public RtpPortPair? TryBind()
    {
        lock (_gate)
        {
            for (var tried = 0; tried < _taken.Length; tried++)
            {
                var pair = _next;
                _next = (_next + 1) % _taken.Length;
                if (!_taken[pair] && TryBindPair(_firstPort + (2 * pair)) is { } bound)
                {
                    _taken[pair] = true;
                    return bound;
                }
            }

            return null;
        }
    }

    /// <summary>Gives a pair back, after its sockets have been closed.</summary>
    public void Release(RtpPortPair pair)
    {
        lock (_gate)
        {
            _taken[(pair.RtpPort - _firstPort) / 2] = false;
        }
    }

    private RtpPortPair? TryBindPair(int rtpPort)
    {
        if (TryBindSocket(rtpPort) is not { } rtp)
        {
            return null;
        }

        if (TryBindSocket(rtpPort + 1) is { } rtcp)
        {
            return new RtpPortPair(rtpPort, rtp, rtcp);
        }

        rtp.Dispose();
        return null;
    }

    private Socket? TryBindSocket(int port)
    {
        var socket = new Socket(_address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(_address, port));

            // A full send buffer must cost one packet, not hold up the thread that serves all legs.
            socket.Blocking = false;
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            socket.Dispose();
            return null;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
