using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>What a test's phone speaks over.</summary>
internal interface IPhoneLine : IAsyncDisposable
{
    string Protocol { get; }

    IPEndPoint EndPoint { get; }

    void Send(byte[] message);

    /// <summary>The next message; null when the other side has closed.</summary>
    Task<byte[]?> ReceiveAsync(CancellationToken cancellationToken);
}

/// <summary>Datagrams.</summary>
internal sealed class UdpLine : IPhoneLine
{
    private readonly Socket _socket;
    private readonly IPEndPoint _server;

    public UdpLine(IPEndPoint server, IPAddress address)
    {
        _server = server;
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(address, 0));
    }

    public string Protocol => "UDP";

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Send(byte[] message) => _socket.SendTo(message, _server);

    public async Task<byte[]?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[65536];
        return buffer[..await _socket.ReceiveAsync(buffer, cancellationToken)];
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A TCP or TLS connection to the server.</summary>
internal sealed class StreamLine : IPhoneLine
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly List<byte> _unread = [];

    private StreamLine(Socket socket, Stream stream, string protocol)
    {
        (_socket, _stream, Protocol) = (socket, stream, protocol);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public string Protocol { get; }

    public IPEndPoint EndPoint { get; }

    public static async Task<StreamLine> ConnectAsync(IPEndPoint server, bool tls = false)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (tls)
        {
            var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await secure.AuthenticateAsClientAsync("localhost");
            stream = secure;
        }

        return new StreamLine(socket, stream, tls ? "TLS" : "TCP");
    }

    /// <summary>A connection that the server has opened.</summary>
    public static StreamLine Of(Socket accepted) => new(accepted, new NetworkStream(accepted, ownsSocket: true), "TCP");

    public void Send(byte[] message) => _stream.Write(message);

    public async Task<byte[]?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[8192];
        while (true)
        {
            if (Whole() is { } length)
            {
                var message = _unread[..length].ToArray();
                _unread.RemoveRange(0, length);
                return message;
            }

            var read = await _stream.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                return null;
            }

            _unread.AddRange(buffer[..read]);
        }
    }

    /// <summary>Breaks the connection: the other side sees a reset.</summary>
    public void Reset() => _socket.Close(0);

    public async ValueTask DisposeAsync() => await _stream.DisposeAsync();

    // A keep-alive's answer is a message of its own to the tests.
    private int? Whole()
    {
        var text = Encoding.Latin1.GetString(_unread.ToArray());
        if (text.StartsWith("\r\n", StringComparison.Ordinal))
        {
            return 2;
        }

        var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
        {
            return null;
        }

        var length = head + 4 + int.Parse(text.Split("Content-Length: ")[1].Split('\r')[0]);
        return _unread.Count >= length ? length : null;
    }
}

/// <summary>A WebSocket over a connection of its own; the server's end is handed to the switch as a host would.</summary>
internal sealed class WebSocketLine : IPhoneLine
{
    private readonly WebSocket _socket;

    private WebSocketLine(WebSocket socket, IPEndPoint endPoint) => (_socket, EndPoint) = (socket, endPoint);

    public string Protocol => "WS";

    public IPEndPoint EndPoint { get; }

    /// <summary>Completes when the switch is done with the connection.</summary>
    public Task Served { get; private init; } = Task.CompletedTask;

    public static async Task<WebSocketLine> ConnectAsync(Switch server)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var accepted = await listener.AcceptTcpClientAsync();
        var theirs = WebSocket.CreateFromStream(accepted.GetStream(), new WebSocketCreationOptions { IsServer = true, SubProtocol = "sip" });
        var ours = WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions { SubProtocol = "sip" });
        var endPoint = (IPEndPoint)client.Client.LocalEndPoint!;
        return new WebSocketLine(ours, endPoint) { Served = server.ServeWebSocketAsync(theirs, endPoint, secure: false, CancellationToken.None) };
    }

    public void Send(byte[] message) => _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).GetAwaiter().GetResult();

    public async Task<byte[]?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[65536];
        var received = await _socket.ReceiveAsync(buffer, cancellationToken);
        return received.MessageType == WebSocketMessageType.Close ? null : buffer[..received.Count];
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
