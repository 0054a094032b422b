using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Loss;

/// <summary>A stretch of network between the server and one phone, which loses one datagram. The phone names the relay as its own address, so that both directions pass here.</summary>
internal sealed class LossyRelay : IAsyncDisposable
{
    private readonly UdpClient _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _server;
    private readonly int _loses;
    private readonly List<string> _passed = [];
    private readonly Task _relaying;
    private volatile IPEndPoint? _phone;
    private volatile string? _lost;
    private volatile string? _lastRequest;

    /// <param name="server">Where the server listens.</param>
    /// <param name="loses">The datagram that is lost, of both directions counted together from 1; 0 for none.</param>
    public LossyRelay(IPEndPoint server, int loses)
    {
        Port = FreePorts.Udp();
        _socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, Port));
        _server = server;
        _loses = loses;
        _relaying = RelayAsync(_stop.Token);
    }

    public int Port { get; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <summary>First line of what was lost; null while nothing is.</summary>
    public string? Lost => _lost;

    /// <summary>First lines of all that came, with an arrow for the direction.</summary>
    public string Ladder
    {
        get
        {
            lock (_passed)
            {
                return string.Join("; ", _passed);
            }
        }
    }

    /// <summary>Says which phone is behind it, before the first message.</summary>
    public void Serve(Sipp phone) => _phone = new IPEndPoint(IPAddress.Loopback, phone.Port);

    /// <summary>Asks the server, as the phone would, to hang up once more in the dialog that has ended: 481 says that nothing of it is left.</summary>
    public async Task<string> ServersAnswerToOneMoreByeAsync()
    {
        var last = _lastRequest ?? throw new InvalidOperationException("No request has passed.");
        var fromPhone = last.StartsWith("> ", StringComparison.Ordinal);
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var bye = $"""
            BYE sip:{_server} SIP/2.0
            Via: SIP/2.0/UDP {socket.Client.LocalEndPoint};branch=z9hG4bK{Guid.NewGuid():N}
            From:{Header(last, fromPhone ? "From" : "To")}
            To:{Header(last, fromPhone ? "To" : "From")}
            Call-ID:{Header(last, "Call-ID")}
            CSeq: 999 BYE
            Max-Forwards: 70
            Content-Length: 0


            """.ReplaceLineEndings("\r\n");
        await socket.SendAsync(Encoding.ASCII.GetBytes(bye), _server, CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var answer = await socket.ReceiveAsync(limit.Token);
        return FirstLine(Encoding.ASCII.GetString(answer.Buffer));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _relaying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _stop.Dispose();
    }

    private static string FirstLine(string message) => message[..Math.Max(0, message.IndexOf("\r\n", StringComparison.Ordinal))];

    private static string Header(string message, string name) =>
        message.Split("\r\n").First(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))[(name.Length + 1)..];

    private async Task RelayAsync(CancellationToken cancellationToken)
    {
        for (var count = 1; ; count++)
        {
            UdpReceiveResult datagram;
            try
            {
                datagram = await _socket.ReceiveAsync(cancellationToken);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The phone has gone; what comes for it is lost, as on a real network.
                count--;
                continue;
            }

            var toPhone = datagram.RemoteEndPoint.Equals(_server);
            var text = Encoding.ASCII.GetString(datagram.Buffer);
            var line = $"{(toPhone ? "<" : ">")} {FirstLine(text)}";
            lock (_passed)
            {
                _passed.Add(count == _loses ? $"LOST {line}" : line);
            }

            // Tags of both sides are in every request but the first.
            if (line.EndsWith("SIP/2.0", StringComparison.Ordinal) && Header(text, "To").Contains("tag=", StringComparison.Ordinal))
            {
                _lastRequest = $"{line[..2]}\r\n{text}";
            }

            if (count == _loses)
            {
                _lost = line;
            }
            else if ((toPhone ? _phone : _server) is { } next)
            {
                await _socket.SendAsync(datagram.Buffer, next, cancellationToken);
            }
        }
    }
}
