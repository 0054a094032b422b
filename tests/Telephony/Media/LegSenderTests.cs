using System.Net.Sockets;
using System.Net;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;
using CallCenter.Telephony.Tests.Rtp;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Media;

public sealed class LegSenderTests
{
    [Fact]
    public void What_fills_no_packet_yet_when_ticks_are_left_out_goes_with_the_next_one()
    {
        using var phone = Bound();
        using var socket = Bound();
        var time = new ManualClock();
        var sender = new LegSender(socket, time, NullLogger.Instance);
        var remote = new RemoteAudio((IPEndPoint)phone.LocalEndPoint!, MediaDirection.SendRecv) { PacketTime = TimeSpan.FromMilliseconds(30) };
        sender.Use(new AudioSession(remote, MediaDirection.SendRecv, AudioFormat.Known, [AudioFormat.Known[0]]), remote.Rtp!.Serialize());
        sender.Play(new Counting());

        // Two ticks of 20 ms give a packet of 30 ms and the third part of another; then the machine stands still for a second.
        Tick(afterSkip: false, times: 2);
        time.Advance(TimeSpan.FromSeconds(1));
        Tick(afterSkip: true, times: 1);
        Tick(afterSkip: false, times: 3);

        var heard = new List<byte>();
        var headers = new List<RtpHeader>();
        for (var i = 0; i < 4; i++)
        {
            var packet = new byte[1_500];
            var length = phone.Receive(packet);
            RtpHeader.TryParse(packet.AsSpan(0, length), out var header, out _).ShouldBeTrue();
            headers.Add(header);
            heard.AddRange(packet.AsSpan(header.PayloadOffset, header.PayloadLength));
        }

        heard.ShouldBe(Enumerable.Range(0, 4 * 240).Select(Code));
        headers.Select(header => header.Marker).ShouldBe([true, true, false, false]);
        (headers[1].Timestamp - headers[0].Timestamp).ShouldBeGreaterThanOrEqualTo(8_000u);

        void Tick(bool afterSkip, int times)
        {
            for (var i = 0; i < times; i++)
            {
                sender.Tick(afterSkip);
                time.Advance(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static byte Code(int place) => (byte)(place * 7);

    /// <summary>Audio whose every byte tells where it belongs.</summary>
    private sealed class Counting : IPacedSource
    {
        private int _place;

        public bool Ended => false;

        public void Read(AudioEncoding encoding, Span<byte> codes)
        {
            foreach (ref var code in codes)
            {
                code = Code(_place++);
            }
        }

        public void ReportFinished()
        {
        }
    }
}
