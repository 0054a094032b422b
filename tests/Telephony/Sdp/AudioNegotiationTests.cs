using System.Net;
using System.Text;
using CallCenter.Telephony.Sdp;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Telephony.Tests.Sdp;

public sealed class AudioNegotiationTests
{
    private const string Head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

    private readonly AudioNegotiation _negotiation = new(IPAddress.Loopback, 20_000);

    [Fact]
    public void An_offer_names_both_laws_and_telephone_event_at_our_address()
    {
        var offer = Read(_negotiation.CreateOffer(out var received));
        offer.Connection.ShouldBe(new SdpConnection("IP4", "127.0.0.1"));
        var audio = offer.Media.ShouldHaveSingleItem();
        (audio.Kind, audio.Port, audio.Protocol).ShouldBe(("audio", 20_000, "RTP/AVP"));
        audio.Formats.ShouldBe(["0", "8", "101"]);
        audio.Attributes.ShouldBe(
        [
            new SdpAttribute("rtpmap", "0 PCMU/8000"), new SdpAttribute("rtpmap", "8 PCMA/8000"), new SdpAttribute("rtpmap", "101 telephone-event/8000"),
            new SdpAttribute("fmtp", "101 0-16"), new SdpAttribute("ptime", "20"), new SdpAttribute("sendrecv"),
        ]);
        received[8].ShouldBe(AudioEncoding.Pcma);
        received[13].ShouldBe(AudioEncoding.Unknown);
    }

    [Fact]
    public void An_IPv6_leg_says_so() =>
        new AudioNegotiation(IPAddress.IPv6Loopback, 20_000).CreateOffer(out _).ShouldContain("c=IN IP6 ::1\r\n");

    [Theory]
    [InlineData("0 8", "0 8", nameof(AudioEncoding.Pcmu))]
    [InlineData("8 0", "8 0", nameof(AudioEncoding.Pcma))]
    [InlineData("3 8 4", "8", nameof(AudioEncoding.Pcma))]
    public void An_answer_keeps_the_offerers_preference_and_leaves_out_what_we_do_not_know(string offered, string answered, string sent)
    {
        var (session, answer) = Answer($"{Head}m=audio 4000 RTP/AVP {offered}\r\n");
        string.Join(' ', answer.Media[0].Formats).ShouldBe(answered);
        session.Speech.Encoding.ToString().ShouldBe(sent);
        session.Remote.ShouldBe(IPEndPoint.Parse("192.0.2.1:4000"));
    }

    [Fact]
    public void Dynamic_payload_types_are_answered_under_the_offerers_numbers()
    {
        var (session, answer) = Answer(
            $"{Head}m=audio 4000 RTP/AVP 111 96 0 97\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:96 pcma/8000/1\r\na=rtpmap:97 telephone-event/8000\r\n");
        answer.Media[0].Formats.ShouldBe(["96", "0", "97"]);
        session.Speech.ShouldBe(new AudioFormat(96, AudioEncoding.Pcma));
        session.TelephoneEvent.ShouldBe((byte)97);
        session.Received[97].ShouldBe(AudioEncoding.TelephoneEvent);
    }

    [Fact]
    public void A_telephone_event_on_another_clock_and_a_static_number_with_another_meaning_are_not_taken()
    {
        var (session, answer) = Answer(
            $"{Head}m=audio 4000 RTP/AVP 0 8 110\r\na=rtpmap:0 opus/48000/2\r\na=rtpmap:110 telephone-event/48000\r\n");
        answer.Media[0].Formats.ShouldBe(["8"]);
        session.TelephoneEvent.ShouldBeNull();
    }

    [Fact]
    public void We_send_DTMF_under_the_remote_number_and_receive_it_under_ours()
    {
        _negotiation.CreateOffer(out _);
        var session = Apply($"{Head}m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n");
        session.Speech.ShouldBe(new AudioFormat(8, AudioEncoding.Pcma));
        session.TelephoneEvent.ShouldBe((byte)96);
        session.Received[101].ShouldBe(AudioEncoding.TelephoneEvent);
        session.Received[0].ShouldBe(AudioEncoding.Pcmu);
    }

    [Theory]
    [InlineData("", "", "192.0.2.1", true, "sendrecv")]
    [InlineData("", "a=sendrecv\r\n", "192.0.2.1", true, "sendrecv")]
    [InlineData("", "a=sendonly\r\n", "192.0.2.1", false, "recvonly")]
    [InlineData("", "a=recvonly\r\n", "192.0.2.1", true, "sendonly")]
    [InlineData("", "a=inactive\r\n", "192.0.2.1", false, "inactive")]
    [InlineData("a=sendonly\r\n", "", "192.0.2.1", false, "recvonly")]
    [InlineData("a=sendonly\r\n", "a=sendrecv\r\n", "192.0.2.1", true, "sendrecv")]
    [InlineData("a=inactive\r\n", "a=recvonly\r\n", "192.0.2.1", true, "sendonly")]
    [InlineData("", "", "0.0.0.0", false, "recvonly")]
    [InlineData("", "a=inactive\r\n", "0.0.0.0", false, "inactive")]
    [InlineData("", "a=recvonly\r\n", "0.0.0.0", false, "inactive")]
    public void Every_style_of_hold_is_understood_and_answered(string atSession, string atMedia, string address, bool remoteReceives, string answered)
    {
        var (session, answer) = Answer(
            $"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n{atSession}m=audio 4000 RTP/AVP 0\r\n{atMedia}");
        session.RemoteReceives.ShouldBe(remoteReceives);
        answer.Media[0].Attributes[^1].ShouldBe(new SdpAttribute(answered));
    }

    [Fact]
    public void An_IPv6_hold_address_holds_an_IPv4_leg_too()
    {
        var (session, _) = Answer("v=0\r\no=- 1 1 IN IP6 ::\r\ns=-\r\nc=IN IP6 ::\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n");
        session.RemoteReceives.ShouldBeFalse();
    }

    [Fact]
    public void The_address_of_the_media_section_overrides_that_of_the_session()
    {
        var (session, _) = Answer($"{Head}m=audio 4000 RTP/AVP 0\r\nc=IN IP4 198.51.100.2\r\n");
        session.Remote.ShouldBe(IPEndPoint.Parse("198.51.100.2:4000"));
    }

    [Fact]
    public void Every_stream_besides_the_first_that_fits_is_refused_in_its_place()
    {
        var (session, answer) = Answer(
            $"{Head}m=video 5000 RTP/AVP 31\r\nm=audio 4000 RTP/SAVP 0\r\nm=audio 4002 RTP/AVP 0\r\nm=audio 4004 RTP/AVP 0\r\nm=text 0 RTP/AVP 98\r\n");
        answer.Media.Select(m => (m.Kind, m.Port, m.Protocol)).ShouldBe(
            [("video", 0, "RTP/AVP"), ("audio", 0, "RTP/SAVP"), ("audio", 20_000, "RTP/AVP"), ("audio", 0, "RTP/AVP"), ("text", 0, "RTP/AVP")]);
        session.Remote!.Port.ShouldBe(4002);
    }

    [Fact]
    public void A_re_offer_of_ours_keeps_the_media_sections_and_payload_types_of_the_session()
    {
        Answer($"{Head}m=video 5000 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n");
        var offer = Read(_negotiation.CreateOffer(out _));
        offer.Media.Select(m => (m.Kind, m.Port)).ShouldBe([("video", 0), ("audio", 20_000)]);
        offer.Media[1].Formats.ShouldBe(["8", "0", "96"]);
        Apply($"{Head}m=video 0 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 8\r\n").Speech.PayloadType.ShouldBe((byte)8);
    }

    [Fact]
    public void The_origin_stays_and_its_version_steps_with_each_change_and_only_then()
    {
        var (_, first) = Answer($"{Head}m=audio 4000 RTP/AVP 0\r\n");
        var (_, same) = Answer($"{Head}m=audio 4000 RTP/AVP 0\r\n");
        var (_, held) = Answer($"{Head}m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n");
        var (_, resumed) = Answer($"{Head}m=audio 4000 RTP/AVP 0\r\n");
        new[] { first, same, held, resumed }.Select(d => d.Origin.SessionVersion).ShouldBe(["1", "1", "2", "3"]);
        new[] { first, same, held, resumed }.Select(d => d.Origin.SessionId).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
    }

    [Fact]
    public void Our_own_hold_is_offered_and_kept_when_the_other_side_offers_anew()
    {
        Answer($"{Head}m=audio 4000 RTP/AVP 0\r\n");
        Read(_negotiation.CreateOffer(out _, MediaDirection.SendOnly)).Media[0].Attributes[^1].Name.ShouldBe("sendonly");
        var held = Apply($"{Head}m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n");
        (held.RemoteReceives, held.RemoteHolds, held.RemoteMaySend).ShouldBe((true, false, false));
        Answer($"{Head}m=audio 4000 RTP/AVP 0\r\n").Answer.Media[0].Attributes[^1].Name.ShouldBe("sendonly");
        Read(_negotiation.CreateOffer(out _)).Media[0].Attributes[^1].Name.ShouldBe("sendonly", "a refresh does not retrieve");
        Read(_negotiation.CreateOffer(out _, MediaDirection.SendRecv)).Media[0].Attributes[^1].Name.ShouldBe("sendrecv");
    }

    [Fact]
    public void Who_keeps_silent_by_our_wish_does_not_hold_us()
    {
        _negotiation.CreateOffer(out _, MediaDirection.Inactive);
        var session = Apply($"{Head}m=audio 4000 RTP/AVP 0\r\na=inactive\r\n");
        (session.RemoteReceives, session.RemoteHolds).ShouldBe((false, false));
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData("a=ptime:40\r\n", 40)]
    [InlineData("a=ptime:30.0\r\n", 30)]
    [InlineData("a=ptime:60\r\na=maxptime:40\r\n", 40)]
    [InlineData("a=maxptime:10\r\n", 10)]
    [InlineData("a=ptime:3\r\n", 10)]
    [InlineData("a=ptime:2000\r\n", 100)]
    [InlineData("a=ptime:many\r\na=maxptime:-1\r\n", 20)]
    public void The_packet_time_is_what_the_other_side_wishes_and_can_take(string attributes, int milliseconds) =>
        Answer($"{Head}m=audio 4000 RTP/AVP 0\r\n{attributes}").Session.PacketTime.TotalMilliseconds.ShouldBe(milliseconds);

    [Theory]
    [InlineData("", "192.0.2.1:4001")]
    [InlineData("a=rtcp:5005\r\n", "192.0.2.1:5005")]
    [InlineData("a=rtcp:5005 IN IP4 198.51.100.7\r\n", "198.51.100.7:5005")]
    [InlineData("a=rtcp:5005 IN IP6 ::1\r\n", "192.0.2.1:5005")]
    [InlineData("a=rtcp:none\r\n", "192.0.2.1:4001")]
    [InlineData("a=rtcp-mux\r\na=rtcp:5005\r\n", "192.0.2.1:4000")]
    public void RTCP_goes_to_the_next_port_or_where_it_is_wanted(string attributes, string expected)
    {
        var (session, answer) = Answer($"{Head}m=audio 4000 RTP/AVP 0\r\n{attributes}");
        session.RemoteControl.ShouldBe(IPEndPoint.Parse(expected));
        answer.Media[0].Attributes.Contains(new SdpAttribute("rtcp-mux")).ShouldBe(session.HasMuxedControl);
    }

    [Fact]
    public void A_preference_orders_offers_and_answers_and_takes_foreign_codecs_by_name()
    {
        var negotiation = new AudioNegotiation(IPAddress.Loopback, 20_000, AudioPolicy.Default with { Codecs = new CodecPreference("OPUS", "PCMA", "G729", "PCMU") });
        Read(negotiation.CreateOffer(out _)).Media[0].Formats.ShouldBe(["8", "0", "101"], "what no other leg has is not offered");
        var offer = $"{Head}m=audio 4000 RTP/AVP 0 18 3 8 111 100 101\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\na=rtpmap:100 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\n";
        negotiation.TryAnswer(Encoding.UTF8.GetBytes(offer), out var answer, out var session, out var error).ShouldBeTrue(error);
        var audio = Read(answer).Media[0];
        audio.Formats.ShouldBe(["111", "8", "18", "0", "100", "101"]);
        audio.Attributes.ShouldContain(new SdpAttribute("fmtp", "111 useinbandfec=1"));
        session.Speech.ShouldBe(new AudioFormat(8, AudioEncoding.Pcma), "Opus is passed on, never made here");
        session.TelephoneEvent.ShouldBe((byte)101);
        session.PayloadTypeOf(new ForeignCodec("Opus", 48_000, 2)).ShouldBe((byte)111);
        session.PayloadTypeOf(new ForeignCodec("opus", 48_000)).ShouldBeNull();
        session.Received[111].ShouldBe(AudioEncoding.Foreign);

        var other = new AudioNegotiation(IPAddress.Loopback, 20_002, AudioPolicy.Default with { Codecs = new CodecPreference("PCMU", "opus") });
        Read(other.CreateOffer(out _, foreign: session.Foreign)).Media[0].Formats.ShouldBe(["0", "111", "101", "100"]);
        Read(other.CreateOffer(out _, foreign: [new AudioFormat(0, AudioEncoding.Foreign, new ForeignCodec("opus", 48_000, 2, "x=1"))]))
            .Media[0].Attributes.ShouldContain(new SdpAttribute("rtpmap", "96 opus/48000/2"), "a number that is taken is changed");
    }

    [Fact]
    public void A_preference_that_nothing_could_be_played_in_is_refused() =>
        Should.Throw<ArgumentException>(() => new CodecPreference("opus", "G729")).Message.ShouldContain("[opus, G729] names none that can be played here: PCMU, PCMA, G722");

    [Fact]
    public void A_foreign_codec_alone_is_no_common_codec()
    {
        var negotiation = new AudioNegotiation(IPAddress.Loopback, 20_000, AudioPolicy.Default with { Codecs = new CodecPreference("G729", "PCMU") });
        negotiation.TryAnswer(Encoding.UTF8.GetBytes($"{Head}m=audio 4000 RTP/AVP 18\r\n"), out _, out _, out var error).ShouldBeFalse();
        error.ShouldBe("no common codec: G729 and PCMU are known, 18 were given");
    }

    [Fact]
    public void Bandwidth_keys_and_attributes_that_mean_nothing_here_are_passed_over() =>
        Answer($"{Head}b=AS:64\r\na=tool:x\r\nm=audio 4000 RTP/AVPF 0\r\ni=voice\r\nb=TIAS:64000\r\nk=prompt\r\na=rtcp-fb:* nack\r\na=candidate:1 1 UDP 1 192.0.2.1 4000 typ host\r\na=setup:actpass\r\n")
            .Answer.Media[0].Protocol.ShouldBe("RTP/AVPF");

    [Theory]
    [InlineData("", "SDP line 1")]
    [InlineData(Head, "no media section")]
    [InlineData(Head + "m=audio 4000 RTP/AVP 3 18\r\n", "no common codec: PCMU, PCMA and G722 are known, 3 18 were given")]
    [InlineData(Head + "m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n", "no common codec")]
    [InlineData(Head + "m=audio 0 RTP/AVP 0\r\n", "refused")]
    [InlineData(Head + "m=audio 4000 RTP/SAVP 0\r\n", "RTP/SAVP is not supported")]
    [InlineData(Head + "m=video 4000 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 18\r\n", "video is not supported; no common codec")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", "c= line")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 phone.example.com\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", "phone.example.com")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", "no IP4 address")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", "cannot be reached")]
    public void An_offer_that_cannot_be_answered_is_refused_with_its_reason(string offer, string reason)
    {
        _negotiation.TryAnswer(Encoding.UTF8.GetBytes(offer), out var answer, out _, out var error).ShouldBeFalse();
        error.ShouldNotBeNull().ShouldContain(reason);
        answer.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("m=audio 0 RTP/AVP 0\r\n", "refused")]
    [InlineData("m=audio 4000 RTP/AVP 18\r\n", "no common codec")]
    [InlineData("m=audio 4000 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n", "2 media sections where the offer had 1")]
    public void An_answer_that_does_not_fit_its_offer_is_refused_with_its_reason(string media, string reason)
    {
        _negotiation.CreateOffer(out _);
        _negotiation.TryApplyAnswer(Encoding.UTF8.GetBytes(Head + media), out _, out var error).ShouldBeFalse();
        error.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public void An_answer_without_an_offer_or_a_second_one_is_refused()
    {
        var answer = Encoding.UTF8.GetBytes($"{Head}m=audio 4000 RTP/AVP 0\r\n");
        _negotiation.TryApplyAnswer(answer, out _, out var error).ShouldBeFalse();
        error.ShouldNotBeNull().ShouldContain("no offer");
        _negotiation.CreateOffer(out _);
        _negotiation.TryApplyAnswer(answer, out _, out _).ShouldBeTrue();
        _negotiation.TryApplyAnswer(answer, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Two_of_us_agree_with_each_other()
    {
        var callee = new AudioNegotiation(IPAddress.Loopback, 20_002);
        callee.TryAnswer(Encoding.UTF8.GetBytes(_negotiation.CreateOffer(out _)), out var answer, out var calleeSession, out _).ShouldBeTrue();
        var callerSession = Apply(answer);
        callerSession.Remote.ShouldBe(new IPEndPoint(IPAddress.Loopback, 20_002));
        calleeSession.Remote.ShouldBe(new IPEndPoint(IPAddress.Loopback, 20_000));
        callerSession.Speech.ShouldBe(calleeSession.Speech);
        callerSession.TelephoneEvent.ShouldBe((byte)101);
    }

    [Fact]
    public void No_offer_makes_the_negotiation_throw() =>
        Prop.ForAll<NonNull<string>, NonNull<string>, ushort>((formats, attribute, port) =>
        {
            var offer = $"{Head}m=audio {port} RTP/AVP 0 {formats.Get}\r\na=rtpmap:{attribute.Get}\r\na={attribute.Get}\r\n";
            return _negotiation.TryAnswer(Encoding.UTF8.GetBytes(offer), out _, out _, out var error) != (error is not null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static SessionDescription Read(string text)
    {
        SdpParser.TryParse(Encoding.UTF8.GetBytes(text), out var description, out var error).ShouldBeTrue(error.ToString());
        return description;
    }

    private (AudioSession Session, SessionDescription Answer) Answer(string offer)
    {
        _negotiation.TryAnswer(Encoding.UTF8.GetBytes(offer), out var answer, out var session, out var error).ShouldBeTrue(error);
        return (session, Read(answer));
    }

    private AudioSession Apply(string answer)
    {
        _negotiation.TryApplyAnswer(Encoding.UTF8.GetBytes(answer), out var session, out var error).ShouldBeTrue(error);
        return session;
    }
}
