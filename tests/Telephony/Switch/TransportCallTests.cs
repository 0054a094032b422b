using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Sip.Transport;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>Registrations and calls over connections, and over IPv6.</summary>
public sealed class TransportCallTests
{
    private static readonly OriginateOptions Options = new() { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) };

    [Theory]
    [InlineData("TCP")]
    [InlineData("TLS")]
    [InlineData("WS")]
    public async Task A_phone_registers_and_gets_a_call_over_its_connection(string protocol)
    {
        await using var bench = await StartAsync();
        var phone = await bench.PhoneAsync("2001", protocol);
        (await phone.RegisterAsync("secret")).StatusCode.ShouldBe(200);
        await bench.NextAsync<PhoneRegistered>();

        var leg = bench.Switch.Originate("2001", Options);
        var invite = await phone.RequestAsync("INVITE");
        invite.TopVia.Transport.ShouldBe(protocol);
        var contact = invite.Headers[HeaderName.Contact].ShouldNotBeNull();
        contact.ShouldEndWith($";transport={protocol.ToLowerInvariant()}>");
        var answer = phone.Respond(invite, 200, phone.Sdp());
        (await phone.RequestAsync("ACK")).TopVia.Transport.ShouldBe(protocol);
        await bench.NextAsync<LegAnswered>();

        phone.InAnsweredDialog("BYE", invite, answer);
        (await phone.ResponseAsync(200, "BYE")).TopVia.Transport.ShouldBe(protocol);
        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(leg, LegEndReason.RemoteHangUp, null, null));
    }

    [Theory]
    [InlineData("TCP")]
    [InlineData("TLS")]
    public async Task A_trunk_calls_over_a_connection_and_we_hang_up(string protocol)
    {
        await using var bench = await StartAsync();
        var caller = await bench.PhoneAsync("4711", protocol);
        var (leg, invite, answer) = await bench.AnsweredCallAsync(caller);
        answer.Headers[HeaderName.Contact].ShouldBe($"<sip:{bench.EndPoint(protocol)};transport={protocol.ToLowerInvariant()}>");

        bench.Switch.HangUp(leg, HangUpCause.Normal);

        var bye = await caller.RequestAsync("BYE");
        bye.TopVia.SentBy.ShouldBe(bench.EndPoint(protocol).ToString());
        bye.CallId.ShouldBe(invite.CallId);
        caller.Respond(bye, 200);
    }

    [Fact]
    public async Task Who_was_called_as_SIPS_answers_with_SIPS()
    {
        await using var bench = await StartAsync();
        var caller = await bench.PhoneAsync("4711", "TLS");
        caller.SendRaw(Encoding.ASCII.GetBytes(
            $"INVITE sips:1000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TLS {caller.EndPoint};branch=z9hG4bKs\r\nFrom: <sips:4711@127.0.0.1>;tag=1\r\nTo: <sips:1000@127.0.0.1>\r\nCall-ID: s\r\nCSeq: 1 INVITE\r\n"
            + $"Contact: <sips:4711@{caller.EndPoint}>\r\nContent-Type: application/sdp\r\nContent-Length: {caller.Sdp().Length}\r\n\r\n{caller.Sdp()}"));
        bench.Switch.Answer((await bench.NextAsync<IncomingCall>()).Leg);

        (await caller.ResponseAsync(200, "INVITE")).Headers[HeaderName.Contact].ShouldBe($"<sips:{bench.EndPoint("TLS")}>");
    }

    [Theory]
    [InlineData("TCP")]
    [InlineData("WS")]
    public async Task When_a_connection_closes_the_bindings_made_over_it_are_gone(string protocol)
    {
        await using var bench = await StartAsync();
        var phone = await bench.PhoneAsync("2001", protocol);
        (await phone.RegisterAsync("secret")).StatusCode.ShouldBe(200);
        await bench.NextAsync<PhoneRegistered>();

        await phone.DisposeAsync();

        (await bench.NextAsync<PhoneUnregistered>()).Extension.ShouldBe("2001");
        bench.Switch.Bindings("2001").ShouldBeEmpty();
    }

    [Fact]
    public async Task When_a_connection_is_reset_in_mid_call_the_dialog_goes_on_over_a_new_one()
    {
        await using var bench = await StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var line = await StreamLine.ConnectAsync(bench.EndPoint("TCP"));
        var caller = bench.PhoneOn("4711", line);
        var sdp = caller.Sdp();
        var listens = (IPEndPoint)listener.LocalEndpoint;
        caller.SendRaw(Encoding.ASCII.GetBytes(
            $"INVITE sip:1000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP {listens};branch=z9hG4bKr\r\nFrom: <sip:4711@127.0.0.1>;tag=1\r\nTo: <sip:1000@127.0.0.1>\r\nCall-ID: r\r\nCSeq: 1 INVITE\r\n"
            + $"Contact: <sip:4711@{listens};transport=tcp>\r\nContent-Type: application/sdp\r\nContent-Length: {sdp.Length}\r\n\r\n{sdp}"));
        var call = await bench.NextAsync<IncomingCall>();
        await caller.ResponseAsync(100, "INVITE");

        line.Reset();
        bench.Switch.Answer(call.Leg);

        // The answer finds the caller by its Via, as its connection is gone (section 18.2.2).
        var first = bench.PhoneOn("4711", StreamLine.Of(await AcceptAsync(listener)));
        var answer = await first.ResponseAsync(200, "INVITE");
        first.SendRaw(Encoding.ASCII.GetBytes(
            $"ACK sip:{bench.EndPoint("TCP")};transport=tcp SIP/2.0\r\nVia: SIP/2.0/TCP {listens};branch=z9hG4bKr2\r\nFrom: <sip:4711@127.0.0.1>;tag=1\r\nTo: {answer.To}\r\nCall-ID: r\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"));
        await bench.NextAsync<LegAnswered>();
        await first.DisposeAsync();
        bench.Switch.HangUp(call.Leg, HangUpCause.Normal);

        // And the BYE finds it by its Contact.
        var second = bench.PhoneOn("4711", StreamLine.Of(await AcceptAsync(listener)));
        second.Respond(await second.RequestAsync("BYE"), 200);
    }

    [Fact]
    public async Task A_phone_that_rings_and_loses_its_only_connection_is_unreachable_at_once()
    {
        await using var bench = await StartAsync();
        var phone = await bench.PhoneAsync("2001", "WS");
        (await phone.RegisterAsync("secret")).StatusCode.ShouldBe(200);
        await bench.NextAsync<PhoneRegistered>();
        bench.Switch.Originate("2001", Options);
        phone.Respond(await phone.RequestAsync("INVITE"), 180);
        await bench.NextAsync<LegRinging>();

        await phone.DisposeAsync();

        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.Unreachable);
    }

    [Fact]
    public async Task A_malformed_stream_is_answered_and_closed()
    {
        await using var bench = await StartAsync();
        var peer = await bench.PhoneAsync("4711", "TCP");
        peer.SendRaw(Encoding.ASCII.GetBytes(
            $"OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP {peer.EndPoint};branch=z9hG4bKm\r\nFrom: <sip:b@c>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: m\r\nCSeq: 1 OPTIONS\r\n\r\n"));

        (await peer.ResponseAsync(400, "OPTIONS")).ReasonPhrase.ShouldContain("Content-Length is missing");
        await peer.Closed.WaitAsync(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_call_over_IPv6_is_bridged_with_one_over_IPv4()
    {
        await using var bench = await StartAsync(options => options with { BindAlso = IPAddress.IPv6Loopback });
        var four = await bench.RegisteredAsync("2001");
        var six = bench.PhoneOn("2002", new UdpLine(bench.EndPoint("UDP", AddressFamily.InterNetworkV6), IPAddress.IPv6Loopback));
        (await six.RegisterAsync("secret")).StatusCode.ShouldBe(200);

        var legs = new Dictionary<string, LegId>();
        foreach (var (extension, phone, address) in new[] { ("2002", six, "IP6 ::1"), ("2001", four, "IP4 127.0.0.1") })
        {
            legs[extension] = bench.Switch.Originate(extension, Options);
            var invite = await phone.RequestAsync("INVITE");
            Encoding.UTF8.GetString(invite.Body.Span).ShouldContain($"c=IN {address}\r\n");
            phone.Respond(invite, 200, phone.Sdp());
            await phone.RequestAsync("ACK");
            await bench.NextAsync<LegAnswered>();
        }

        bench.Switch.Bridge(legs["2002"], legs["2001"]).ShouldBeTrue();
    }

    private static async Task<Socket> AcceptAsync(TcpListener listener)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        return await listener.AcceptSocketAsync(limit.Token);
    }

    private static Task<SwitchBench> StartAsync(Func<SwitchOptions, SwitchOptions>? change = null) => SwitchBench.StartAsync(
        change: options => (change?.Invoke(options) ?? options) with { Tls = new TlsIdentity(TestCertificate.Of("switch", "localhost")), SipsPort = 0 });
}
