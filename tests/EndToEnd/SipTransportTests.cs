using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>The ways to reach a started server beside UDP: TCP, TLS with the certificate of its own making, and WebSocket on the HTTP port.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class SipTransportTests(SharedCenter shared)
{
    [Fact]
    public async Task TCP_and_TLS_answer_beside_UDP()
    {
        using var tcp = new TcpClient(AddressFamily.InterNetwork);
        await tcp.ConnectAsync(shared.Server.Sip);
        (await AskAsync(tcp.GetStream(), "TCP")).ShouldStartWith("SIP/2.0 200 ");

        using var kept = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(shared.Server.DataFolder, "sip-certificate.pem"));
        using var tls = new TcpClient(AddressFamily.InterNetwork);
        await tls.ConnectAsync(new IPEndPoint(shared.Server.Sip.Address, shared.Server.Sip.Port + 1));
        await using var secure = new SslStream(tls.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown!.GetRawCertData().AsSpan().SequenceEqual(kept.GetRawCertData()));
        await secure.AuthenticateAsClientAsync("callcenter");
        (await AskAsync(secure, "TLS")).ShouldStartWith("SIP/2.0 200 ");
        File.GetUnixFileMode(Path.Combine(shared.Server.DataFolder, "sip-key.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_WebSocket_client_is_answered_message_by_message()
    {
        using var socket = await ConnectAsync("sip");
        var buffer = new byte[8192];
        await socket.SendAsync(Options("WS"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None);

        socket.SubProtocol.ShouldBe("sip");
        received.EndOfMessage.ShouldBeTrue();
        Encoding.UTF8.GetString(buffer, 0, received.Count).ShouldStartWith("SIP/2.0 200 ");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.BadRequest)]
    [InlineData("chat", null, HttpStatusCode.BadRequest)]
    [InlineData("sip", "https://example.com", HttpStatusCode.Forbidden)]
    [InlineData("sip", "null", HttpStatusCode.Forbidden)]
    public async Task Other_protocols_and_pages_of_other_origins_are_refused(string? protocol, string? origin, HttpStatusCode status)
    {
        using var socket = new ClientWebSocket();
        var error = await Should.ThrowAsync<WebSocketException>(() => ConnectAsync(socket, protocol, origin));
        error.WebSocketErrorCode.ShouldBe(WebSocketError.NotAWebSocket);
        socket.HttpStatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task A_page_of_the_same_origin_may_connect()
    {
        using var socket = new ClientWebSocket();
        await ConnectAsync(socket, "sip", $"http://127.0.0.1:{shared.Server.HttpPort}");
        socket.State.ShouldBe(WebSocketState.Open);
    }

    [Fact]
    public async Task A_WebSocket_from_a_trunks_machine_is_no_trunk()
    {
        using var socket = await ConnectAsync("sip");
        var invite = Encoding.UTF8.GetString(Options("WS")).Replace("OPTIONS", "INVITE", StringComparison.Ordinal);
        await socket.SendAsync(Encoding.UTF8.GetBytes(invite), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        var buffer = new byte[8192];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Encoding.UTF8.GetString(buffer, 0, received.Count).ShouldStartWith("SIP/2.0 401 ");
    }

    private static byte[] Options(string transport) => Encoding.UTF8.GetBytes(
        $"OPTIONS sip:1000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} client.invalid;branch=z9hG4bK{Guid.NewGuid():N}\r\nMax-Forwards: 70\r\nFrom: <sip:4711@127.0.0.1>;tag=1\r\nTo: <sip:1000@127.0.0.1>\r\n"
        + $"Call-ID: {Guid.NewGuid():N}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");

    private static async Task<string> AskAsync(Stream stream, string transport)
    {
        await stream.WriteAsync(Options(transport));
        var buffer = new byte[8192];
        return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
    }

    private async Task<ClientWebSocket> ConnectAsync(string protocol)
    {
        var socket = new ClientWebSocket();
        await ConnectAsync(socket, protocol, origin: null);
        return socket;
    }

    private async Task ConnectAsync(ClientWebSocket socket, string? protocol, string? origin)
    {
        socket.Options.CollectHttpResponseDetails = true;
        if (protocol is not null)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{shared.Server.HttpPort}/sip"), limit.Token);
    }
}
