using System.Net;
using System.Text;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Sip;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>The switch as a whole, over real sockets: start and end, registrations, media verbs, loss, hostile input.</summary>
public sealed class SwitchTests
{
    [Fact]
    public async Task A_used_port_is_named()
    {
        await using var bench = await SwitchBench.StartAsync();
        var port = bench.Switch.SipEndPoint.Port;
        var options = new SwitchOptions { Bind = IPAddress.Loopback, SipPort = port };
        await using var second = new Switch(options, new TestAccounts(), TimeProvider.System, NullLoggerFactory.Instance);

        var error = await Should.ThrowAsync<SipPortInUseException>(() => second.StartAsync(CancellationToken.None));

        error.Message.ShouldBe($"UDP port {port} on 127.0.0.1 is in use");
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        var good = new SwitchOptions { Bind = IPAddress.Loopback };
        foreach (var bad in new[] { good with { Bind = IPAddress.Any }, good with { DigestAlgorithms = [] }, good with { LongestRegistration = TimeSpan.FromSeconds(1) } })
        {
            Should.Throw<ArgumentException>(() => new Switch(bad, new TestAccounts(), TimeProvider.System, NullLoggerFactory.Instance));
        }
    }

    [Fact]
    public async Task SIP_works_over_IPv6()
    {
        var options = new SwitchOptions { Bind = IPAddress.IPv6Loopback, SipPort = 0 };
        await using var six = new Switch(options, new TestAccounts(), TimeProvider.System, NullLoggerFactory.Instance);
        await six.StartAsync(CancellationToken.None);
        using var socket = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        var port = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;

        await socket.SendAsync(Encoding.UTF8.GetBytes(UserAgentTests.Request("OPTIONS").Replace("192.0.2.1;branch", $"[::1]:{port};branch").ReplaceLineEndings("\r\n")), six.SipEndPoint);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        Encoding.UTF8.GetString((await socket.ReceiveAsync(limit.Token)).Buffer).ShouldStartWith("SIP/2.0 200 OK\r\n");
    }

    [Fact]
    public async Task Registrations_come_and_go_with_notice()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("2001");

        (await phone.RegisterAsync("wrong")).StatusCode.ShouldBe(401);
        (await phone.RegisterAsync("secret")).StatusCode.ShouldBe(200);
        (await bench.NextAsync<PhoneRegistered>()).Extension.ShouldBe("2001");
        bench.Switch.Bindings("2001").ShouldHaveSingleItem().Contact.ShouldBe($"sip:2001@{phone.EndPoint}");
        (await phone.RegisterAsync("secret", expires: 0)).StatusCode.ShouldBe(200);

        (await bench.NextAsync<PhoneUnregistered>()).Extension.ShouldBe("2001");
        bench.Switch.Bindings("2001").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_caller_hears_a_playback_to_its_end_and_legs_are_bridged_and_parted()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        var agent = await bench.RegisteredAsync("2001");
        var (incoming, _, _) = await bench.AnsweredCallAsync(caller);
        var clip = new AudioClip(new short[AudioClip.SampleRate / 10]);
        var playback = Guid.NewGuid();
        bench.Switch.Play(incoming, Playlist.Once(clip), playback).ShouldBeTrue();
        (await bench.NextAsync<PlaybackFinished>()).ShouldBe(new PlaybackFinished(incoming, playback));

        var outgoing = bench.Switch.Originate("2001", new OriginateOptions { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) });
        agent.Respond(await agent.RequestAsync("INVITE"), 200, agent.Sdp("8 0"));
        await bench.NextAsync<LegAnswered>();
        bench.Switch.Bridge(incoming, outgoing).ShouldBeTrue();
        bench.Switch.Unbridge(incoming).ShouldBeTrue();
        bench.Switch.StopPlaying(incoming).ShouldBeTrue();

        bench.Switch.HangUp(outgoing, HangUpCause.Normal).ShouldBeTrue();
        (await bench.NextAsync<LegEnded>()).Leg.ShouldBe(outgoing);
        bench.Switch.Bridge(incoming, outgoing).ShouldBeFalse();
        bench.Switch.Play(outgoing, Playlist.Once(clip), playback).ShouldBeFalse();
    }

    [Fact]
    public async Task Malformed_datagrams_are_answered_400_or_met_with_silence_and_calls_go_on()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        var (leg, invite, answer) = await bench.AnsweredCallAsync(caller);

        var random = new Random(4475);
        for (var i = 0; i < 200; i++)
        {
            var noise = new byte[random.Next(1, 1500)];
            random.NextBytes(noise);
            caller.SendRaw(noise);
        }

        caller.SendRaw("\r\n\r\n"u8.ToArray());
        caller.SendRaw([]);
        var torn = UserAgentTests.Request("OPTIONS").Replace("192.0.2.1;branch", $"{caller.EndPoint};branch").Replace("CSeq: 1 OPTIONS", "CSeq: one OPTIONS").ReplaceLineEndings("\r\n");
        caller.SendRaw(Encoding.UTF8.GetBytes(torn.Replace("CSeq: one", "CSeq: 1").Replace("Max-Forwards: 70", "Max-Forwards: many")));
        var refusal = await caller.ResponseAsync(400, "OPTIONS");
        refusal.ReasonPhrase.ShouldBe("Bad Request (Max-Forwards is not a number from 0 to 255)");

        caller.InDialog("BYE", invite, answer);
        (await bench.NextAsync<LegEnded>()).Leg.ShouldBe(leg);
        caller.Heard().OfType<SipResponse>().Count(response => response.StatusCode == 400).ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_answer_and_a_lost_ACK_are_made_good_by_repetition()
    {
        await using var bench = await SwitchBench.StartAsync(t1: 100);
        var caller = bench.Phone("4711");
        var invite = caller.Call("1000", caller.Sdp());
        var call = await bench.NextAsync<IncomingCall>();
        bench.Switch.Answer(call.Leg);

        // Two answers count as lost on their way to us, the third one's ACK on its way back.
        for (var i = 0; i < 3; i++)
        {
            await caller.ResponseAsync(200, "INVITE");
        }

        var answer = await caller.ResponseAsync(200, "INVITE");
        caller.InDialog("ACK", invite, answer);
        caller.InDialog("BYE", invite, answer);

        await bench.NextAsync<LegAnswered>();
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.RemoteHangUp);
    }

    [Fact]
    public async Task An_answer_never_acknowledged_fails_the_leg_and_sends_BYE()
    {
        await using var bench = await SwitchBench.StartAsync(t1: 10);
        var caller = bench.Phone("4711");
        caller.Call("1000", caller.Sdp());
        bench.Switch.Answer((await bench.NextAsync<IncomingCall>()).Leg);
        await bench.NextAsync<LegAnswered>();

        await caller.RequestAsync("BYE");

        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.Failed);
    }

    [Fact]
    public async Task Disposing_ends_every_leg_as_its_state_needs_and_completes_the_notifications()
    {
        var bench = await SwitchBench.StartAsync();
        var (waiting, talking) = (bench.Phone("4711"), bench.Phone("4712"));
        var agent = await bench.RegisteredAsync("2001");
        await bench.AnsweredCallAsync(talking);
        waiting.Call("1000", waiting.Sdp());
        await bench.NextAsync<IncomingCall>();
        bench.Switch.Originate("2001", new OriginateOptions { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) });
        var ringing = await agent.RequestAsync("INVITE");
        agent.Respond(ringing, 180);
        await bench.NextAsync<LegRinging>();

        var disposing = bench.Switch.DisposeAsync();
        await waiting.ResponseAsync(503, "INVITE");
        talking.Respond(await talking.RequestAsync("BYE"), 200);
        agent.Respond(await agent.RequestAsync("CANCEL"), 200);
        agent.Respond(ringing, 487);
        await disposing;

        var ended = new List<SwitchNotification>();
        await foreach (var notification in bench.Switch.Notifications.ReadAllAsync())
        {
            ended.Add(notification);
        }

        ended.Count.ShouldBe(3);
        ended.ShouldAllBe(notification => notification is LegEnded);
        bench.Switch.Ring(new LegId(1)).ShouldBeFalse();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task Disposing_does_not_wait_for_ever_for_peers_that_say_nothing()
    {
        var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        await bench.AnsweredCallAsync(caller);

        await bench.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
