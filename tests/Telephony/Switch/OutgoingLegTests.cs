using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>Calls from the switch to registered phones, over real sockets.</summary>
public sealed class OutgoingLegTests
{
    private static readonly OriginateOptions Options = new()
    {
        FromUser = "4711",
        FromDisplayName = "Ann \"A\" Caller",
        RingTimeout = TimeSpan.FromSeconds(30),
        ExtraHeaders = new Dictionary<string, string> { ["X-Queue"] = "Support" },
    };

    [Fact]
    public async Task A_phone_rings_answers_and_hangs_up()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        var leg = bench.Switch.Originate("2001", Options);

        var invite = await phone.RequestAsync("INVITE");
        (invite.From.Uri.UserText, invite.From.DisplayName, invite.Headers[HeaderName.Of("X-Queue")]).ShouldBe(("4711", "Ann \"A\" Caller", "Support"));
        var offer = Encoding.UTF8.GetString(invite.Body.Span);
        offer.ShouldContain("RTP/AVP 0 8 101");
        phone.Respond(invite, 100);
        phone.Respond(invite, 180);
        phone.Respond(invite, 180);
        (await bench.NextAsync<LegRinging>()).Leg.ShouldBe(leg);

        var answer = phone.Respond(invite, 200, phone.Sdp());
        (await phone.RequestAsync("ACK")).CSeq.Number.ShouldBe(invite.CSeq.Number);
        (await bench.NextAsync<LegAnswered>()).Leg.ShouldBe(leg);

        phone.InAnsweredDialog("BYE", invite, answer);
        await phone.ResponseAsync(200, "BYE");
        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(leg, LegEndReason.RemoteHangUp, SipStatus: null, Text: null));
    }

    [Fact]
    public async Task A_withheld_number_is_anonymous()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        bench.Switch.Originate("2001", Options with { FromUser = "", FromDisplayName = null });
        (await phone.RequestAsync("INVITE")).From.Uri.UserText.ShouldBe("anonymous");
    }

    [Theory]
    [InlineData(486, LegEndReason.Rejected)]
    [InlineData(603, LegEndReason.Rejected)]
    [InlineData(500, LegEndReason.Failed)]
    public async Task A_refusal_ends_the_leg_with_its_status(int status, LegEndReason reason)
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        var leg = bench.Switch.Originate("2001", Options);

        phone.Respond(await phone.RequestAsync("INVITE"), status);

        await phone.RequestAsync("ACK");
        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(leg, reason, status, "Because"));
    }

    [Theory]
    [InlineData("sip:2003@127.0.0.1:5060", "2003", true)]
    [InlineData("sip:%2A72@127.0.0.1", "*72", true)]
    [InlineData("sip:2003@198.51.100.9", "2003", false)]
    [InlineData("tel:+4930123", "", false)]
    public async Task A_phone_names_another_place(string contact, string target, bool isHere)
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        var leg = bench.Switch.Originate("2001", Options);
        phone.Respond(await phone.RequestAsync("INVITE"), 302, contact: contact);
        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(leg, LegEndReason.Failed, 302, "Because") { Redirect = new Redirection(target, contact, isHere) });
    }

    [Fact]
    public async Task Another_place_says_more_than_another_phones_refusal()
    {
        await using var bench = await SwitchBench.StartAsync();
        var (desk, mobile) = (bench.Phone("2001"), bench.Phone("2001"));
        await desk.RegisterAsync("secret");
        await mobile.RegisterAsync("secret");
        bench.Switch.Originate("2001", Options);
        desk.Respond(await desk.RequestAsync("INVITE"), 486);
        mobile.Respond(await mobile.RequestAsync("INVITE"), 302, contact: "sip:2003@127.0.0.1");
        (await bench.NextAsync<LegEnded>()).ShouldSatisfyAllConditions(e => e.SipStatus.ShouldBe(302), e => e.Redirect!.Target.ShouldBe("2003"));
    }

    [Fact]
    public async Task A_phone_that_rings_is_told_to_answer_if_it_has_said_that_it_takes_that()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        var leg = bench.Switch.Originate("2001", Options);
        var invite = await phone.RequestAsync("INVITE");
        phone.Respond(invite, 180);
        (await bench.NextAsync<LegRinging>()).ShouldBe(new LegRinging(leg));
        bench.Switch.TellToAnswer(leg).ShouldBeTrue("it is there, though it cannot be told");
        phone.Respond(invite, 180, allowEvents: "conference, talk");
        (await bench.NextAsync<LegRinging>()).ShouldBe(new LegRinging(leg) { CanBeTold = true });
        bench.Switch.TellToAnswer(leg).ShouldBeTrue();
        var notify = await phone.RequestAsync("NOTIFY");
        (notify.Headers[HeaderName.Event], notify.Headers[HeaderName.SubscriptionState], notify.To.Tag, notify.CallId).ShouldBe(("talk", "active", "phone", invite.CallId));
        phone.Respond(notify, 200);
        phone.Respond(invite, 200, phone.Sdp());
        (await bench.NextAsync<LegAnswered>()).Leg.ShouldBe(leg);
        phone.Heard().OfType<SipRequest>().Count(request => request.Method == "NOTIFY").ShouldBe(1);
    }

    [Fact]
    public async Task Phones_of_lower_q_are_called_when_those_of_higher_q_have_refused()
    {
        await using var bench = await SwitchBench.StartAsync();
        var (desk, mobile, door) = (bench.Phone("2001"), bench.Phone("2001"), bench.Phone("2001"));
        await desk.RegisterAsync("secret");
        await mobile.RegisterAsync("secret", parameters: ";q=0.5");
        await door.RegisterAsync("secret", parameters: ";q=0.5");
        var leg = bench.Switch.Originate("2001", Options);

        desk.Respond(await desk.RequestAsync("INVITE"), 486);
        var invite = await mobile.RequestAsync("INVITE");
        await door.RequestAsync("INVITE");
        mobile.Respond(invite, 200, mobile.Sdp());

        (await bench.NextAsync<LegAnswered>()).Leg.ShouldBe(leg);
        desk.Heard().OfType<SipRequest>().Count(request => request.Method == "INVITE").ShouldBe(1);
    }

    [Fact]
    public async Task A_phone_that_only_rings_is_cancelled_after_its_share_and_the_next_one_rings()
    {
        await using var bench = await SwitchBench.StartAsync();
        var (desk, mobile) = (bench.Phone("2001"), bench.Phone("2001"));
        await desk.RegisterAsync("secret");
        await mobile.RegisterAsync("secret", parameters: ";q=0.1");
        bench.Switch.Originate("2001", Options with { RingTimeout = TimeSpan.FromSeconds(1) });
        var invite = await desk.RequestAsync("INVITE");
        desk.Respond(invite, 180);
        desk.Respond(await desk.RequestAsync("CANCEL"), 200);
        desk.Respond(invite, 487);

        mobile.Respond(await mobile.RequestAsync("INVITE"), 180);
        await bench.NextAsync<LegRinging>();
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.NoAnswer);
    }

    [Fact]
    public async Task A_6xx_speaks_for_the_phones_of_lower_q_too()
    {
        await using var bench = await SwitchBench.StartAsync();
        var (desk, mobile) = (bench.Phone("2001"), bench.Phone("2001"));
        await desk.RegisterAsync("secret");
        await mobile.RegisterAsync("secret", parameters: ";q=0.1");
        bench.Switch.Originate("2001", Options);

        desk.Respond(await desk.RequestAsync("INVITE"), 603);

        (await bench.NextAsync<LegEnded>()).SipStatus.ShouldBe(603);
        mobile.Heard().OfType<SipRequest>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_phone_behind_a_proxy_is_called_by_its_path()
    {
        await using var bench = await SwitchBench.StartAsync();
        var (phone, proxy) = (bench.Phone("2001"), bench.Phone("proxy"));
        await phone.RegisterAsync("secret", path: $"<sip:{proxy.EndPoint};lr>");
        bench.Switch.Originate("2001", Options);

        var invite = await proxy.RequestAsync("INVITE");

        (invite.Uri.ToString(), invite.Headers[HeaderName.Route]).ShouldBe(($"sip:2001@{phone.EndPoint}", $"<sip:{proxy.EndPoint};lr>"));
    }

    [Fact]
    public async Task A_phone_that_is_not_answered_in_time_is_cancelled()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        var leg = bench.Switch.Originate("2001", Options with { RingTimeout = TimeSpan.FromMilliseconds(200) });
        var invite = await phone.RequestAsync("INVITE");
        phone.Respond(invite, 180);

        var cancel = await phone.RequestAsync("CANCEL");

        phone.Respond(cancel, 200);
        phone.Respond(invite, 487);
        await phone.RequestAsync("ACK");
        await bench.NextAsync<LegRinging>();
        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(leg, LegEndReason.NoAnswer, SipStatus: null, Text: null));
    }

    [Fact]
    public async Task An_answer_that_crosses_our_hang_up_is_acknowledged_and_ended()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        var leg = bench.Switch.Originate("2001", Options);
        var invite = await phone.RequestAsync("INVITE");
        phone.Respond(invite, 180);
        await bench.NextAsync<LegRinging>();

        bench.Switch.HangUp(leg, HangUpCause.Normal).ShouldBeTrue();
        await phone.RequestAsync("CANCEL");
        phone.Respond(invite, 200, phone.Sdp());

        await phone.RequestAsync("ACK");
        phone.Respond(await phone.RequestAsync("BYE"), 200);
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.LocalHangUp);
    }

    [Fact]
    public async Task An_extension_without_a_phone_is_unreachable()
    {
        await using var bench = await SwitchBench.StartAsync();

        var leg = bench.Switch.Originate("2001", Options);

        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(leg, LegEndReason.Unreachable, SipStatus: null, "no phone is registered"));
    }

    [Fact]
    public async Task A_phone_whose_port_is_closed_is_unreachable_long_before_Timer_B()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("2001");
        (await phone.RegisterAsync("secret", contact: ClosedPort())).StatusCode.ShouldBe(200);

        var leg = bench.Switch.Originate("2001", Options);

        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(leg, LegEndReason.Unreachable, SipStatus: null, "the network cannot deliver"));
    }

    [Fact]
    public async Task A_phone_that_says_nothing_is_unreachable_when_Timer_B_fires()
    {
        await using var bench = await SwitchBench.StartAsync(t1: 20);
        var phone = await bench.RegisteredAsync("2001");

        var leg = bench.Switch.Originate("2001", Options);

        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(leg, LegEndReason.Unreachable, SipStatus: null, "no response (Timer B)"));
        phone.Heard().OfType<SipRequest>().Count(request => request.Method == "INVITE").ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Two_phones_of_an_extension_ring_and_the_first_to_answer_wins()
    {
        await using var bench = await SwitchBench.StartAsync();
        var (desk, mobile) = (await bench.RegisteredAsync("2001"), await bench.RegisteredAsync("2001"));
        bench.Switch.Bindings("2001").Select(binding => binding.Source).ShouldBe([mobile.EndPoint, desk.EndPoint]);
        var leg = bench.Switch.Originate("2001", Options);
        var (atDesk, atMobile) = (await desk.RequestAsync("INVITE"), await mobile.RequestAsync("INVITE"));
        desk.Respond(atDesk, 180);
        mobile.Respond(atMobile, 180);

        mobile.Respond(atMobile, 200, mobile.Sdp());

        await mobile.RequestAsync("ACK");
        var cancel = await desk.RequestAsync("CANCEL");
        cancel.Headers[HeaderName.Reason]!.ShouldContain("cause=200");
        desk.Respond(cancel, 200);
        desk.Respond(atDesk, 487);
        await bench.NextAsync<LegRinging>();
        (await bench.NextAsync<LegAnswered>()).Leg.ShouldBe(leg);
    }

    [Fact]
    public async Task One_refusing_phone_does_not_stop_another_from_ringing()
    {
        await using var bench = await SwitchBench.StartAsync();
        var (desk, mobile) = (await bench.RegisteredAsync("2001"), await bench.RegisteredAsync("2001"));
        var leg = bench.Switch.Originate("2001", Options);
        desk.Respond(await desk.RequestAsync("INVITE"), 486);
        await desk.RequestAsync("ACK");

        mobile.Respond(await mobile.RequestAsync("INVITE"), 200, mobile.Sdp());

        (await bench.NextAsync<LegAnswered>()).Leg.ShouldBe(leg);
    }

    [Fact]
    public async Task An_answer_without_usable_SDP_fails_the_leg_and_is_hung_up()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        bench.Switch.Originate("2001", Options);

        phone.Respond(await phone.RequestAsync("INVITE"), 200, phone.Sdp(codecs: "18"));

        await phone.RequestAsync("ACK");
        await phone.RequestAsync("BYE");
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.Failed);
    }

    [Theory]
    [InlineData("X-Bad\r\nInjected", "v")]
    [InlineData("X-Bad", "v\r\nInjected: yes")]
    [InlineData("", "v")]
    public async Task Headers_that_cannot_be_written_are_refused_before_anything_is_sent(string name, string value)
    {
        await using var bench = await SwitchBench.StartAsync();

        Should.Throw<ArgumentException>(() => bench.Switch.Originate("2001", Options with { ExtraHeaders = new Dictionary<string, string> { [name] = value } }));
    }

    private static IPEndPoint ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
