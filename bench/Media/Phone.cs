using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Media;

namespace CallCenter.Media.Bench;

/// <summary>Sends G.711 noise to a leg, and lets the kernel drop what it hears.</summary>
internal sealed class Phone
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly SocketAddress _leg;
    private readonly byte[] _packet = new byte[172];
    private ushort _sequence;

    public Phone(MediaLeg leg, int codec)
    {
        Leg = leg;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        // Nothing reads what the phone hears: the kernel drops it when this is full.
        _socket.ReceiveBufferSize = 2304;
        var port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        var offer = $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP {codec}\r\n";
        if (!leg.TryCreateAnswer(Encoding.ASCII.GetBytes(offer), out var answer, out var error))
        {
            throw new InvalidOperationException(error);
        }

        var media = answer.Split("\r\n").First(l => l.StartsWith("m=audio ", StringComparison.Ordinal));
        _leg = new IPEndPoint(IPAddress.Loopback, int.Parse(media.Split(' ')[1], CultureInfo.InvariantCulture)).Serialize();
        _packet[0] = 0x80;
        _packet[1] = (byte)codec;
        Random.Shared.NextBytes(_packet.AsSpan(8, 4));
        Random.Shared.NextBytes(_packet.AsSpan(12));
    }

    public MediaLeg Leg { get; }

    public void Send()
    {
        _sequence++;
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequence);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), _sequence * 160u);
        _socket.SendTo(_packet, SocketFlags.None, _leg);
    }
}
