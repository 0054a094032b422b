using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Rtp;

/// <summary>Takes one datagram.</summary>
/// <param name="datagram">Valid, and free to be altered, until the handler returns.</param>
/// <param name="source">Valid until the handler returns.</param>
internal delegate void DatagramHandler(Span<byte> datagram, SocketAddress source);

/// <summary>Receives on many sockets with one thread and one buffer, and handles each datagram on that thread.</summary>
/// <remarks>
/// The runtime's own asynchronous receive hands every datagram to the thread pool, which costs several times what receiving and sending it on
/// costs (bench/Media), and lets audio wait whenever the pool is busy.
/// </remarks>
internal sealed partial class DatagramLoop : IDisposable
{
    /// <summary>More than an Ethernet frame holds; longer datagrams arrive cut off, and are no telephony.</summary>
    internal const int BufferSize = 2048;

    private const int MaxBatch = 256;

    /// <summary>
    /// The thread wakes no more often than this. Waking is dearer than relaying a packet, and with hundreds of calls this lets a wake serve many;
    /// a packet is held up for no longer than that, a twentieth of the audio that it carries, and only when another came just before it.
    /// </summary>
    private static readonly TimeSpan WakeInterval = TimeSpan.FromMilliseconds(1);

    private readonly ILogger _logger;
    private readonly Epoll _epoll = new(MaxBatch);
    private readonly ConcurrentDictionary<long, Watched> _sockets = new();
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly Thread _thread;
    private long _lastKey;
    private volatile bool _stopping;

    public DatagramLoop(string name, ILogger logger)
    {
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Calls the handler for each datagram of the (non-blocking) socket, until <see cref="Remove"/> with the returned key.</summary>
    public long Add(Socket socket, DatagramHandler handler)
    {
        var key = Interlocked.Increment(ref _lastKey);
        _sockets[key] = new Watched(socket, handler, new SocketAddress(socket.AddressFamily));
        _epoll.Watch((int)socket.Handle, key);
        return key;
    }

    /// <summary>Forgets a socket, which is to be closed next. One datagram may still be in its handler when this returns.</summary>
    public void Remove(long key) => _sockets.TryRemove(key, out _);

    /// <summary>Returns after the last handler has.</summary>
    public void Dispose()
    {
        _stopping = true;
        _epoll.Wake();
        _thread.Join();
        _epoll.Dispose();
    }

    private void Run()
    {
        var keys = new long[MaxBatch];
        var woken = 0L;
        while (true)
        {
            if (Stopwatch.GetElapsedTime(woken) < WakeInterval)
            {
                Thread.Sleep(WakeInterval);
            }

            var count = _epoll.Wait(keys);
            woken = Stopwatch.GetTimestamp();
            if (_stopping)
            {
                return;
            }

            foreach (var key in keys.AsSpan(0, count))
            {
                if (_sockets.TryGetValue(key, out var watched))
                {
                    Receive(key, watched);
                }
            }
        }
    }

    private void Receive(long key, Watched watched)
    {
        int length;
        try
        {
            length = watched.Socket.ReceiveFrom(_buffer, SocketFlags.None, watched.Source);
        }
        catch (SocketException e) when (IsOfOneDatagram(e.SocketErrorCode))
        {
            return;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Usually closed since epoll reported it. A socket that is broken for good would be reported for ever.
            if (_sockets.TryRemove(key, out _))
            {
                LogDeaf(watched.Socket.SafeHandle.IsClosed ? null : watched.Socket.LocalEndPoint, e);
            }

            return;
        }

        try
        {
            watched.Handler(_buffer.AsSpan(0, length), watched.Source);
        }
        catch (Exception e)
        {
            // A fault in one call's handling must not take the other calls' audio with it, and is not met again with the next packet.
            _sockets.TryRemove(key, out _);
            LogDeaf(watched.Socket.LocalEndPoint, e);
        }
    }

    /// <summary>An ICMP error about something sent earlier, or a datagram that is too long or has a wrong checksum: the socket itself is well.</summary>
    private static bool IsOfOneDatagram(SocketError error) => error is SocketError.WouldBlock
        or SocketError.ConnectionRefused
        or SocketError.ConnectionReset
        or SocketError.HostUnreachable
        or SocketError.NetworkUnreachable
        or SocketError.NetworkReset
        or SocketError.MessageSize;

    [LoggerMessage(LogLevel.Error, "Receiving on {Local} has failed; nothing is heard there any more")]
    private partial void LogDeaf(EndPoint? local, Exception exception);

    private sealed record Watched(Socket Socket, DatagramHandler Handler, SocketAddress Source);
}
