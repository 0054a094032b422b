using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Sip;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Sip.Transport;

/// <summary>TCP over real sockets: framing, reuse of connections, and what a connection may cost (RFC 3261 section 18).</summary>
public sealed class TcpTransportTests : IAsyncLifetime
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly TransportRecorder _recorder = new();
    private readonly ManualTime _time = new();
    private readonly List<Socket> _sockets = [];
    private TcpTransport _transport = null!;

    public Task InitializeAsync()
    {
        _transport = TcpTransport.Open(AnyPort, identity: null, _recorder, _time, NullLogger.Instance);
        _transport.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _transport.DisposeAsync();
        _sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Two_messages_in_a_segment_and_one_in_many_are_all_read()
    {
        var peer = await ConnectAsync();
        peer.Send([.. Options("a"), .. Options("b")]);
        (await _recorder.NextAsync("message")).Message!.CallId.ShouldBe("a");
        (await _recorder.NextAsync("message")).Message!.CallId.ShouldBe("b");

        foreach (var b in Options("c"))
        {
            peer.Send([b]);
        }

        (await _recorder.NextAsync("message")).Message!.CallId.ShouldBe("c");
    }

    [Fact]
    public async Task A_message_as_large_as_may_be_is_read()
    {
        var peer = await ConnectAsync();
        var filler = new string('x', 8_000);
        var headers = string.Concat(Enumerable.Range(0, 7).Select(i => $"X-{i}: {filler}\r\n"));

        peer.Send(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Options("large")).Replace("Content-Length", headers + "Content-Length", StringComparison.Ordinal)));

        (await _recorder.NextAsync("message")).Message!.ToBytes().Length.ShouldBeGreaterThan(56_000);
    }

    [Fact]
    public async Task A_keep_alive_is_answered()
    {
        var peer = await ConnectAsync();
        peer.Send("\r\n\r\n"u8);

        (await ReadAsync(peer, 2)).ShouldBe("\r\n");
    }

    [Fact]
    public async Task A_stream_that_cannot_be_read_on_is_reported_with_what_can_be_answered_and_closed()
    {
        var peer = await ConnectAsync();
        peer.Send(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Options("broken")).Replace("Content-Length: 0\r\n", "", StringComparison.Ordinal)));

        var (_, answerable) = await _recorder.NextAsync("malformed: Content-Length is missing, which a stream cannot do without");
        answerable.ShouldBeOfType<SipRequest>().CallId.ShouldBe("broken");
        (await ReadAsync(peer, 1)).ShouldBe("", "the connection is closed");
        await _recorder.NextAsync("closed");
    }

    [Fact]
    public async Task What_is_no_SIP_ends_its_connection_without_an_answer()
    {
        var peer = await ConnectAsync();
        peer.Send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"u8);

        (await _recorder.NextAsync("malformed: Content-Length is missing, which a stream cannot do without")).Message.ShouldBeNull();
        (await ReadAsync(peer, 1)).ShouldBe("");
    }

    [Fact]
    public async Task A_response_goes_back_over_the_connection_of_its_request_and_when_that_is_gone_to_where_the_peer_listens()
    {
        using var listener = Listen();
        var peer = await ConnectAsync();
        peer.Send(Options("x", port: ((IPEndPoint)listener.LocalEndPoint!).Port));
        var (source, message) = await _recorder.NextAsync("message");
        var reply = ReplyRoute.For(message!.TopVia, source);

        _transport.Send("first"u8, reply).ShouldBeTrue();
        (await ReadAsync(peer, 5)).ShouldBe("first");
        peer.Close(0);
        await _recorder.NextAsync("closed");
        _transport.Send("second"u8, reply).ShouldBeTrue();

        var again = await AcceptAsync(listener);
        (await ReadAsync(again, 6)).ShouldBe("second");
        _transport.Send("third"u8, reply).ShouldBeTrue("over the same new connection");
        (await ReadAsync(again, 5)).ShouldBe("third");
        again.Send(Options("y"));
        (await _recorder.NextAsync("message")).Flow.ShouldBe(new SipFlow(_transport, (IPEndPoint)listener.LocalEndPoint!));
    }

    [Fact]
    public async Task Without_a_way_back_nothing_is_sent()
    {
        var peer = await ConnectAsync();
        peer.Send(Options("x"));
        var (source, _) = await _recorder.NextAsync("message");
        peer.Close(0);
        await _recorder.NextAsync("closed");

        _transport.IsOpen(source).ShouldBeFalse();
        _transport.Send("late"u8, source).ShouldBeFalse();
    }

    [Fact]
    public async Task A_peer_that_nobody_listens_at_is_unreachable()
    {
        using var listener = Listen();
        var nobody = new SipFlow(_transport, (IPEndPoint)listener.LocalEndPoint!);
        listener.Dispose();

        _transport.Send("hello"u8, nobody).ShouldBeTrue("it is not known yet");

        (await _recorder.NextAsync("unreachable")).Flow.ShouldBe(nobody);
    }

    [Fact]
    public async Task Who_does_not_end_its_first_message_in_time_is_cut_off_and_keep_alives_are_no_message()
    {
        var peer = await ConnectAsync();
        peer.Send("\r\n\r\nOPTIONS sip:"u8);
        (await ReadAsync(peer, 2)).ShouldBe("\r\n");

        Pass(ConnectionLimits.Patience + (2 * ConnectionLimits.Inspection));

        (await ReadAsync(peer, 1)).ShouldBe("");
    }

    [Fact]
    public async Task A_message_must_be_completed_in_time_and_between_messages_there_is_more_time()
    {
        var peer = await ConnectAsync();
        peer.Send(Options("a"));
        await _recorder.NextAsync("message");
        Pass(TimeSpan.FromMinutes(60));
        peer.Send([.. Options("b"), (byte)'O']);
        await _recorder.NextAsync("message");
        var closed = ReadAsync(peer, 1);

        // When exactly the first byte of the next message is noted is not seen from here; from then on its time runs.
        while (!closed.IsCompleted)
        {
            Pass(ConnectionLimits.Inspection);
            await Task.WhenAny(closed, Task.Delay(1));
        }

        (await closed).ShouldBe("");
        await _recorder.NextAsync("closed");
    }

    [Fact]
    public async Task A_silent_connection_ends_at_last()
    {
        var peer = await ConnectAsync();
        peer.Send(Options("a"));
        await _recorder.NextAsync("message");

        Pass(ConnectionLimits.Idle + (2 * ConnectionLimits.Inspection));

        (await ReadAsync(peer, 1)).ShouldBe("");
    }

    [Fact]
    public async Task A_peer_that_does_not_read_is_dropped_and_nobody_waits_for_it()
    {
        var peer = await ConnectAsync();
        peer.Send(Options("a"));
        var (source, _) = await _recorder.NextAsync("message");
        var message = new byte[60_000];

        var sent = 0;
        while (_transport.Send(message, source))
        {
            (++sent).ShouldBeLessThan(1_000, "the queue has no end");
        }

        await _recorder.NextAsync("closed");
    }

    [Fact]
    public async Task Who_is_not_listened_to_loses_its_connection_and_gets_no_other()
    {
        var peer = await ConnectAsync();
        peer.Send(Options("before"));
        await _recorder.NextAsync("message");

        _recorder.IsDeaf = true;
        peer.Send(Options("after"));
        (await ReadAsync(peer, 1)).ShouldBe("");
        await _recorder.NextAsync("closed");
        (await ReadAsync(await ConnectAsync(), 1)).ShouldBe("");
    }

    [Fact]
    public async Task One_source_has_only_so_many_connections()
    {
        for (var i = 0; i < ConnectionLimits.ConnectionsOfOneSource; i++)
        {
            await ConnectAsync();
        }

        var last = _sockets[^1];
        last.Send(Options("fits"));
        await _recorder.NextAsync("message");

        var tooMany = await ConnectAsync();
        (await ReadAsync(tooMany, 1)).ShouldBe("");
        _sockets[0].Close(0);
        await _recorder.NextAsync("closed");
        (await ConnectAsync()).Send(Options("again"));
        (await _recorder.NextAsync("message")).Message!.CallId.ShouldBe("again");
    }

    private static byte[] Options(string callId, int port = 5060) => Encoding.ASCII.GetBytes(
        $"OPTIONS sip:a@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:{port};branch=z9hG4bK{callId}\r\nMax-Forwards: 70\r\nFrom: <sip:b@192.0.2.1>;tag=1\r\nTo: <sip:a@192.0.2.2>\r\nCall-ID: {callId}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");

    private static async Task<string> ReadAsync(Socket socket, int wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var buffer = new byte[wanted];
        var read = 0;
        while (read < wanted)
        {
            int more;
            try
            {
                more = await socket.ReceiveAsync(buffer.AsMemory(read), limit.Token);
            }
            catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
            {
                more = 0;
            }

            if (more == 0)
            {
                break;
            }

            read += more;
        }

        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets.Add(socket);
        await socket.ConnectAsync(_transport.LocalEndPoint);
        return socket;
    }

    private async Task<Socket> AcceptAsync(Socket listener)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var socket = await listener.AcceptAsync(limit.Token);
        _sockets.Add(socket);
        return socket;
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(AnyPort);
        listener.Listen();
        return listener;
    }

    // Stops at every timer on the way.
    private void Pass(TimeSpan span)
    {
        var end = _time.GetUtcNow() + span;
        while (_time.NextDue() is { } due && due <= end)
        {
            _time.SetNow(due);
        }

        _time.SetNow(end);
    }
}
