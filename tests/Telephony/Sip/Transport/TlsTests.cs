using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CallCenter.Telephony.Sip;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Sip.Transport;

/// <summary>TLS between two transports of ours, and which names a certificate may prove (RFC 5922).</summary>
public sealed class TlsTests
{
    private readonly TransportRecorder _callee = new();
    private readonly TransportRecorder _caller = new();

    [Theory]
    [InlineData("pbx.example.com", true)]
    [InlineData("PBX.example.com", true)]
    [InlineData("other.example.com", false)]
    [InlineData(null, false)]
    public async Task Only_who_proves_the_name_that_was_looked_up_is_talked_to(string? name, bool reached)
    {
        using var certificate = TestCertificate.Of("callee", "pbx.example.com");
        await using var callee = Open(certificate, _callee);
        await using var caller = Open(certificate, _caller);
        var flow = new SipFlow(caller, callee.LocalEndPoint) { Host = name };

        caller.Send(Encoding.ASCII.GetBytes("OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:b@c>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n"), flow);

        if (reached)
        {
            (await _callee.NextAsync("message")).Message!.CallId.ShouldBe("x");
            caller.IsOpen(flow).ShouldBeTrue();
            caller.IsOpen(flow with { Host = "other.example.com" }).ShouldBeFalse("it was proven for one name only");
        }
        else
        {
            (await _caller.NextAsync("unreachable")).Flow.ShouldBe(flow);
        }
    }

    [Fact]
    public async Task Who_is_signed_by_nobody_we_know_is_not_talked_to()
    {
        using var certificate = TestCertificate.Of("callee", "pbx.example.com");
        using var stranger = TestCertificate.Of("stranger", "pbx.example.com");
        await using var callee = Open(stranger, _callee);
        await using var caller = Open(certificate, _caller);

        caller.Send("x"u8, new SipFlow(caller, callee.LocalEndPoint) { Host = "pbx.example.com" });

        await _caller.NextAsync("unreachable");
    }

    [Fact]
    public async Task What_is_no_TLS_is_closed()
    {
        using var certificate = TestCertificate.Of("callee");
        await using var callee = Open(certificate, _callee);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(callee.LocalEndPoint);
        await client.GetStream().WriteAsync("OPTIONS sip:a SIP/2.0\r\n\r\n"u8.ToArray());

        await _callee.NextAsync("unreachable");
        callee.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("example.com", true, "cn.example.org", "example.com")]
    [InlineData("example.com", true, "cn.example.org", "sip:example.com", "other.example.com")]
    [InlineData("other.example.com", false, "cn.example.org", "sip:example.com", "other.example.com")]
    [InlineData("example.com", false, "example.com", "sip:alice@example.com", "other.example.com")]
    [InlineData("a.example.com", false, "cn", "*.example.com")]
    [InlineData("example.com", true, "example.com")]
    [InlineData("example.com", false, "example.com", "www.example.com")]
    [InlineData("example.com", false, "example.com", "192.0.2.1")]
    [InlineData("192.0.2.1", true, "cn", "192.0.2.1")]
    [InlineData("192.0.2.2", false, "cn", "192.0.2.1")]
    [InlineData("2001:db8::1", true, "cn", "2001:db8::1")]
    [InlineData("192.0.2.1", false, "cn", "example.com")]
    public void A_certificate_proves(string peer, bool proven, string commonName, params string[] names)
    {
        using var certificate = TestCertificate.Of(commonName, names);
        CertificateIdentity.Is(certificate, peer).ShouldBe(proven);
    }

    private static TcpTransport Open(X509Certificate2 certificate, ISipTransportUser user)
    {
        var transport = TcpTransport.Open(new IPEndPoint(IPAddress.Loopback, 0), new TlsIdentity(certificate, roots: [certificate]), user, TimeProvider.System, NullLogger.Instance);
        transport.Start();
        return transport;
    }
}
