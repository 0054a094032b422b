using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Sip;

/// <summary>SIP over UDP (RFC 3261 section 18), one socket, one receive loop with one buffer: a message copies what it keeps.</summary>
internal sealed partial class UdpTransport : SipTransport
{
    // What the kernel keeps while a burst is parsed; it grants up to net.core.rmem_max.
    private const int SocketBufferBytes = 4 * 1024 * 1024;
    private const int SendAttempts = 4;

    private readonly Socket _socket;
    private readonly ISipTransportUser _user;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _receiving = Task.CompletedTask;

    private UdpTransport(Socket socket, ISipTransportUser user, ILogger logger)
    {
        _socket = socket;
        _user = user;
        _logger = logger;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public override string Protocol => "UDP";

    public override bool IsReliable => false;

    public override IPEndPoint LocalEndPoint { get; }

    /// <exception cref="SipPortInUseException">Another program has the port.</exception>
    public static UdpTransport Open(IPEndPoint endPoint, ISipTransportUser user, ILogger logger)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.ReceiveBufferSize = SocketBufferBytes;
            socket.SendBufferSize = SocketBufferBytes;
            socket.Bind(endPoint);
            IcmpErrors.Enable(socket);
            return new UdpTransport(socket, user, logger);
        }
        catch (SocketException inUse) when (inUse.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new SipPortInUseException("UDP", endPoint, inUse);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Closes a socket that has not begun to receive.</summary>
    public void Abandon() => _socket.Dispose();

    /// <summary>Begins to receive.</summary>
    public void Start() => _receiving = Task.Run(ReceiveAsync);

    public override bool Send(ReadOnlySpan<byte> message, SipFlow flow)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _socket.SendTo(message, SocketFlags.None, flow.Address);
                return true;
            }
            catch (SocketException error) when (IcmpErrors.IsReport(error.SocketErrorCode) && attempt < SendAttempts)
            {
                // The kernel reports an earlier datagram's fate on whatever call comes next, and does not send this one.
                ReportUnreachable();
            }
            catch (SocketException error)
            {
                LogSendFailed(flow.Remote, error.SocketErrorCode);
                return false;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(SipLimits.MessageBytes, pinned: true);
        var source = new SocketAddress(_socket.AddressFamily);
        while (true)
        {
            int length;
            try
            {
                length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, source, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException error)
            {
                // The socket itself is sound: what it reports is an earlier datagram's fate, or a passing want of memory.
                if (!IcmpErrors.IsReport(error.SocketErrorCode))
                {
                    LogReceiveFailed(LocalEndPoint, error.SocketErrorCode);
                }

                ReportUnreachable();
                continue;
            }

            Deliver(buffer.AsSpan(0, length), source);
        }
    }

    private void Deliver(ReadOnlySpan<byte> datagram, SocketAddress source)
    {
        if (UdpKeepAlive.Is(datagram))
        {
            return;
        }

        var remote = (IPEndPoint)LocalEndPoint.Create(source);
        if (remote.Port == 0)
        {
            // Forged: nobody can send from port 0, and nothing can be sent there.
            return;
        }

        if (!_user.Listens(remote.Address))
        {
            return;
        }

        var flow = new SipFlow(this, remote);
        if (SipMessage.TryParse(datagram, out var message, out var error))
        {
            _user.OnMessage(message, flow);
        }
        else
        {
            _user.OnMalformed(error, flow);
        }
    }

    private void ReportUnreachable()
    {
        foreach (var peer in IcmpErrors.Drain(_socket))
        {
            LogUnreachable(peer);
            _user.OnUnreachable(new SipFlow(this, peer));
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "SIP to {Peer} could not be sent: {Error}")]
    private partial void LogSendFailed(IPEndPoint peer, SocketError error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Receiving on {EndPoint} failed once: {Error}")]
    private partial void LogReceiveFailed(IPEndPoint endPoint, SocketError error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The network says that {Peer} cannot be reached")]
    private partial void LogUnreachable(IPEndPoint peer);
}
