using System.Text;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Rtp;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>Keys, quality, dead lines and encryption as the switch tells of them, over real sockets.</summary>
public sealed class LegMediaTests
{
    private static readonly TimeSpan Press = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_key_by_telephone_event_is_told_and_passed_on_as_it_is_to_who_takes_events()
    {
        await using var bench = await SwitchBench.StartAsync();
        using var one = new AudioLine();
        using var two = new AudioLine();
        var (caller, _, _) = await AnsweredAsync(bench, one);
        var (agent, _, _) = await AnsweredAsync(bench, two);
        bench.Switch.Bridge(caller, agent);
        await HearsAsync(one, two);
        one.Press(7);
        two.HearOther().Payload.ShouldBe([7, 0x8A, 1, 0x90]);
        (await bench.NextAsync<DtmfReceived>()).ShouldBe(new DtmfReceived(caller, '7', TimeSpan.FromMilliseconds(50), DtmfMethod.TelephoneEvent));
    }

    [Fact]
    public async Task A_key_goes_on_by_INFO_to_who_takes_only_that_and_as_tones_to_who_takes_neither()
    {
        await using var bench = await SwitchBench.StartAsync();
        using var one = new AudioLine();
        using var two = new AudioLine(events: false);
        using var three = new AudioLine(events: false);
        var (caller, _, _) = await AnsweredAsync(bench, one);
        var (informed, phone, _) = await AnsweredAsync(bench, two, ("Allow", "INVITE, ACK, BYE, CANCEL, INFO"));
        var (old, _, _) = await AnsweredAsync(bench, three);
        bench.Switch.Bridge(caller, informed);
        await HearsAsync(one, two);
        one.Press(11);
        var info = await phone.RequestAsync("INFO");
        Encoding.ASCII.GetString(info.Body.Span).ShouldBe("Signal=#\r\nDuration=100\r\n");
        phone.Respond(info, 200);
        await bench.NextAsync<DtmfReceived>();

        bench.Switch.Bridge(caller, old);
        await HearsAsync(one, three);
        one.Press(1);
        var tone = Enumerable.Range(0, 5).SelectMany(_ => three.HearOther().Payload).Select(G711.DecodeMuLaw).ToArray();
        CallCenter.Telephony.Tests.Media.Signal.Amplitude(tone, 697).ShouldBe(0.25 * short.MaxValue, 700);
        CallCenter.Telephony.Tests.Media.Signal.Amplitude(tone, 1209).ShouldBe(0.32 * short.MaxValue, 900);
    }

    [Fact]
    public async Task A_key_by_INFO_is_told_and_goes_on_as_an_event()
    {
        await using var bench = await SwitchBench.StartAsync();
        using var one = new AudioLine(events: false);
        using var two = new AudioLine();
        var (caller, phone, call) = await AnsweredAsync(bench, one);
        var (agent, _, _) = await AnsweredAsync(bench, two);
        bench.Switch.Bridge(caller, agent);
        await HearsAsync(one, two);
        phone.Info(call.Invite, call.Answer, "application/dtmf-relay", "Signal=5\r\nDuration=200\r\n");
        await phone.ResponseAsync(200, "INFO");
        (await bench.NextAsync<DtmfReceived>()).ShouldBe(new DtmfReceived(caller, '5', TimeSpan.FromMilliseconds(200), DtmfMethod.Info));
        var heard = two.HearOther();
        heard.Header.PayloadType.ShouldBe((byte)101);
        heard.Payload[0].ShouldBe((byte)5);
    }

    [Fact]
    public async Task Keys_are_pressed_on_demand_and_what_is_no_key_is_refused()
    {
        await using var bench = await SwitchBench.StartAsync();
        using var one = new AudioLine();
        var (leg, _, _) = await AnsweredAsync(bench, one);
        bench.Switch.SendDtmf(leg, "12", Press, Press).ShouldBeTrue();
        var codes = Enumerable.Range(0, 14).Select(_ => one.Hear().Payload[0]).ToArray();
        codes.ShouldBe([.. Enumerable.Repeat((byte)1, 7), .. Enumerable.Repeat((byte)2, 7)]);
        Should.Throw<ArgumentException>(() => bench.Switch.SendDtmf(leg, "12x", Press, Press)).Message.ShouldContain("12x");
        Should.Throw<ArgumentOutOfRangeException>(() => bench.Switch.SendDtmf(leg, "1", TimeSpan.Zero, Press));
        bench.Switch.SendDtmf(new LegId(999), "1", Press, Press).ShouldBeFalse();
    }

    [Fact]
    public async Task A_leg_is_measured_right_before_it_ends()
    {
        await using var bench = await SwitchBench.StartAsync();
        using var one = new AudioLine();
        var (leg, phone, call) = await AnsweredAsync(bench, one);
        bench.Switch.Play(leg, Playlist.Forever(Music.Waiting), Guid.NewGuid());
        one.Hear();
        phone.InDialog("BYE", call.Invite, call.Answer);
        var measured = await bench.NextAsync<LegMeasured>();
        measured.Leg.ShouldBe(leg);
        (measured.Quality.Codec, measured.Quality.PacketsSent > 0, measured.Quality.PacketsReceived).ShouldBe(("PCMU", true, 0));
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.RemoteHangUp);
    }

    [Fact]
    public async Task A_bridged_leg_that_falls_silent_is_ended_and_the_one_that_speaks_is_not()
    {
        await using var bench = await SwitchBench.StartAsync(change: o => o with { MediaTimeout = TimeSpan.FromSeconds(1) });
        using var one = new AudioLine();
        using var two = new AudioLine();
        var (waiting, _, _) = await AnsweredAsync(bench, one);
        bench.Switch.Play(waiting, Playlist.Forever(Music.Waiting), Guid.NewGuid());
        var (caller, phone, _) = await AnsweredAsync(bench, one);
        var (agent, _, _) = await AnsweredAsync(bench, two);
        bench.Switch.Bridge(caller, agent);

        // The agent speaks until the caller's silence has ended its leg; who waits with music is let alone.
        LegEnded? ended = null;
        while (ended is null)
        {
            two.Send();
            one.Hear();
            while (bench.Switch.Notifications.TryRead(out var next))
            {
                ended ??= next as LegEnded;
            }
        }

        (ended.Leg, ended.Reason).ShouldBe((caller, LegEndReason.MediaTimeout));
        ended.Text.ShouldStartWith("neither audio nor RTCP for ");
        (await phone.RequestAsync("BYE")).Headers[HeaderName.Reason].ShouldBe("Q.850;cause=41");
        bench.Switch.StopPlaying(waiting).ShouldBeTrue();
        bench.Switch.StopPlaying(agent).ShouldBeTrue();
    }

    [Fact]
    public async Task On_hold_the_longer_time_counts()
    {
        await using var bench = await SwitchBench.StartAsync(change: o => o with { MediaTimeout = TimeSpan.FromMilliseconds(50), HeldMediaTimeout = TimeSpan.FromMilliseconds(1500) });
        using var one = new AudioLine();
        using var two = new AudioLine();
        var (caller, _, _) = await AnsweredAsync(bench, one, sdp: one.Sdp(attributes: "a=sendonly\r\n"));
        bench.Switch.Bridge(caller, (await AnsweredAsync(bench, two, sdp: two.Sdp(attributes: "a=inactive\r\n"))).Leg);
        var ends = new List<LegEnded> { await bench.NextAsync<LegEnded>(), await bench.NextAsync<LegEnded>() };
        ends.ShouldAllBe(e => e.Reason == LegEndReason.MediaTimeout && !e.Text!.Contains(" 0 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_without_a_free_port_is_told_of()
    {
        await using var bench = await SwitchBench.StartAsync(ports: FreePorts.Range(2));
        using var one = new AudioLine();
        await AnsweredAsync(bench, one);
        var phone = bench.Phone("4712");
        var invite = phone.Call("1000", one.Sdp());
        await phone.ResponseAsync(503, "INVITE");
        var turnedAway = await bench.NextAsync<CallTurnedAway>();
        (turnedAway.Cause, turnedAway.Call.SipCallId, turnedAway.Call.From, turnedAway.Call.To).ShouldBe(("no-media-port", invite.CallId, "4712", "1000"));
    }

    [Theory]
    [InlineData("UDP", 488)]
    [InlineData("TCP", 488)]
    [InlineData("TLS", 200)]
    public async Task A_key_is_taken_over_secret_signalling_only(string protocol, int status)
    {
        await using var bench = await TlsBenchAsync();
        using var line = new AudioLine();
        var phone = protocol == "UDP" ? bench.Phone("4711") : await bench.PhoneAsync("4711", protocol);
        phone.Call("1000", line.Sdp("RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"));
        if (status == 200)
        {
            bench.Switch.Answer((await bench.NextAsync<IncomingCall>()).Leg);
        }

        var answer = await phone.ResponseAsync(status, "INVITE");
        Encoding.ASCII.GetString(answer.Body.Span).Contains("RTP/SAVP", StringComparison.Ordinal).ShouldBe(status == 200);
    }

    [Fact]
    public async Task A_phone_over_TLS_is_offered_SRTP_and_plain_audio_when_it_cannot()
    {
        await using var bench = await TlsBenchAsync();
        var phone = await bench.PhoneAsync("2001", "TLS");
        (await phone.RegisterAsync("secret")).StatusCode.ShouldBe(200);
        var leg = bench.Switch.Originate("2001", new OriginateOptions { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(15) });
        var first = await phone.RequestAsync("INVITE");
        Encoding.ASCII.GetString(first.Body.Span).ShouldContain("RTP/SAVP 0 8 101\r\n");
        Encoding.ASCII.GetString(first.Body.Span).ShouldContain("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:");
        phone.Respond(first, 488);
        var second = await phone.RequestAsync("INVITE");
        Encoding.ASCII.GetString(second.Body.Span).ShouldContain("RTP/AVP 0 8 101\r\n");
        using var line = new AudioLine();
        phone.Respond(second, 200, line.Sdp());
        (await bench.NextAsync<LegAnswered>()).Leg.ShouldBe(leg);
    }

    private static Task<SwitchBench> TlsBenchAsync() => SwitchBench.StartAsync(change: o => o with { Tls = new TlsIdentity(CallCenter.Telephony.Tests.Sip.Transport.TestCertificate.Of("switch", "localhost")), SipsPort = 0 });

    private static async Task<(LegId Leg, SipPhone Phone, (SipRequest Invite, SipResponse Answer) Call)> AnsweredAsync(
        SwitchBench bench, AudioLine line, (string, string)? header = null, string? sdp = null)
    {
        var phone = bench.Phone("4711");
        var invite = header is { } given ? phone.Call("1000", sdp ?? line.Sdp(), given) : phone.Call("1000", sdp ?? line.Sdp());
        var call = await bench.NextAsync<IncomingCall>();
        bench.Switch.Answer(call.Leg).ShouldBeTrue();
        var answer = await phone.ResponseAsync(200, "INVITE");
        phone.InDialog("ACK", invite, answer);
        line.Meet(answer);
        await bench.NextAsync<LegAnswered>();
        if (sdp is not null)
        {
            await bench.NextAsync<LegHeld>();
        }

        return (call.Leg, phone, (invite, answer));
    }

    /// <summary>Speaks until the other hears it: the bridge stands.</summary>
    private static async Task HearsAsync(AudioLine speaker, AudioLine listener)
    {
        var heard = Task.Run(() =>
        {
            // Music or tones of before may still be on the way.
            while (listener.Hear() is not { Payload: [0x55, ..] })
            {
            }
        });
        while (!heard.IsCompleted)
        {
            speaker.Send();
            await Task.WhenAny(heard, Task.Delay(5));
        }

        await heard;
    }
}
