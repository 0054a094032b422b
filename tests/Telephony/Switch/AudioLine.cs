using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>The audio of a phone that signals by <see cref="SipPhone"/>: one packet when told to.</summary>
internal sealed class AudioLine : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 15_000 };
    private readonly string _formats;
    private IPEndPoint? _leg;
    private ushort _sequence;
    private uint _timestamp = 8000;

    /// <param name="events">Offers telephone-event as 101.</param>
    public AudioLine(bool events = true)
    {
        _formats = events ? "0 101\r\na=rtpmap:101 telephone-event/8000" : "0";
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public string Sdp(string profile = "RTP/AVP", string attributes = "") =>
        $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {((IPEndPoint)_socket.LocalEndPoint!).Port} {profile} {_formats}\r\n{attributes}";

    /// <summary>Takes the other side's address from its SDP.</summary>
    public void Meet(SipMessage message)
    {
        SdpParser.TryParse(message.Body.Span, out var description, out var error).ShouldBeTrue(error.ToString());
        _leg = new IPEndPoint(IPAddress.Loopback, description.Media[0].Port);
    }

    /// <summary>One short key press, by its end packet alone.</summary>
    public void Press(byte code) => Send(101, [code, 0x8A, 1, 0x90]);

    public void Send(byte payloadType = 0, byte[]? payload = null)
    {
        payload ??= [.. Enumerable.Repeat((byte)0x55, 160)];
        var packet = new byte[RtpHeader.FixedLength + payload.Length];
        new RtpHeader { Marker = payloadType == 101, PayloadType = payloadType, SequenceNumber = ++_sequence, Timestamp = _timestamp += 1600, Ssrc = 5 }.Write(packet);
        payload.CopyTo(packet, RtpHeader.FixedLength);
        _socket.SendTo(packet, _leg!);
    }

    /// <summary>Waits for the next packet.</summary>
    public (RtpHeader Header, byte[] Payload) Hear()
    {
        var buffer = new byte[2048];
        var length = _socket.Receive(buffer);
        RtpHeader.TryParse(buffer.AsSpan(0, length), out var header, out var error).ShouldBeTrue(error.ToString());
        return (header, buffer.AsSpan(header.PayloadOffset, header.PayloadLength).ToArray());
    }

    /// <summary>Waits for the next packet that is not what <see cref="Send"/> says by itself: such may still be on the way.</summary>
    public (RtpHeader Header, byte[] Payload) HearOther()
    {
        while (true)
        {
            var heard = Hear();
            if (!Array.TrueForAll(heard.Payload, code => code == 0x55))
            {
                return heard;
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
