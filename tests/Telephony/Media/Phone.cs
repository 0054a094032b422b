using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>The far end of a leg: real sockets, one packet when told to.</summary>
internal sealed class Phone : IDisposable
{
    public const int Pcmu = 0;
    public const int Pcma = 8;
    public const int G722 = 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IPAddress _address;
    private readonly uint _ssrc = (uint)Random.Shared.Next();
    private readonly SpeechEncoder _encoder = new();
    private readonly SpeechDecoder _decoder = new();
    private Socket _socket;
    private ushort _sequence = (ushort)Random.Shared.Next();
    private uint _timestamp = (uint)Random.Shared.Next();

    public Phone(MediaLeg leg, string formats = "0", string attributes = "", IPAddress? address = null)
    {
        _address = address ?? IPAddress.Loopback;
        _socket = Open();
        Leg = leg;
        Answer = Offer(formats, attributes);
        LegEndPoint = new IPEndPoint(_address, Answer.Media[0].Port);
    }

    public MediaLeg Leg { get; }

    public SessionDescription Answer { get; private set; }

    public IPEndPoint LegEndPoint { get; }

    private byte Spoken => byte.Parse(Answer.Media[0].Formats[0]);

    /// <summary>What a static payload type stands for.</summary>
    public static AudioEncoding EncodingOf(int payloadType) => payloadType switch
    {
        Pcma => AudioEncoding.Pcma,
        G722 => AudioEncoding.G722,
        _ => AudioEncoding.Pcmu,
    };

    /// <summary>Sends an offer (or re-offer) to the leg.</summary>
    public SessionDescription Offer(string formats, string attributes = "", string? connection = null)
    {
        var type = _address.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4";
        var port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        var offer = $"v=0\r\no=- 1 1 IN {type} {_address}\r\ns=-\r\nc=IN {type} {connection ?? _address.ToString()}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n{attributes}";
        Leg.TryCreateAnswer(Encoding.UTF8.GetBytes(offer), out var answer, out var error).ShouldBeTrue(error);
        SdpParser.TryParse(Encoding.UTF8.GetBytes(answer), out var description, out var parseError).ShouldBeTrue(parseError.ToString());
        return Answer = description;
    }

    /// <summary>Sends one packet of 160 bytes, or of what is given.</summary>
    public void Send(byte payloadType = Pcmu, byte[]? payload = null, bool marker = false, bool newTimestamp = true)
    {
        payload ??= [.. Enumerable.Repeat((byte)0x55, 160)];
        _sequence++;
        _timestamp += newTimestamp ? 160u : 0;
        var packet = new byte[RtpHeader.FixedLength + payload.Length];
        new RtpHeader { Marker = marker, PayloadType = payloadType, SequenceNumber = _sequence, Timestamp = _timestamp, Ssrc = _ssrc }.Write(packet);
        payload.CopyTo(packet, RtpHeader.FixedLength);
        SendRaw(packet);
    }

    /// <summary>Speaks one packet in the encoding that was offered first.</summary>
    public void Say(ReadOnlySpan<short> samples)
    {
        var codes = new byte[samples.Length];
        _encoder.Encode(EncodingOf(Spoken), samples, codes);
        Send(Spoken, codes);
    }

    /// <summary>Waits for the next packet of speech, and gives what it sounds like.</summary>
    public short[] Listen()
    {
        var (header, payload) = Hear();
        var samples = new short[payload.Length];
        _decoder.Decode(EncodingOf(header.PayloadType), payload, samples);
        return samples;
    }

    public void SendRaw(byte[] packet) => _socket.SendTo(packet, LegEndPoint);

    /// <summary>Goes on from another port, as behind a NAT that rebinds.</summary>
    public void Move()
    {
        _socket.Dispose();
        _socket = Open();
    }

    /// <summary>Waits for the next packet.</summary>
    public (RtpHeader Header, byte[] Payload) Hear()
    {
        var buffer = new byte[2048];
        var length = _socket.Receive(buffer);
        RtpHeader.TryParse(buffer.AsSpan(0, length), out var header, out var error).ShouldBeTrue(error.ToString());
        return (header, buffer.AsSpan(header.PayloadOffset, header.PayloadLength).ToArray());
    }

    /// <summary>Whether nothing has come that was not heard. Ask only after a later event has shown that it would be here.</summary>
    public bool HearsNothing() => _socket.Available == 0;

    public void Dispose() => _socket.Dispose();

    private Socket Open()
    {
        var socket = new Socket(_address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
        socket.Bind(new IPEndPoint(_address, 0));
        return socket;
    }
}
