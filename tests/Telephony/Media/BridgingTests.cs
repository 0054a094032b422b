using System.Net;
using System.Net.Sockets;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

public sealed class BridgingTests : MediaEngineFixture
{
    private const string Events = "a=rtpmap:101 telephone-event/8000\r\n";

    [Fact]
    public void Each_hears_the_other_with_numbers_that_run_on_from_the_music_before()
    {
        using var caller = Connect();
        using var agent = Connect();
        caller.Leg.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        var lastPlayed = caller.Hear().Header;
        caller.Leg.Bridge(agent.Leg);

        agent.Send(payload: [.. Enumerable.Repeat((byte)0x2A, 160)]);
        var heard = caller.Hear();
        while (heard.Payload[0] != 0x2A)
        {
            lastPlayed = heard.Header;
            heard = caller.Hear();
        }

        heard.Header.Ssrc.ShouldBe(lastPlayed.Ssrc);
        heard.Header.SequenceNumber.ShouldBe((ushort)(lastPlayed.SequenceNumber + 1));
        (heard.Header.Timestamp - lastPlayed.Timestamp).ShouldBeInRange(160u, 160_000u);
        heard.Header.Marker.ShouldBeTrue();
        for (byte i = 0; i < 50; i++)
        {
            agent.Send(payload: [.. Enumerable.Repeat(i, 160)]);
            var next = caller.Hear();
            next.Payload.ShouldAllBe(c => c == i);
            next.Header.SequenceNumber.ShouldBe((ushort)(heard.Header.SequenceNumber + 1));
            next.Header.Timestamp.ShouldBe(heard.Header.Timestamp + 160);
            next.Header.Marker.ShouldBeFalse();
            heard = next;

            caller.Send(payload: [.. Enumerable.Repeat(i, 160)]);
            agent.Hear().Payload.ShouldAllBe(c => c == i);
        }

        agent.Leg.Statistics.PacketsReceived.ShouldBe(51);
        agent.Leg.Statistics.PacketsLost.ShouldBe(0);
    }

    [Theory]
    [InlineData(Phone.Pcmu, Phone.Pcma, 31.6)]
    [InlineData(Phone.Pcma, Phone.Pcmu, 31.6)]
    [InlineData(Phone.G722, Phone.Pcmu, 15)]
    [InlineData(Phone.Pcma, Phone.G722, 15)]
    public void A_tone_in_one_encoding_is_the_same_tone_in_the_other(int from, int to, double cleanness)
    {
        using var speaker = Connect($"{from}");
        using var listener = Connect($"{to}");
        speaker.Leg.Bridge(listener.Leg);
        var tone = Signal.Tone(1005, 0.2, amplitude: 6000);
        var (encoder, decoder) = (new SpeechEncoder(), new SpeechDecoder());
        var heard = new short[tone.Length];
        for (var i = 0; i < tone.Length; i += 160)
        {
            var codes = new byte[160];
            encoder.Encode(Phone.EncodingOf(from), tone.AsSpan(i, 160), codes);
            speaker.Send((byte)from, codes);
            var (header, payload) = listener.Hear();
            header.PayloadType.ShouldBe((byte)to);
            decoder.Decode(Phone.EncodingOf(to), payload, heard.AsSpan(i, 160));
        }

        // A quarter of a decibel: the steps of two laws do not lie on each other, and the crest falls on few of them.
        Signal.Amplitude(heard, 1005).ShouldBe(6000, 6000 * 0.03);

        // What is not the tone is quantisation noise. G.711 twice leaves it 30 dB below; G.722 needs a moment to adapt at the beginning.
        Signal.Level([.. heard.Zip(tone, (s, t) => (short)(s - t))]).ShouldBeLessThan(Signal.Level(tone) / cleanness);
    }

    [Fact]
    public void DTMF_events_are_relayed_untouched_under_the_other_sides_number_and_one_timestamp()
    {
        using var caller = Connect("0 101", Events);
        using var agent = Connect("8 96", "a=rtpmap:96 telephone-event/8000\r\n");
        caller.Leg.Bridge(agent.Leg);
        caller.Send();
        var speech = agent.Hear().Header;
        caller.Send(101, [5, 10, 0, 160], marker: true);
        caller.Send(101, [5, 10, 1, 64], newTimestamp: false);
        for (var i = 0; i < 3; i++)
        {
            caller.Send(101, [5, 0x8A, 1, 224], newTimestamp: false);
        }

        var events = Enumerable.Range(0, 5).Select(_ => agent.Hear()).ToArray();
        events.ShouldAllBe(e => e.Header.PayloadType == 96 && e.Header.Timestamp == speech.Timestamp + 160);
        events.Select(e => e.Header.Marker).ShouldBe([true, false, false, false, false]);
        events.Select(e => Convert.ToHexString(e.Payload)).ShouldBe(["050A00A0", "050A0140", "058A01E0", "058A01E0", "058A01E0"]);
        events.Select(e => (int)(ushort)(e.Header.SequenceNumber - speech.SequenceNumber)).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void Comfort_noise_unknown_types_and_DTMF_for_a_side_without_it_are_dropped()
    {
        using var caller = Connect("0 101", Events);
        using var agent = Connect("0");
        caller.Leg.Bridge(agent.Leg);
        caller.Send();
        agent.Hear();
        caller.Send(13, [40]);
        caller.Send(111);
        caller.Send(101, [5, 10, 0, 160]);
        caller.Send(payload: [1, 2, 3]);
        agent.Hear().Payload.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_codec_that_only_both_sides_know_is_passed_on_under_each_side_s_number_and_dropped_and_counted_where_one_lacks_it()
    {
        var policy = AudioPolicy.Default with { Codecs = new CodecPreference("opus", "PCMU") };
        using var caller = new Phone(Engine.CreateLeg(policy), "111 0 100", "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\na=rtpmap:100 telephone-event/48000\r\n");
        using var agent = new Phone(Engine.CreateLeg(policy), "96 0 97", "a=rtpmap:96 OPUS/48000/2\r\na=rtpmap:97 telephone-event/48000\r\n");
        using var old = Connect("0");
        caller.Leg.Bridge(agent.Leg);
        caller.Send(111, [1, 2, 3]);
        var heard = agent.Hear();
        (heard.Header.PayloadType, heard.Payload.Length, heard.Payload[2]).ShouldBe(((byte)96, 3, (byte)3));
        caller.Send(100, [5, 10, 0, 160]);
        agent.Hear().Header.PayloadType.ShouldBe((byte)97);
        agent.Send(payload: [9, 9]);
        caller.Hear().Header.PayloadType.ShouldBe((byte)0, "what both can decode needs no passing on");

        caller.Leg.Bridge(old.Leg);
        caller.Send(111, [4]);
        await Until(() => old.Leg.Statistics.PacketsUnrelayed == 1);
        caller.Send(payload: [5]);
        old.Hear().Payload.ShouldBe([5]);

        var second = Engine.CreateLeg(policy);
        second.OfferCodecsOf(caller.Leg);
        second.CreateOffer().ShouldContain("RTP/AVP 111 0 101 100\r\n");
        second.CreateOffer().ShouldContain("a=fmtp:111 useinbandfec=1\r\n");
    }

    [Fact]
    public void Header_extensions_contributing_sources_and_padding_do_not_reach_the_other_side()
    {
        using var caller = Connect();
        using var agent = Connect();
        caller.Leg.Bridge(agent.Leg);
        caller.SendRaw([0xB1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9, 0xBE, 0xDE, 0, 1, 8, 8, 8, 8, 41, 42, 43, 0, 2]);
        agent.Hear().Payload.ShouldBe([41, 42, 43]);
    }

    [Fact]
    public async Task A_held_party_is_sent_nothing_until_it_comes_back()
    {
        using var caller = Connect();
        using var agent = Connect();
        caller.Leg.Bridge(agent.Leg);
        caller.Send();
        agent.Hear();
        agent.Offer("0", "a=sendonly\r\n");
        caller.Send();
        await Until(() => caller.Leg.Statistics.PacketsReceived == 2);

        // Whatever the holding side plays still reaches the held one; and it shows that the relay is done with the packet before.
        agent.Send(payload: [7]);
        caller.Hear().Payload.ShouldBe([7]);
        agent.HearsNothing().ShouldBeTrue();
        agent.Offer("0");
        caller.Send(payload: [8]);
        agent.Hear().Payload.ShouldBe([8]);
    }

    [Fact]
    public async Task After_a_bridge_has_ended_neither_side_hears_the_other()
    {
        using var caller = Connect();
        using var agent = Connect();
        caller.Leg.Bridge(agent.Leg);
        caller.Send();
        agent.Hear();
        agent.Leg.Unbridge();
        caller.Send();
        await Until(() => caller.Leg.Statistics.PacketsReceived == 2);
        agent.Leg.Statistics.PacketsSent.ShouldBe(1);
    }

    [Fact]
    public void A_new_bridge_ends_the_former_ones_of_both_legs()
    {
        using var caller = Connect();
        using var first = Connect();
        using var second = Connect();
        caller.Leg.Bridge(first.Leg);
        caller.Send();
        var before = first.Hear().Header;
        second.Leg.Bridge(caller.Leg);
        first.Send(payload: [1]);
        caller.Send(payload: [2]);
        second.Hear().Payload.ShouldBe([2]);
        second.Send(payload: [3]);
        caller.Hear().Payload.ShouldBe([3]);
        first.HearsNothing().ShouldBeTrue();
        before.Marker.ShouldBeTrue();
    }

    [Fact]
    public void A_party_behind_a_NAT_is_answered_where_it_really_is_and_followed_when_that_changes()
    {
        using var caller = Connect();
        using var agent = Connect();
        caller.Leg.Bridge(agent.Leg);

        // Signalled is the first port; the phone never sends from there.
        caller.Move();
        caller.Send();
        agent.Hear();
        agent.Send(payload: [1]);
        caller.Hear().Payload.ShouldBe([1]);

        caller.Move();
        for (var i = 0; i < Telephony.Rtp.RtpSourceLatch.PacketsToRelatch; i++)
        {
            caller.Send();
        }

        agent.Hear();
        agent.Send(payload: [2]);
        caller.Hear().Payload.ShouldBe([2]);
    }

    [Fact]
    public async Task A_stranger_s_packets_reach_nobody()
    {
        using var caller = Connect();
        using var agent = Connect();
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        caller.Leg.Bridge(agent.Leg);
        caller.Send();
        agent.Hear();
        stranger.SendTo(new byte[] { 0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 66 }, caller.LegEndPoint);
        await Until(() => caller.Leg.Statistics.PacketsDiscarded == 1);
        agent.Send(payload: [9]);
        caller.Hear().Payload.ShouldBe([9]);
        agent.Leg.Statistics.PacketsSent.ShouldBe(1);
    }

    [Fact]
    public async Task Garbage_RTCP_and_an_unreachable_far_end_leave_the_leg_working()
    {
        using var caller = Connect();
        var gone = Connect();
        gone.Dispose();
        using var agent = Connect();
        caller.Leg.Bridge(gone.Leg);
        for (var i = 0; i < 5; i++)
        {
            caller.Send();
        }

        await Until(() => gone.Leg.Statistics.PacketsSent + gone.Leg.Statistics.SendFailures == 5);
        caller.SendRaw([]);
        caller.SendRaw([1, 2, 3]);
        caller.SendRaw([0x80, 200, 0, 6, .. new byte[24]]);
        caller.SendRaw(new byte[4000]);
        await Until(() => caller.Leg.Statistics.PacketsDiscarded == 4);

        using var rtcp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        rtcp.SendTo(new byte[] { 0x80, 200, 0, 6 }, new IPEndPoint(IPAddress.Loopback, caller.LegEndPoint.Port + 1));

        caller.Leg.Bridge(agent.Leg);
        caller.Send(payload: [5]);
        agent.Hear().Payload.ShouldBe([5]);
    }

    [Fact]
    public async Task Bridging_playing_and_disposing_from_many_threads_while_audio_flows_harms_nothing()
    {
        var phones = Enumerable.Range(0, 6).Select(_ => Connect()).ToArray();
        using var stop = new CancellationTokenSource();
        var speaking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Array.ForEach(phones, p => p.Send());
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 2000; i++)
            {
                var one = random.Next(phones.Length);
                var other = (one + 1 + random.Next(phones.Length - 1)) % phones.Length;
                switch (random.Next(4))
                {
                    case 0:
                        phones[one].Leg.Bridge(phones[other].Leg);
                        break;
                    case 1:
                        phones[one].Leg.Unbridge();
                        break;
                    case 2:
                        phones[one].Leg.Play(Playlist.Once(AudioClip.Silence(TimeSpan.FromMilliseconds(20))), Guid.NewGuid(), _ => { });
                        break;
                    default:
                        phones[one].Leg.StopPlaying();
                        break;
                }

                if (i == 1500)
                {
                    phones[seed].Leg.Dispose();
                }
            }
        })));
        await stop.CancelAsync();
        await speaking;

        // Four are gone; the two that are left still work.
        phones[4].Leg.Bridge(phones[5].Leg);
        var before = phones[5].Leg.Statistics.PacketsSent;
        phones[4].Send();
        await Until(() => phones[5].Leg.Statistics.PacketsSent > before);
        Array.ForEach(phones, p => p.Dispose());
    }

    [Fact]
    public void A_leg_is_not_bridged_with_itself() =>
        Should.Throw<ArgumentException>(() =>
        {
            var leg = Engine.CreateLeg();
            leg.Bridge(leg);
        });
}
