using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CallCenter.Telephony.Tests.Sip.Locating;

/// <summary>A DNS server on a free port of 127.0.0.1, UDP and TCP, that knows what a test tells it.</summary>
internal sealed class TestDnsServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Name, int Type), List<byte[]>> _records = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _udp;
    private readonly TcpListener _tcp;
    private readonly Task _running;

    public TestDnsServer()
    {
        while (true)
        {
            _udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _tcp = new TcpListener((IPEndPoint)_udp.LocalEndPoint!);
            try
            {
                _tcp.Start();
                break;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                _udp.Dispose();
            }
        }

        _running = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint EndPoint => (IPEndPoint)_udp.LocalEndPoint!;

    /// <summary>The questions that came, as "udp SRV _sip._udp.example.com".</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>UDP answers are cut off: the rest must be fetched by TCP.</summary>
    public bool Truncates { get; set; }

    /// <summary>Forged answers go out before each right one.</summary>
    public bool IsForgedBefore { get; set; }

    /// <summary>The code of answers to what is not known here: 3, no such name.</summary>
    public int Refusal { get; set; } = 3;

    /// <summary>How long answers hold.</summary>
    public uint Seconds { get; set; } = 60;

    public void Address(string name, string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        Add(name, bytes.Length == 4 ? 1 : 28, bytes);
    }

    public void Alias(string name, string target)
    {
        foreach (var type in new[] { 1, 28 })
        {
            Add(name, type, Name(target), recordType: 5);
        }
    }

    public void Service(string name, int priority, int weight, int port, string target) => Add(name, 33, [.. Number(priority), .. Number(weight), .. Number(port), .. Name(target)]);

    public void Pointer(string name, int order, int preference, string services, string replacement) =>
        Add(name, 35, [.. Number(order), .. Number(preference), .. Text("s"), .. Text(services), .. Text(""), .. Name(replacement)]);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _tcp.Stop();
        await _running;
        _udp.Dispose();
        _stop.Dispose();
    }

    internal static byte[] Name(string name) => [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => Text(label)), 0];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(int number) => [(byte)(number >> 8), (byte)number];

    private void Add(string name, int type, byte[] data, int? recordType = null)
    {
        var seconds = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(seconds, Seconds);

        // The owner is a pointer to the question's name.
        byte[] record = [0xc0, 12, .. Number(recordType ?? type), .. Number(1), .. seconds, .. Number(data.Length), .. data];
        _records.GetOrAdd((name, type), _ => []).Add(record);
    }

    private byte[] Answer(byte[] query, string by)
    {
        var end = 12;
        var labels = new List<string>();
        while (query[end] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, end + 1, query[end]));
            end += 1 + query[end];
        }

        var (name, type) = (string.Join('.', labels), BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(end + 1)));
        Asked.Enqueue($"{by} {type switch { 1 => "A", 28 => "AAAA", 33 => "SRV", _ => "NAPTR" }} {name}");
        var found = _records.GetValueOrDefault((name.ToLowerInvariant(), type), []);
        var cut = Truncates && by == "udp";
        var flags = 0x8180 | (cut ? 0x0200 : 0) | (found.Count == 0 ? Refusal : 0);
        return [.. query[..2], .. Number(flags), .. Number(1), .. Number(cut ? 0 : found.Count), .. Number(0), .. Number(0), .. query[12..(end + 5)], .. cut ? [] : found.SelectMany(record => record)];
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[512];
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var answer = Answer(buffer[..received.ReceivedBytes], "udp");
                if (IsForgedBefore)
                {
                    var otherId = answer.ToArray();
                    otherId[0] ^= 0xff;
                    var otherName = answer.ToArray();
                    otherName[13] ^= 0x01;
                    foreach (var forged in new[] { otherId, otherName, answer[..8], [] })
                    {
                        await _udp.SendToAsync(forged, received.RemoteEndPoint);
                    }
                }

                await _udp.SendToAsync(answer, received.RemoteEndPoint);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                var head = new byte[2];
                await stream.ReadExactlyAsync(head, _stop.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
                await stream.ReadExactlyAsync(query, _stop.Token);
                var answer = Answer(query, "tcp");
                await stream.WriteAsync((byte[])[.. Number(answer.Length), .. answer], _stop.Token);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
