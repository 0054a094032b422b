using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Sip;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Sip.Transport;

/// <summary>UDP over a real socket.</summary>
public sealed class UdpTransportTests
{
    [Fact]
    public async Task Keep_alives_are_neither_messages_nor_malformed_ones()
    {
        var recorder = new TransportRecorder();
        await using var transport = UdpTransport.Open(new IPEndPoint(IPAddress.Loopback, 0), recorder, NullLogger.Instance);
        transport.Start();
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] stun = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, .. new byte[12]];
        foreach (var keepAlive in new byte[][] { [], [0], [0, 0, 0, 0], [13, 10], [13, 10, 13, 10], stun })
        {
            await phone.SendAsync(keepAlive, transport.LocalEndPoint);
        }

        await phone.SendAsync("\r\n\r\nOPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:b@c>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n"u8.ToArray(), transport.LocalEndPoint);
        (await recorder.NextAsync("message")).Message!.CallId.ShouldBe("x");

        await phone.SendAsync(Encoding.ASCII.GetBytes("hello"), transport.LocalEndPoint);
        await recorder.NextAsync("malformed: the start line does not end");
    }
}
