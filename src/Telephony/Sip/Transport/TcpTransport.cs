using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Sip;

/// <summary>SIP over TCP, and over TLS when it is given an identity (RFC 3261 sections 18 and 26.2.1).</summary>
internal sealed partial class TcpTransport : ConnectionTransport
{
    private const int Backlog = 512;

    // When the process has no file descriptor left, accepting again at once would only spin.
    private static readonly TimeSpan PauseWithoutSockets = TimeSpan.FromMilliseconds(100);

    // Dead peers are found by the kernel: after two minutes of silence it asks, every 20 s, four times.
    private const int KeepAliveSeconds = 120;
    private const int KeepAliveIntervalSeconds = 20;
    private const int KeepAliveProbes = 4;

    private readonly Socket _listener;
    private readonly TlsIdentity? _identity;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _accepting = Task.CompletedTask;

    private TcpTransport(Socket listener, TlsIdentity? identity, ISipTransportUser user, TimeProvider time, ILogger logger)
        : base(user, time, logger)
    {
        _listener = listener;
        _identity = identity;
        _logger = logger;
        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
    }

    public override string Protocol => _identity is null ? "TCP" : "TLS";

    public override bool IsSecure => _identity is not null;

    public override IPEndPoint LocalEndPoint { get; }

    /// <param name="endPoint">Where to listen.</param>
    /// <param name="identity">Makes it TLS.</param>
    /// <param name="user">Receives what is read.</param>
    /// <param name="time">For limits.</param>
    /// <param name="logger">Told what fails.</param>
    /// <exception cref="SipPortInUseException">Another program has the port.</exception>
    public static TcpTransport Open(IPEndPoint endPoint, TlsIdentity? identity, ISipTransportUser user, TimeProvider time, ILogger logger)
    {
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Connections of a process that has just ended may linger on the port; .NET sets SO_REUSEADDR by itself on Linux.
            listener.Bind(endPoint);
            listener.Listen(Backlog);
            return new TcpTransport(listener, identity, user, time, logger);
        }
        catch (SocketException inUse) when (inUse.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            listener.Dispose();
            throw new SipPortInUseException(identity is null ? "TCP" : "TLS", endPoint, inUse);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Begins to take connections.</summary>
    public void Start() => _accepting = Task.Run(AcceptAsync);

    public override SipUri ContactUri(bool sips)
    {
        var uri = SipUri.Of(user: null, LocalEndPoint);
        return !IsSecure ? uri with { Parameters = uri.Parameters.With("transport", "tcp") }
            : sips ? uri with { Scheme = "sips" }
            : uri with { Parameters = uri.Parameters.With("transport", "tls") };
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await base.DisposeAsync();
        _stop.Dispose();
    }

    protected override SipConnection? NewConnection(SipFlow target)
    {
        var socket = new Socket(target.Remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        Tune(socket);
        return new StreamConnection(target, this, Time, socket, ConnectSecureAsync);
    }

    private static void Tune(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Take(await _listener.AcceptAsync(_stop.Token));
            }
            catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
            catch (SocketException error)
            {
                LogAcceptFailed(LocalEndPoint, error.SocketErrorCode);
                await Task.Delay(PauseWithoutSockets, Time, CancellationToken.None);
            }
        }
    }

    private void Take(Socket socket)
    {
        IPEndPoint remote;
        try
        {
            remote = (IPEndPoint)socket.RemoteEndPoint!;
            Tune(socket);
        }
        catch (SocketException)
        {
            // Gone before it was looked at.
            socket.Dispose();
            return;
        }

        if (!TryTake(new StreamConnection(new SipFlow(this, remote) { ListensAt = null }, this, Time, socket, AcceptSecureAsync)))
        {
            socket.Dispose();
        }
    }

    private async Task<Stream> AcceptSecureAsync(Stream inner, SipFlow flow, CancellationToken cancellationToken)
    {
        if (_identity is null)
        {
            return inner;
        }

        var stream = new SslStream(inner);
        await stream.AuthenticateAsServerAsync(_identity.ForServer(), cancellationToken);
        return stream;
    }

    private async Task<Stream> ConnectSecureAsync(Stream inner, SipFlow flow, CancellationToken cancellationToken)
    {
        if (_identity is null)
        {
            return inner;
        }

        var stream = new SslStream(inner);
        await stream.AuthenticateAsClientAsync(_identity.ForClient(flow.Host ?? flow.Remote.Address.ToString()), cancellationToken);
        return stream;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No connection can be taken on {EndPoint}: {Error}")]
    private partial void LogAcceptFailed(IPEndPoint endPoint, SocketError error);
}
